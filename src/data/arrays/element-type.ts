import type { RowClass, RowData } from '../../validation/typed-arrays.js';
import { LITTLE_ENDIAN } from './byte-order.js';
import { widenBfloats, widenHalves } from './half-precision.js';

/** What the elements of a stored array are. Names are NumPy's: kind, then bytes; `bf2` is bfloat16, `U` is text. */
export type ElementKind = keyof typeof ELEMENT_BYTES | 'U' | 'S';

/** The bytes of each kind of number. */
export const ELEMENT_BYTES = {
  b1: 1,
  u1: 1,
  i1: 1,
  u2: 2,
  i2: 2,
  f2: 2,
  bf2: 2,
  u4: 4,
  i4: 4,
  f4: 4,
  u8: 8,
  i8: 8,
  f8: 8,
} as const;

/** A kind of number. */
export type NumberKind = keyof typeof ELEMENT_BYTES;

/** The array that holds numbers of a kind without loss. */
export function rowClassFor(kind: NumberKind): RowClass {
  if (kind === 'u1' || kind === 'b1') return Uint8Array;
  return ['u4', 'i4', 'u8', 'i8', 'f8'].includes(kind) ? Float64Array : Float32Array;
}

/**
 * Converts elements to numbers.
 *
 * @param bytes - the elements, in the machine's byte order; they begin at a multiple of 8 in their buffer
 * @returns an array of the class of {@link rowClassFor}; a view of `bytes` where nothing has to be converted. The
 * 64-bit integers that a float64 number cannot hold become NaN
 */
export function convertElements(kind: NumberKind, bytes: Buffer): RowData {
  const { buffer, byteOffset: at } = bytes;
  const count = bytes.length / ELEMENT_BYTES[kind];
  switch (kind) {
    case 'u1':
      return bytes;
    case 'b1':
      return bytes.map((byte) => (byte === 0 ? 0 : 1));
    case 'i1':
      return new Float32Array(new Int8Array(buffer, at, count));
    case 'u2':
      return new Float32Array(new Uint16Array(buffer, at, count));
    case 'i2':
      return new Float32Array(new Int16Array(buffer, at, count));
    case 'f2':
      return widenHalves(new Uint16Array(buffer, at, count));
    case 'bf2':
      return widenBfloats(new Uint16Array(buffer, at, count));
    case 'u4':
      return new Float64Array(new Uint32Array(buffer, at, count));
    case 'i4':
      return new Float64Array(new Int32Array(buffer, at, count));
    case 'f4':
      return new Float32Array(buffer, at, count);
    case 'f8':
      return new Float64Array(buffer, at, count);
    case 'u8':
    case 'i8':
      return wideIntegers(new Uint32Array(buffer, at, 2 * count), kind === 'i8');
  }
}

/** High words of 64-bit integers from here on are above 2⁵³. */
const HIGH_LIMIT = 2 ** 21;

function wideIntegers(words: Uint32Array, signed: boolean): Float64Array {
  const values = new Float64Array(words.length / 2);
  const [lowWord, highWord] = LITTLE_ENDIAN ? [0, 1] : [1, 0];
  for (let i = 0; i < values.length; i++) {
    const high = signed ? words[2 * i + highWord] | 0 : words[2 * i + highWord];
    const exact = high >= -HIGH_LIMIT && high < HIGH_LIMIT;
    values[i] = exact ? high * 2 ** 32 + words[2 * i + lowWord] : Number.NaN;
  }
  return values;
}
