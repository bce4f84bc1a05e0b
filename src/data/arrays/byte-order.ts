/** Whether the first byte of a word in memory is its lowest, as on most processors. */
export const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Changes the byte order of all elements if it is not the machine's.
 *
 * @param width - bytes of an element: 1, 2, 4 or 8
 */
export function toMachineOrder(bytes: Buffer, width: number, bigEndian: boolean): void {
  if (width === 1 || bigEndian !== LITTLE_ENDIAN) return;
  if (width === 2) bytes.swap16();
  else if (width === 4) bytes.swap32();
  else bytes.swap64();
}

/** Numbers as files have them. */
type Numbers = Uint8Array | Uint16Array | Int32Array | Float32Array | Float64Array;

/** The bytes of an array, in its memory. */
export function bytesOf(data: Numbers): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** Numbers in the byte order of a little-endian file: the array itself, except on the few big-endian machines. */
export function inFileOrder<A extends Numbers>(data: A): A {
  if (LITTLE_ENDIAN) return data;
  const copy = data.slice() as A;
  fromFileOrder(copy);
  return copy;
}

/** Puts numbers that were read from a little-endian file into the machine's byte order. */
export function fromFileOrder(data: Numbers): void {
  toMachineOrder(bytesOf(data), data.BYTES_PER_ELEMENT, false);
}
