/**
 * Checks what a Parquet file says of itself, before a library reads it: that all counts and sizes are possible. See the
 * format's parquet.thrift, which numbers the fields.
 */
import { readThrift } from './thrift.js';

/** Bytes at the end of a file: the size of the description, and a mark. */
export const TAIL_BYTES = 8;

/**
 * How many bytes the description before the tail has.
 *
 * @param tail - the last bytes of the file
 * @param size - the bytes of the file
 */
export function descriptionBytes(tail: Uint8Array, size: number): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  if (Buffer.from(tail.subarray(4)).toString('latin1') !== 'PAR1')
    throw new Error('expected PAR1 at its end, found other bytes');
  const bytes = view.getUint32(0, true);
  if (bytes > 0 && bytes <= size - TAIL_BYTES - 4) return bytes;
  throw new Error(`expected a description within the ${size} bytes of the file, found one of ${bytes}`);
}

/** Checks the description, as far as its counts are concerned. */
export function checkDescription(bytes: Uint8Array): void {
  readThrift(bytes, 0);
}

/** The fields of a page's header that are checked, by their numbers. */
const PAGE = { kind: 1, inflated: 2, stored: 3, data: 5, dictionary: 7, data2: 8 } as const;
const VALUES = 1;
const DICTIONARY_PAGE = 2n;

/**
 * Checks the pages of a column in a row group: that they have as many values as there are rows.
 *
 * @param bytes - all its pages
 * @param mostInflated - the most bytes of a page when it is inflated
 * @throws Error that says what is damaged
 */
export function checkPages(bytes: Uint8Array, rows: number, mostInflated: number): void {
  let left = BigInt(rows);
  for (let at = 0; left > 0n; ) {
    const { integers, structs, end } = readThrift(bytes, at);
    const size = (field: number, most: number) => {
      const value = integers.get(field) ?? -1n;
      if (value >= 0n && value <= BigInt(most)) return Number(value);
      throw new Error(
        `expected a page of at most ${most} bytes, found one of ${value}: write smaller ones if it is right`,
      );
    };
    const inflated = size(PAGE.inflated, mostInflated);
    at = end + size(PAGE.stored, bytes.length - end);
    const header = structs.get(PAGE.dictionary) ?? structs.get(PAGE.data) ?? structs.get(PAGE.data2);
    const values = header?.integers.get(VALUES) ?? 0n;
    const isDictionary = integers.get(PAGE.kind) === DICTIONARY_PAGE;
    const most = isDictionary ? BigInt(inflated) : left;
    if (values < 0n || values > most) throw new Error(`expected a page of at most ${most} values, found ${values}`);
    if (!isDictionary) left -= values;
  }
}
