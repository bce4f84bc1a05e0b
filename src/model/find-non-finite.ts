import type { Reals } from '../../binding.js';
import type { Pieces } from '../platform/turns.js';
import { firstNonFinite } from '../validation/check.js';

/** Numbers in a piece: some tenths of a millisecond. */
const PIECE = 2 ** 17;

/** The index of the first NaN or infinity, or −1: {@link firstNonFinite} in pieces. */
export function* findNonFinite(values: Reals): Pieces<number> {
  for (let from = 0; from < values.length; from += PIECE) {
    const bad = firstNonFinite(values.subarray(from, from + PIECE));
    if (bad >= 0) return from + bad;
    yield;
  }
  return -1;
}
