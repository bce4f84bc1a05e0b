import { expect } from 'vitest';
import { THOROUGH } from './thorough.js';

/** In a sample, every so many bits, each of a byte in turn, and so many lengths. */
const [BITS, LENGTHS] = THOROUGH ? [1, 1] : [11, 5];

/** Shorter versions of `bytes`: every one or a sample, which ends with the longest. */
export function* truncations(bytes: Uint8Array): Generator<Uint8Array> {
  for (let cut = 1; cut <= bytes.length; cut += LENGTHS) yield bytes.subarray(0, bytes.length - cut);
}

/** `bytes` with one bit flipped, for every bit or a sample of them. */
export function* bitFlips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit += BITS) {
    const copy = Uint8Array.from(bytes);
    copy[bit >> 3] ^= 1 << (bit & 7);
    yield copy;
  }
}

/** How many of the damaged data files `load` reads; the others must end in an error that says what is wrong. */
export async function countRead(damaged: Iterable<Uint8Array>, load: (bytes: Uint8Array) => Promise<unknown>) {
  let read = 0;
  for (const bytes of damaged) {
    try {
      await load(bytes);
      read++;
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_DATA_FILE', message: expect.stringMatching(/Expected|Cannot read/) });
    }
  }
  return read;
}
