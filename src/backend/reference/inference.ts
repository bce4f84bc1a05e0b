import type { LabelledRows, Net, Reals, Rows } from '../../../binding.js';
import { argmax } from './layers.js';
import { ReferenceMinibatch } from './minibatch.js';

/** Rows at a time, so that a pass over a data set does not need a copy of it in floating point. */
const BLOCK = 256;

/** Calls `use(first row, rows, scores)` for each block of rows. */
function forEachBlock(net: Net, rows: Rows, use: (first: number, count: number, scores: Reals) => void): void {
  const batch = new ReferenceMinibatch(net, Math.min(BLOCK, rows.count));
  const data = { rows, labels: new Int32Array(0) };
  for (let first = 0; first < rows.count; first += BLOCK) {
    const count = Math.min(BLOCK, rows.count - first);
    batch.gather(data, null, first, count);
    use(first, count, batch.forward());
  }
}

/** Writes the scores of all rows. */
export function computeScores(net: Net, rows: Rows, scores: Reals): void {
  const C = net.shape.numClasses;
  forEachBlock(net, rows, (first, _count, block) => scores.set(block, first * C));
}

/** Writes each row's class; returns the first row with a NaN among its scores, or −1. */
export function predict(net: Net, rows: Rows, classes: Int32Array): number {
  const C = net.shape.numClasses;
  let bad = -1;
  forEachBlock(net, rows, (first, count, scores) => {
    for (let i = 0; i < count; i++) {
      const best = argmax(scores, i * C, C);
      if (best < 0 && bad < 0) bad = first + i;
      classes[first + i] = Math.max(best, 0);
    }
  });
  return bad;
}

/** The share of rows whose class is their label. */
export function accuracy(net: Net, data: LabelledRows): number {
  const classes = new Int32Array(data.rows.count);
  predict(net, data.rows, classes);
  let right = 0;
  for (let i = 0; i < classes.length; i++) if (classes[i] === data.labels[i]) right++;
  return right / classes.length;
}
