/** Summary of repeated measurements. */
import { largest, smallest } from '../validation/long-lists.js';
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle value; for an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median and extremes. With the few rounds of a benchmark, quartiles would add nothing. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: smallest(values), max: largest(values) };
}

/** Each of `values` divided by the value of `base` in the same round. */
export function pairedRatios(values: readonly number[], base: readonly number[]): number[] {
  return values.map((value, round) => value / base[round]);
}

/**
 * The median of the paired ratios. Whatever slows down a whole round, such as another program, hardly changes it.
 */
export function medianRatio(values: readonly number[], base: readonly number[]): number {
  return median(pairedRatios(values, base));
}
