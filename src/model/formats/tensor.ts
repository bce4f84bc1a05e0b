import { LITTLE_ENDIAN, toMachineOrder } from '../../data/arrays/byte-order.js';

/** The numbers of a tensor and their layout. */
export interface Tensor {
  /** The product of `shape` numbers, row-major: F32 in the file for a Float32Array, F64 for a Float64Array. */
  readonly data: Float32Array | Float64Array;
  /** Sizes, slowest first; empty for a single number. */
  readonly shape: readonly number[];
}

/** The bytes of an array, in its memory. */
export function bytesOf(data: Float32Array | Float64Array | Uint16Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** Numbers in the byte order of the file: the array itself, except on the few big-endian machines. */
export function inFileOrder(data: Float32Array | Float64Array): Float32Array | Float64Array {
  if (LITTLE_ENDIAN) return data;
  const copy = data.slice();
  fromFileOrder(copy);
  return copy;
}

/** Puts numbers that were read from a file into the machine's byte order. */
export function fromFileOrder(data: Float32Array | Float64Array | Uint16Array): void {
  toMachineOrder(bytesOf(data), data.BYTES_PER_ELEMENT, false);
}
