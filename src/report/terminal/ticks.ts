/** Chooses the ticks of an axis and their labels. */
import { largest } from '../../validation/long-lists.js';

/** The range of an axis. */
export type Range = readonly [low: number, high: number];

/** A tick: its position and its label. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Smaller ranges and numbers count as 0, since arithmetic on them is meaningless. */
const TINY = 1e-290;
/** A range narrower than this fraction of its numbers is only rounding error. */
const ROUNDING = 1e-12;

/**
 * The range of `values`, which must be finite; undefined if there are none. An empty range is widened around its
 * middle: by 0.5 each way for `integers`, otherwise by a tenth of the value, or by 1 around 0.
 */
export function rangeOf(values: Iterable<number>, integers = false): Range | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? undefined : widened([low, high], integers);
}

/** `range` with its ends in order, and widened if it is empty. */
export function widened([first, second]: Range, integers = false): Range {
  const [low, high] = first < second ? [first, second] : [second, first];
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > Math.max(magnitude * ROUNDING, TINY)) return [low, high];
  const margin = magnitude < TINY ? 1 : magnitude / 10;
  const half = integers && magnitude < 1e9 ? 0.5 : margin;
  return [low - half, high + half];
}

/**
 * Ticks within `range` at multiples of 1, 2 or 5 times a power of ten, so far apart that they divide it into at most
 * `pieces` (at least 1). If fewer than two ticks would remain, which do not show the scale, they are closer together.
 *
 * @param leastStep - the smallest distance: 1 if only whole numbers have a meaning, as for iterations
 */
export function ticks(range: Range, pieces: number, leastStep = 0): Tick[] {
  const few = multiples(range, pieces, leastStep);
  // A step is at most 2.5 times as large as requested, so five pieces contain two multiples wherever the range begins.
  return few.length > 1 ? few : multiples(range, Math.max(5, pieces), leastStep);
}

function multiples([low, high]: Range, pieces: number, leastStep: number): Tick[] {
  const { step, decimals } = niceStep(high - low, pieces, leastStep);
  // Ends that are multiples up to rounding get a tick.
  const first = Math.ceil(low / step - 1e-6);
  const last = Math.floor(high / step + 1e-6);
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
  const format = formatter(values, decimals);
  return values.map((value) => ({ value, label: format(value) }));
}

/** The smallest step of 1, 2 or 5 times a power of ten that divides `span` into few enough pieces, and its decimals. */
function niceStep(span: number, pieces: number, leastStep: number): { step: number; decimals: number } {
  const least = Math.max(span / Math.max(1, pieces), leastStep);
  const exponent = Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5, 10]) {
    // Dividing by 10^k is correctly rounded; multiplying by 10^-k is not.
    const step = exponent < 0 && exponent > -300 ? factor / 10 ** -exponent : factor * 10 ** exponent;
    if (step >= least * (1 - 1e-9)) return { step, decimals: Math.max(0, -exponent - (factor === 10 ? 1 : 0)) };
  }
  return { step: least, decimals: Math.max(0, -exponent) };
}

/** A short format, the same for all of `values`, that distinguishes numbers which differ by `10^-decimals`. */
function formatter(values: readonly number[], decimals: number): (value: number) => string {
  const far = largest(values.map(Math.abs));
  if (far < 1e6 && decimals <= 4) return (value) => value.toFixed(decimals).replace(/^-(0(\.0*)?)$/, '$1');
  return (value) => {
    // A multiple of the step that would be 0 without rounding.
    if (Math.abs(value) < far * ROUNDING) return '0';
    const [mantissa, exponent] = value.toExponential(11).split('e');
    return `${Number(mantissa)}e${Number(exponent)}`;
  };
}
