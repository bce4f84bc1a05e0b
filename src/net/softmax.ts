import type { Reals } from '../../binding.js';

/** Turns scores (N, C) into probabilities, in place: softmax of each row. */
export function softmaxRows(scores: Reals, C: number): void {
  for (let start = 0; start < scores.length; start += C) softmax(scores.subarray(start, start + C));
}

/** The maximum is subtracted first, so that exp cannot overflow. */
function softmax(row: Reals): void {
  let highest = row[0];
  for (const score of row) highest = Math.max(highest, score);
  let sum = 0;
  for (let c = 0; c < row.length; c++) {
    row[c] = Math.exp(row[c] - highest);
    sum += row[c];
  }
  for (let c = 0; c < row.length; c++) row[c] /= sum;
}
