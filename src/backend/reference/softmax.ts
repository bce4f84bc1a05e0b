import type { Reals } from '../../../binding.js';

/** Turns scores (N, C) into probabilities, in place: softmax of each row. */
export function softmaxRows(scores: Reals, C: number): void {
  for (let start = 0; start < scores.length; start += C) softmax(scores, start, start + C);
}

/**
 * The maximum is subtracted first, so that exp cannot overflow. Bounds in place of a view of the row: making a view
 * takes as long as ten exponentials.
 */
function softmax(scores: Reals, start: number, end: number): void {
  let highest = scores[start];
  for (let i = start + 1; i < end; i++) highest = Math.max(highest, scores[i]);
  let sum = 0;
  for (let i = start; i < end; i++) {
    scores[i] = Math.exp(scores[i] - highest);
    sum += scores[i];
  }
  for (let i = start; i < end; i++) scores[i] /= sum;
}
