import type { Pieces } from '../../platform/turns.js';

/** Numbers in a piece: less than a millisecond. */
const PIECE = 2 ** 16;

/** Numbers of 16 bits, bfloat16 or else IEEE's half precision, as float32: exact. */
export function* widen(bits: Uint16Array, bfloat16: boolean): Pieces<Float32Array> {
  const result = new Float32Array(bits.length);
  const words = new Uint32Array(result.buffer);
  for (let i = 0; i < bits.length; i++) {
    if (bfloat16) words[i] = bits[i] << 16;
    else result[i] = fromHalf(bits[i]);
    if (i % PIECE === PIECE - 1) yield;
  }
  return result;
}

/** A sign bit, 5 bits of exponent and 10 of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  // Without the implicit 1 below the smallest normal number.
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
