/** Measures how far results are from the reference's. */
import type { Reals } from '../../binding.js';
import { largest } from '../validation/long-lists.js';

/**
 * max |actual − expected| / max |expected|: how many digits of an array as a whole agree. If the terms of a sum cancel,
 * the error of a small entry is that of its large terms. Infinite if only one of the arrays has a NaN, or if the
 * lengths differ.
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

/** √Σ(actual − expected)² / √Σ expected², which a single entry hardly changes; infinite if there is a NaN. */
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
 * How much worse the chosen classes are than the best ones, by the reference's scores (N, C): the largest difference of
 * scores, as a share of the largest score. 0 if every class is the best; two classes that differ by a rounding error
 * may be swapped.
 */
export function classDifference(classes: Int32Array, scores: Reals): number {
  const C = scores.length / classes.length;
  let scale = 0;
  let most = 0;
  for (let row = 0; row < classes.length; row++) {
    const best = largest(scores.subarray(row * C, (row + 1) * C));
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
