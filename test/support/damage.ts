import { expect } from 'vitest';
import { isDataset } from '../../src/data/dataset.js';

/** Every shorter version of `bytes`. */
export function* truncations(bytes: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.subarray(0, length);
}

/** `bytes` with one bit flipped, for every bit. */
export function* bitFlips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const copy = Uint8Array.from(bytes);
    copy[bit >> 3] ^= 1 << (bit & 7);
    yield copy;
  }
}

/** How many of the damaged files are read nevertheless; the others must end in an error that says what is wrong. */
export async function countRead(damaged: Iterable<Uint8Array>, load: (bytes: Uint8Array) => Promise<unknown>) {
  let read = 0;
  for (const bytes of damaged) {
    try {
      expect(isDataset(await load(bytes))).toBe(true);
      read++;
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_DATA_FILE', message: expect.stringMatching(/Expected|Cannot read/) });
    }
  }
  return read;
}
