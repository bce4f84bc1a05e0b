/** How far results are from those of the reference. */
import type { Reals } from '../../binding.js';

/**
 * max |actual − expected| / max |expected|: of how many digits an array as a whole is. For sums whose terms cancel, the
 * error of a small entry is that of the large terms it is made of. Infinite where a NaN stands in one of them alone, or
 * where the lengths differ.
 */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let scale = 0;
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]));
    if (Object.is(actual[i], expected[i])) continue;
    const difference = Math.abs(actual[i] - expected[i]);
    most = Math.max(most, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  const difference = most === 0 ? 0 : most / scale;
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

/** √Σ(actual − expected)² / √Σ expected², which a single entry hardly changes; infinite where a NaN is among them. */
export function differenceOfAll(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i] - expected[i]) ** 2;
    scale += expected[i] ** 2;
  }
  if (Number.isNaN(difference) || actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  return difference === 0 ? 0 : Math.sqrt(difference / scale);
}

/**
 * How much worse the chosen classes are than the best, by the reference's scores (N, C): the largest loss of score, as a
 * share of the largest score. 0 where every class is the best; two classes a rounding apart may change places.
 */
export function classDifference(classes: Int32Array, scores: Reals): number {
  const C = scores.length / classes.length;
  let scale = 0;
  let most = 0;
  for (let row = 0; row < classes.length; row++) {
    const best = Math.max(...scores.subarray(row * C, (row + 1) * C));
    const lost =
      best - (classes[row] >= 0 && classes[row] < C ? scores[row * C + classes[row]] : Number.NEGATIVE_INFINITY);
    most = Math.max(most, lost);
    scale = Math.max(scale, Math.abs(best));
  }
  return most === 0 ? 0 : most / scale;
}

/** Whether two arrays have the same bits. */
export function sameBits(one: Reals, other: Reals): boolean {
  const bytes = (array: Reals) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  return bytes(one).equals(bytes(other));
}
