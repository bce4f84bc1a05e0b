/** Arrays in NumPy's format: see npy-header.ts, which reads it. */

import { isArrayOf } from '../../validation/typed-arrays.js';
import { LITTLE_ENDIAN } from './byte-order.js';

/** An array to write: numbers, or texts. */
export interface ArrayToWrite {
  /** What it is called: `X`. */
  readonly key: string;
  /** Sizes, the last one varying fastest. */
  readonly shape: readonly number[];
  /** As many as the shape says. */
  readonly data: Uint8Array | Int32Array | Float32Array | Float64Array | readonly string[];
}

/** The name of its file. */
export const npyName = ({ key }: ArrayToWrite) => `${key}.npy`;

/** The bytes of a file of this array. The numbers are not copied: they must not change before they are written. */
export function* npyChunks(array: ArrayToWrite): Generator<Uint8Array> {
  yield header(array);
  yield* pieces(elements(array.data));
}

/** How many bytes that file has. */
export function npySize(array: ArrayToWrite): number {
  const { data } = array;
  const width = isText(data) ? 4 * widthOf(data) : data.BYTES_PER_ELEMENT;
  return header(array).length + data.length * width;
}

/** Numbers begin at a multiple of it. */
const ALIGNMENT = 64;

function header({ shape, data }: ArrayToWrite): Buffer {
  const order = LITTLE_ENDIAN ? '<' : '>';
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${typeOf(data, order)}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = 10 + text.length + 1;
  const padding = ' '.repeat((ALIGNMENT - (start % ALIGNMENT)) % ALIGNMENT);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length + padding.length + 1);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, Buffer.from(`${text}${padding}\n`)]);
}

function typeOf(data: ArrayToWrite['data'], order: string): string {
  if (isText(data)) return `${order}U${widthOf(data)}`;
  if (isArrayOf(data, 'Uint8Array')) return '|u1';
  return `${order}${isArrayOf(data, 'Int32Array') ? 'i' : 'f'}${data.BYTES_PER_ELEMENT}`;
}

function elements(data: ArrayToWrite['data']): Uint8Array {
  if (!isText(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const width = widthOf(data);
  const units = new Uint32Array(data.length * width);
  for (const [i, text] of data.entries()) {
    // A text is its characters, not the halves of which JavaScript may make one.
    let at = i * width;
    for (const character of text) units[at++] = character.codePointAt(0) as number;
  }
  return new Uint8Array(units.buffer);
}

/** Bytes that are written at a time. */
const PIECE_BYTES = 2 ** 20;

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

function isText(data: ArrayToWrite['data']): data is readonly string[] {
  return Array.isArray(data);
}

/** Characters of the longest text, at least 1. */
function widthOf(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, [...text].length), 1);
}
