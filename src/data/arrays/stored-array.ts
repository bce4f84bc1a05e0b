import { lastingArray } from '../../platform/lasting.js';
import { firstNonFinite } from '../../validation/check.js';
import type { RowData } from '../../validation/typed-arrays.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { type ByteReader, withReader } from '../files/byte-reader.js';
import { PIECE_BYTES } from '../files/data-file.js';
import { dataFileError } from '../formats/data-file-error.js';
import { toMachineOrder } from './byte-order.js';
import { convertElements, ELEMENT_BYTES, type ElementKind, type NumberKind, rowClassFor } from './element-type.js';
import { rowMajorIndices } from './row-major-indices.js';

/** How an array is stored. */
export interface ArrayLayout {
  readonly kind: ElementKind;
  /** Bytes of an element. */
  readonly width: number;
  /** Sizes; in the file the last one varies fastest, or the first one if `columnMajor`. */
  readonly shape: readonly number[];
  readonly columnMajor: boolean;
  readonly bigEndian: boolean;
}

/** An array in a file or an archive, not read yet. */
export interface StoredArray extends ArrayLayout {
  /** What its owner calls it: `X_train`. */
  readonly key: string;
  /** What error messages call it. */
  readonly name: string;
  /** The byte of the stream at which its elements begin. */
  readonly start: number;
  /** The stream that holds it, from the byte `from`; it ends with the array. */
  chunks(): AsyncIterable<Uint8Array>;
  /**
   * The first byte that `chunks` gives.
   * @defaultValue 0
   */
  readonly from?: number;
}

/** The product of sizes, or undefined when it is not exact. */
export function countOf(shape: readonly number[]): number | undefined {
  const count = shape.reduce((product, size) => product * size, 1);
  return Number.isSafeInteger(count) ? count : undefined;
}

/** Sizes for an error message: `(60000, 28, 28)`. */
export function shapeText(shape: readonly number[]): string {
  return `(${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : shape.length === 1 ? ',' : ''})`;
}

/**
 * Runs `action` on a reader whose next byte is the first of the elements, and makes sure that all of them were read and
 * that the stream ends there.
 */
export async function withElements<T>(array: StoredArray, action: (reader: ByteReader) => Promise<T>): Promise<T> {
  const { start, from = 0, name } = array;
  const read = async (reader: ByteReader) => {
    await reader.skip(start - from, 'the header');
    const result = await action(reader);
    await reader.end();
    return result;
  };
  return withReader(array.chunks(), name, read, from);
}

/**
 * Reads all numbers of an array, row-major, into the narrowest of the three arrays that holds them without loss.
 *
 * @param options - `finite: false` lets NaN and infinity pass
 * @throws Error `ERR_DATA_FILE` with the byte, for NaN, infinity, and integers beyond 2⁵³, besides damage
 */
export async function readNumbers(array: StoredArray, { finite = true } = {}): Promise<RowData> {
  const kind = numberKindOf(array);
  const count = countOf(array.shape) ?? 0;
  const values = allocate(array, kind, count);
  const place = array.columnMajor ? rowMajorIndices(array.shape) : undefined;
  const scratch = Buffer.from(new ArrayBuffer(Math.min(PIECE_BYTES, count * array.width)));
  await withElements(array, async (reader) => {
    for (let done = 0; done < count; ) {
      const bytes = scratch.subarray(0, Math.min(scratch.length, (count - done) * array.width));
      const from = reader.position;
      await reader.fill(bytes, 'numbers');
      toMachineOrder(bytes, array.width, array.bigEndian);
      const part = convertElements(kind, bytes);
      if (finite) checkFinite(part, array, reader, from);
      if (place) for (let i = 0; i < part.length; i++) values[place()] = part[i];
      else values.set(part, done);
      done += part.length;
    }
  });
  return values;
}

function checkFinite(part: RowData, array: StoredArray, reader: ByteReader, from: number): void {
  const { kind, width, start } = array;
  if (isArrayOf(part, 'Uint8Array')) return;
  const bad = firstNonFinite(part);
  if (bad < 0) return;
  const found = kind === 'i8' || kind === 'u8' ? 'an integer beyond 2⁵³' : String(part[bad]);
  const at = from + bad * width;
  throw reader.error('a finite number', `${found}${placeWords(array, (at - start) / width)}`, at);
}

/** Where element `index` is, as it is stored; nothing for arrays of other than two sizes. */
function placeWords({ shape, columnMajor }: StoredArray, index: number): string {
  if (shape.length !== 2) return '';
  const [N, D] = shape;
  const [row, column] = columnMajor ? [index % N, Math.floor(index / N)] : [Math.floor(index / D), index % D];
  return ` in row ${row}, column ${column} (from 0)`;
}

function numberKindOf({ kind, name }: StoredArray): NumberKind {
  if (kind in ELEMENT_BYTES) return kind as NumberKind;
  throw dataFileError(`Expected numbers in ${name} but found text`);
}

function allocate({ name, shape }: StoredArray, kind: NumberKind, count: number): RowData {
  try {
    return lastingArray(rowClassFor(kind), count);
  } catch (cause) {
    throw dataFileError(`Expected an array that fits into memory in ${name} but found ${shapeText(shape)}`, cause);
  }
}

/**
 * Checks that `bytes` is what the elements need, before anything is allocated for them.
 *
 * @param reader - stands at the first byte of the elements
 */
export function checkBytes({ shape, width }: ArrayLayout, bytes: number, reader: ByteReader): void {
  const needed = (countOf(shape) ?? Number.NaN) * width;
  if (needed === bytes) return;
  throw reader.error(`${needed} bytes, as the shape ${shapeText(shape)} needs,`, `${bytes}`);
}
