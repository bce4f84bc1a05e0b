import type { LabelledRows, Net, Reals, Rows } from '../../../binding.js';
import { argmax, crossEntropy } from './layers.js';
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

/** How well a net predicts labelled rows. */
export interface Fit {
  /** The share of rows whose class is their label; a row with a NaN score is never correct. */
  readonly accuracy: number;
  /** Mean −log p(label); NaN if a score is. */
  readonly loss: number;
}

/** How well the net predicts those rows. */
export function evaluate(net: Net, { rows, labels }: LabelledRows): Fit {
  const C = net.shape.numClasses;
  let correct = 0;
  let loss = 0;
  forEachBlock(net, rows, (first, count, scores) => {
    for (let i = 0; i < count; i++) {
      const label = labels[first + i];
      if (argmax(scores, i * C, C) === label) correct++;
      loss += crossEntropy(scores, i * C, C, label);
    }
  });
  return { accuracy: correct / rows.count, loss: loss / rows.count };
}
