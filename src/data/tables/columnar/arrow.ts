/** Decodes Arrow files and streams (Feather version 2) with apache-arrow. */
import type { FileHandle } from 'node:fs/promises';
import type { DataType, Field, RecordBatch } from 'apache-arrow';
import type { Cell } from '../cell.js';
import { checkArrowLayout } from './arrow-layout.js';
import { cellOf } from './cells.js';
import { decodeLz4Frame } from './lz4-frame.js';
import { type Decoder, load, mostInflated, type StoredColumn } from './protocol.js';
import { zstdSize } from './zstd-size.js';

/** Rows that are decoded at a time. */
const WINDOW_ROWS = 4096;

/** Opens a file, which is read whole and closed. */
export async function openArrow(handle: FileHandle, size: number): Promise<Decoder> {
  const most = mostInflated.batch(size);
  const arrow = await load('apache-arrow', () => import('apache-arrow'));
  const { compressionRegistry, CompressionType } = arrow;
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (bytes) => decodeLz4Frame(bytes, most) });
  const zstd = await import('hyparquet-compressors').then(
    ({ decompressZstd }) => decompressZstd,
    () => undefined,
  );
  if (zstd) {
    const decode = (bytes: Uint8Array) => zstd(bytes, new Uint8Array(zstdSize(bytes, most)));
    compressionRegistry.set(CompressionType.ZSTD, { decode });
  }
  const bytes = await handle.readFile();
  await handle.close();
  checkArrowLayout(bytes);
  const reader = arrow.RecordBatchReader.from(bytes);
  reader.open();
  const { fields } = reader.schema;
  const columns = fields.map((field) => columnOf(field, arrow));

  async function* rows() {
    for (const batch of reader) {
      checkLengths(batch);
      for (let from = 0; from < batch.numRows; from += WINDOW_ROWS) {
        const to = Math.min(batch.numRows, from + WINDOW_ROWS);
        const cells = columns.map(({ refused }, i) =>
          refused === undefined ? cellsOf(batch, i, from, to) : undefined,
        );
        yield { count: to - from, cells };
      }
    }
  }

  return { columns, rows };
}

/** Checks that a batch has the values that it says, since the library gives others than those that are there. */
function checkLengths(batch: RecordBatch): void {
  for (const [column, { name }] of batch.schema.fields.entries()) {
    const [data] = batch.getChildAt(column)?.data ?? [];
    const { values, valueOffsets, nullBitmap, type } = data ?? {};
    const { numRows } = batch;
    const offsets = valueOffsets && valueOffsets.length > 0 ? valueOffsets.length - 1 : undefined;
    const bits = type?.typeId === BOOL ? 8 * (values?.byteLength ?? 0) : values?.length;
    const fewest = Math.min(offsets ?? bits ?? 0, nullBitmap?.length ? 8 * nullBitmap.length : numRows);
    if (fewest >= numRows) continue;
    throw new Error(`expected ${numRows} values in column ${JSON.stringify(name)}, found at most ${fewest}`);
  }
}

/** The type of true and false, which are bits. */
const BOOL = 6;

function cellsOf(batch: RecordBatch, column: number, from: number, to: number): Cell[] {
  const vector = batch.getChildAt(column);
  if (!vector || vector.length < to) throw new Error(`expected ${batch.numRows} values in column ${column + 1}`);
  return Array.from({ length: to - from }, (_, i) => cellOf(vector.get(from + i)));
}

function columnOf({ name, type }: Field, arrow: typeof import('apache-arrow')): StoredColumn {
  const refused = refusedType(type, arrow);
  return { name, ...(refused !== undefined && { refused }) };
}

function refusedType(type: DataType, { DataType: is }: typeof import('apache-arrow')): string | undefined {
  if (is.isDictionary(type)) return refusedType(type.dictionary, { DataType: is } as typeof import('apache-arrow'));
  if (is.isInt(type) || is.isFloat(type) || is.isBool(type)) return undefined;
  if (is.isNull(type)) return 'no values';
  if (is.isDecimal(type)) return 'decimals';
  if (is.isBinary(type) || is.isLargeBinary(type) || is.isFixedSizeBinary(type)) return 'bytes';
  if (is.isUtf8(type) || is.isLargeUtf8(type)) return undefined;
  if (is.isDate(type) || is.isTime(type) || is.isTimestamp(type) || is.isInterval(type) || is.isDuration(type)) {
    return 'dates or times';
  }
  const nested = is.isList(type) || is.isStruct(type) || is.isMap(type) || is.isFixedSizeList(type) || is.isUnion(type);
  return nested ? 'nested values' : `values of type ${type}`;
}
