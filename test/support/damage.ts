import { expect } from 'vitest';
import { THOROUGH } from './thorough.js';

/** The most versions of a file that are tried: all of them or a sample. */
const MOST = THOROUGH ? 1500 : 100;

/** An odd step, so that a sample has each bit of a byte in turn. */
const stepOf = (all: number) => Math.floor(all / MOST) | 1;

/** Shorter versions of `bytes`, the longest first. */
export function* truncations(bytes: Uint8Array): Generator<Uint8Array> {
  for (let cut = 1; cut <= bytes.length; cut += stepOf(bytes.length)) yield bytes.subarray(0, bytes.length - cut);
}

/** Versions of `bytes` with one bit flipped. */
export function* bitFlips(bytes: Uint8Array): Generator<Uint8Array> {
  const bits = bytes.length * 8;
  for (let bit = 0; bit < bits; bit += stepOf(bits)) {
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
