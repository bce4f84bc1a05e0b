import type { Reals } from '../../binding.js';

/** Turns a row of scores into probabilities, in place. The maximum is subtracted first, so that exp cannot overflow. */
export function softmax(row: Reals): void {
  let highest = row[0];
  for (const score of row) highest = Math.max(highest, score);
  let sum = 0;
  for (let c = 0; c < row.length; c++) {
    row[c] = Math.exp(row[c] - highest);
    sum += row[c];
  }
  for (let c = 0; c < row.length; c++) row[c] /= sum;
}
