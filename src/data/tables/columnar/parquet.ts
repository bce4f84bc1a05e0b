/** Decodes Parquet with hyparquet. */
import type { FileHandle } from 'node:fs/promises';
import type { Compressors, FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import type { Cell } from '../cell.js';
import { cellOf } from './cells.js';
import { checkDescription, checkPages, descriptionBytes, TAIL_BYTES } from './parquet-layout.js';
import { type Decoder, load, mostInflated, type StoredColumn } from './protocol.js';

/** Cells that are decoded at a time, at least. */
const WINDOW_CELLS = 2 ** 19;
/** The most parts in which a row group is decoded: each reads its bytes again. */
const MOST_WINDOWS = 32;

/** Opens a file of `size` bytes. */
export async function openParquet(handle: FileHandle, size: number): Promise<Decoder> {
  const hyparquet = await load('hyparquet', () => import('hyparquet'));
  const file = {
    byteLength: size,
    slice: (start: number, end = size) => bytesAt(handle, size, start, end),
  };
  const tail = await bytesAt(handle, size, size - TAIL_BYTES, size);
  const description = size - TAIL_BYTES - descriptionBytes(new Uint8Array(tail), size);
  checkDescription(new Uint8Array(await bytesAt(handle, size, description, size - TAIL_BYTES)));
  const metadata = await hyparquet.parquetMetadataAsync(file);
  const all = hyparquet.parquetSchema(metadata).children.filter(({ element }) => !isIndex(element.name));
  const columns = all.map(columnOf);
  const most = mostInflated.page(size);
  const compressors = isCompressed(metadata) ? await boundedCompressors(most) : {};
  checkRows(metadata);

  async function* rows() {
    let first = 0;
    for (const group of metadata.row_groups) {
      const end = first + Number(group.num_rows);
      const each = Math.max(
        Math.ceil(WINDOW_CELLS / Math.max(1, columns.length)),
        Math.ceil((end - first) / MOST_WINDOWS),
      );
      for (let from = first; from < end; from += each) {
        const to = Math.min(end, from + each);
        const cells: (readonly Cell[] | undefined)[] = [];
        for (const { name, refused } of columns) {
          const checked = from === first ? end - first : undefined;
          cells.push(refused === undefined ? await cellsOf(name, from, to, checked) : undefined);
        }
        yield { count: to - from, cells };
      }
      first = end;
    }
    await handle.close();
  }

  /** @param groupRows - the rows of the whole row group, if its pages are to be checked */
  async function cellsOf(name: string, from: number, to: number, groupRows?: number): Promise<Cell[]> {
    const cells = new Array<Cell>(to - from);
    let count = 0;
    const onChunk = ({ columnData, rowStart }: { columnData: ArrayLike<unknown>; rowStart: number }) => {
      const last = Math.min(to, rowStart + columnData.length);
      for (let row = Math.max(from, rowStart); row < last; row++, count++) {
        cells[row - from] = cellOf(columnData[row - rowStart]);
      }
    };
    const failed: unknown[] = [];
    // An error that is thrown while chunks arrive would be lost.
    const guarded = (chunk: Parameters<typeof onChunk>[0]) => {
      try {
        onChunk(chunk);
      } catch (error) {
        failed.push(error);
      }
    };
    const range = { rowStart: from, rowEnd: to, columns: [name] };
    const pages = {
      ...file,
      slice: async (start: number, end?: number) => {
        const bytes = await file.slice(start, end);
        if (groupRows !== undefined) checkPages(new Uint8Array(bytes), groupRows, most);
        return bytes;
      },
    };
    await hyparquet.parquetRead({ file: pages, metadata, compressors, parsers: PARSERS, ...range, onChunk: guarded });
    if (failed.length > 0) throw failed[0];
    if (count === to - from) return cells;
    throw new Error(
      `expected ${to - from} values in column ${JSON.stringify(name)} from row ${from} on, found ${count}`,
    );
  }

  return { columns, rows };
}

/** Bytes may be text without being marked as such. If not, replacement characters would make one class of all. */
const PARSERS = { stringFromBytes: (bytes: Uint8Array | undefined) => bytes && textOf(bytes) };

const decoder = new TextDecoder('utf-8', { fatal: true });

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Error('expected texts in UTF-8, found other bytes');
  }
}

/** pandas writes the index of its rows into columns of this name, which it does not show either. */
function isIndex(name: string): boolean {
  return /^__index_level_\d+__$/.test(name);
}

function columnOf({ element, children }: SchemaTree): StoredColumn {
  const refused =
    children.length > 0 || element.repetition_type === 'REPEATED' ? 'nested values' : refusedType(element);
  return { name: element.name, ...(refused !== undefined && { refused }) };
}

function refusedType({ type, converted_type: converted, logical_type: logical }: SchemaElement): string | undefined {
  const kind: string = logical?.type ?? converted ?? '';
  if (type === 'INT96' || /^(DATE|TIME|INTERVAL)/.test(kind)) return 'dates or times';
  if (/^(JSON|BSON|VARIANT|GEO|FILE|UUID)/.test(kind)) return `values of type ${kind}`;
  return type === 'FIXED_LEN_BYTE_ARRAY' && kind !== 'FLOAT16' && kind !== 'DECIMAL' ? 'bytes' : undefined;
}

/** Checks that the counts of rows agree, so that no value is asked for that is not there. */
function checkRows({ num_rows: rows, row_groups: groups }: FileMetaData): void {
  let sum = 0n;
  for (const { num_rows: count, columns } of groups) {
    sum += count;
    for (const { meta_data: column } of columns) {
      const flat = column?.path_in_schema.length === 1;
      if (count >= 0n && (!flat || column.num_values === count)) continue;
      throw new Error(`expected ${count} values in each column of a row group, found ${column?.num_values}`);
    }
  }
  if (sum !== rows) throw new Error(`expected ${rows} rows in all row groups, found ${sum}`);
}

function isCompressed({ row_groups: groups }: FileMetaData): boolean {
  return groups.some(({ columns }) => columns.some(({ meta_data: column }) => column?.codec !== 'UNCOMPRESSED'));
}

/** Decompression that does not inflate a page without bounds. */
async function boundedCompressors(most: number): Promise<Compressors> {
  const { compressors } = await load('hyparquet-compressors', () => import('hyparquet-compressors'));
  const bounded: Compressors = {};
  for (const [codec, decompress] of Object.entries(compressors)) {
    bounded[codec as keyof Compressors] = (input, length) => {
      if (length <= most) return decompress(input, length);
      throw new Error(
        `expected a page of at most ${most} bytes, found one that inflates to ${length}: write smaller ones`,
      );
    };
  }
  return bounded;
}

async function bytesAt(handle: FileHandle, size: number, start: number, end: number): Promise<ArrayBuffer> {
  if (!(start >= 0 && start <= end && end <= size)) {
    throw new Error(`expected bytes of a column within the ${size} of the file, found ${start} to ${end}`);
  }
  const bytes = new Uint8Array(end - start);
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) throw new Error(`expected ${size} bytes, found an end at ${start + done}`);
    done += bytesRead;
  }
  return bytes.buffer;
}
