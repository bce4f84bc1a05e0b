import type { Rows } from '../../../binding.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { type TrainingWarning, words } from './warning.js';

/** How many times the largest value of one column the typical value of another may be. */
const FACTOR = 1000;

/** Numbers that are looked at, at most: a fraction of a millisecond. */
const SAMPLE = 2 ** 16;

/**
 * Looks for columns of very different scales among evenly spaced rows, as the net gets them: minus the mean.
 *
 * The typical value (the root mean square) of one column is compared with the largest of another, so that a column of
 * rare values, such as that of a rare category or of a pixel at the border, does not count as small. Bytes have one
 * scale, and columns that are constant say nothing at any scale.
 */
export function columnScales(rows: Rows, D: number): TrainingWarning | undefined {
  if (D < 2 || rows.count < 2 || isArrayOf(rows.data, 'Uint8Array')) return undefined;
  const { small, large } = extremes(rows, D);
  if (!small || large.typical <= FACTOR * small.largest) return undefined;
  return {
    code: 'WARN_COLUMN_SCALES',
    message:
      `Column ${large.column} has values of about ${words(large.typical)}, more than ${FACTOR} times those of ` +
      `column ${small.column}, which are at most ${words(small.largest)}: training hardly notices small columns ` +
      'beside large ones. Standardise the columns: subtract the mean of each and divide by its standard deviation, ' +
      'as a Classifier does unless told otherwise',
  };
}

/** The column with the largest typical value, and of those that vary the one whose largest value is smallest. */
function extremes({ data, count, mean }: Rows, D: number) {
  const taken = Math.min(count, Math.max(2, Math.floor(SAMPLE / D)));
  const squares = new Float64Array(D);
  const largest = new Float64Array(D);
  const first = new Float64Array(D);
  const varies = new Uint8Array(D);
  for (let i = 0; i < taken; i++) {
    const start = Math.floor((i * count) / taken) * D;
    for (let d = 0; d < D; d++) {
      const value = Math.abs(data[start + d] - (mean?.[d] ?? 0));
      squares[d] += value * value;
      if (value > largest[d]) largest[d] = value;
      if (i === 0) first[d] = data[start + d];
      else if (data[start + d] !== first[d]) varies[d] = 1;
    }
  }
  let small: { readonly column: number; readonly largest: number } | undefined;
  let large = { column: 0, typical: 0 };
  for (let d = 0; d < D; d++) {
    const typical = Math.sqrt(squares[d] / taken);
    if (typical > large.typical) large = { column: d, typical };
    if (varies[d] && (!small || largest[d] < small.largest)) small = { column: d, largest: largest[d] };
  }
  return { small, large };
}
