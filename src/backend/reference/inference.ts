import type { LabelledRows, Net, Reals, Rows } from '../../../binding.js';
import { atOnce, type Pieces } from '../../platform/turns.js';
import { argmax, crossEntropy } from './layers.js';
import { ReferenceMinibatch } from './minibatch.js';

/** Rows at a time, so that a pass over a data set does not need a copy of it in floating point. */
const BLOCK = 256;

/** Calls `use(first row, rows, scores)` for each block of rows: of those at `indices`, or of all if that is null. */
function* blocks(
  net: Net,
  rows: Rows,
  indices: Int32Array | null,
  use: (first: number, count: number, scores: Reals) => void,
): Pieces<void> {
  const total = indices ? indices.length : rows.count;
  const batch = new ReferenceMinibatch(net, Math.min(BLOCK, total));
  const data = { rows, labels: new Int32Array(0) };
  for (let first = 0; first < total; first += BLOCK) {
    const count = Math.min(BLOCK, total - first);
    batch.gather(data, indices?.subarray(first) ?? null, first, count);
    use(first, count, batch.forward());
    yield;
  }
}

/** Writes the scores of all rows. */
export function computeScores(net: Net, rows: Rows, scores: Reals): void {
  const C = net.shape.numClasses;
  atOnce(blocks(net, rows, null, (first, _count, block) => scores.set(block, first * C)));
}

/** Writes each row's class; returns the first row with a NaN among its scores, or −1. */
export function predict(net: Net, rows: Rows, classes: Int32Array): number {
  const C = net.shape.numClasses;
  let bad = -1;
  const use = (first: number, count: number, scores: Reals) => {
    for (let i = 0; i < count; i++) {
      const best = argmax(scores, i * C, C);
      if (best < 0 && bad < 0) bad = first + i;
      classes[first + i] = Math.max(best, 0);
    }
  };
  atOnce(blocks(net, rows, null, use));
  return bad;
}

/** How well a net predicts labelled rows. */
export interface Fit {
  /** The share of rows whose class is their label; a row with a NaN score is never correct. */
  readonly accuracy: number;
  /** Mean −log p(label); NaN if a score is. */
  readonly loss: number;
}

/** How well the net predicts those rows: the ones at `indices`, or all. */
export function evaluate(net: Net, data: LabelledRows, indices: Int32Array | null = null): Fit {
  return atOnce(evaluating(net, data, indices));
}

/** The same in pieces. */
export function* evaluating(net: Net, { rows, labels }: LabelledRows, indices: Int32Array | null = null): Pieces<Fit> {
  const C = net.shape.numClasses;
  const total = indices ? indices.length : rows.count;
  let correct = 0;
  let loss = 0;
  yield* blocks(net, rows, indices, (first, count, scores) => {
    for (let i = 0; i < count; i++) {
      const label = labels[indices ? indices[first + i] : first + i];
      if (argmax(scores, i * C, C) === label) correct++;
      loss += crossEntropy(scores, i * C, C, label);
    }
  });
  return { accuracy: correct / total, loss: loss / total };
}
