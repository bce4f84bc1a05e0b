/** Where the marks of an axis stand, and what they say. */

/** An interval of an axis, low before high. */
export type Range = readonly [low: number, high: number];

/** A mark of an axis: where it stands, and the number beside it. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Below this a range or a number counts as 0: no arithmetic on it is worth anything. */
const TINY = 1e-290;
/** A range narrower than this share of its numbers is all rounding. */
const ROUNDING = 1e-12;

/**
 * The range from the lowest to the highest of `values`, which are finite; undefined for none. What is of no width is
 * widened around its middle: by half of 1 for `integers`, a tenth of the value otherwise, 1 around 0.
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

/** `range` with its ends in order and apart. */
export function widened([first, second]: Range, integers = false): Range {
  const [low, high] = first < second ? [first, second] : [second, first];
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > Math.max(magnitude * ROUNDING, TINY)) return [low, high];
  const margin = magnitude < TINY ? 1 : magnitude / 10;
  const half = integers && magnitude < 1e9 ? 0.5 : margin;
  return [low - half, high + half];
}

/**
 * Marks at multiples of 1, 2 or 5 times a power of ten within `range`, so far apart that they cut it into at most
 * `pieces` (at least 1) and ends. Where that leaves fewer than two, which say nothing of the scale, they come closer.
 *
 * @param leastStep - how close at most: 1 where only whole numbers mean something, as for iterations
 */
export function ticks(range: Range, pieces: number, leastStep = 0): Tick[] {
  const few = multiples(range, pieces, leastStep);
  // Steps are 2.5 times the wanted at most: five pieces for two hold two multiples wherever the range begins.
  return few.length > 1 ? few : multiples(range, Math.max(5, pieces), leastStep);
}

function multiples([low, high]: Range, pieces: number, leastStep: number): Tick[] {
  const { step, decimals } = niceStep(high - low, pieces, leastStep);
  // Ends that are multiples but for rounding have their mark.
  const first = Math.ceil(low / step - 1e-6);
  const last = Math.floor(high / step + 1e-6);
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
  const format = formatter(values, decimals);
  return values.map((value) => ({ value, label: format(value) }));
}

/** The smallest step of 1, 2 or 5 times a power of ten that cuts `span` into few enough pieces, and its decimals. */
function niceStep(span: number, pieces: number, leastStep: number): { step: number; decimals: number } {
  const least = Math.max(span / Math.max(1, pieces), leastStep);
  const exponent = Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5, 10]) {
    // Dividing by 10^k is right to the last bit where multiplying by 10^-k is not.
    const step = exponent < 0 && exponent > -300 ? factor / 10 ** -exponent : factor * 10 ** exponent;
    if (step >= least * (1 - 1e-9)) return { step, decimals: Math.max(0, -exponent - (factor === 10 ? 1 : 0)) };
  }
  return { step: least, decimals: Math.max(0, -exponent) };
}

/** Writes numbers that are `10^-decimals` apart in as few characters as tell them apart, alike for all of `values`. */
function formatter(values: readonly number[], decimals: number): (value: number) => string {
  const largest = Math.max(...values.map(Math.abs));
  if (largest < 1e6 && decimals <= 4) return (value) => value.toFixed(decimals).replace(/^-(0(\.0*)?)$/, '$1');
  return (value) => {
    // A multiple of the step that should be 0 but for rounding.
    if (Math.abs(value) < largest * ROUNDING) return '0';
    const [mantissa, exponent] = value.toExponential(11).split('e');
    return `${Number(mantissa)}e${Number(exponent)}`;
  };
}
