import type { Binding, LabelledRows, Net } from '../../../binding.js';
import { rowClassOf } from '../../validation/typed-arrays.js';
import { A_WHILE, type TrainingWarning } from './warning.js';

/** What predicts, and what was trained on. */
export interface Predicting {
  readonly net: Net;
  readonly binding: Pick<Binding, 'predict'>;
  readonly training: LabelledRows;
  /** Iterations that were made. */
  readonly iterations: number;
  /** The name of each class (C); undefined if they have none. */
  readonly classNames: readonly string[] | undefined;
}

/** Labels that are looked at, and rows that are predicted, at most. */
const LABELS = 2 ** 12;
const ROWS = 128;

/** Multiplications of the predictions, at most: less than a millisecond. */
const PRODUCTS = 2 ** 24;

/** Whether all rows are predicted as one class, by a few rows of each class. */
export function oneClass({ net, binding, training, iterations, classNames }: Predicting): TrainingWarning | undefined {
  if (iterations < A_WHILE || net.shape.numClasses < 2) return undefined;
  // Rows that were transferred, or whose file was closed, while the net trained cannot be predicted any more.
  if (training.rows.data.length === 0) return undefined;
  const { inputSize, hiddenSize } = net.shape;
  const most = Math.min(ROWS, Math.max(16, Math.floor(PRODUCTS / (inputSize * hiddenSize))));
  const { indices, counts } = rowsOfEachClass(training.labels, most);
  if (counts.size < 2) return undefined;
  const predicted = new Int32Array(indices.length);
  const bad = binding.predict(net, take(training.rows, indices, inputSize), predicted);
  const [label] = predicted;
  if (bad >= 0 || predicted.some((other) => other !== label)) return undefined;
  const share = (counts.get(label) ?? 0) / [...counts.values()].reduce((sum, count) => sum + count);
  const name = classNames ? `class ${JSON.stringify(classNames[label])}` : `class ${label}`;
  const remedy =
    share > Math.max(0.5, 1.6 / counts.size)
      ? `It has ${Math.round(100 * share)} % of the training rows: train longer, or repeat rows of the other classes`
      : 'Standardise the columns, and try both a larger and a smaller learning rate';
  return { code: 'WARN_ONE_CLASS', message: `All rows are predicted as ${name}. ${remedy}` };
}

/** Rows of as many classes as there are among evenly spaced ones, and how many of these each class has. */
function rowsOfEachClass(labels: Int32Array, most: number) {
  const seen = Math.min(LABELS, labels.length);
  const spaced = Array.from({ length: seen }, (_, i) => Math.floor((i * labels.length) / seen));
  const counts = new Map<number, number>();
  for (const index of spaced) counts.set(labels[index], (counts.get(labels[index]) ?? 0) + 1);
  const quota = Math.max(1, Math.floor(most / counts.size));
  const taken = new Map<number, number>();
  const indices = spaced.filter((index) => {
    const count = (taken.get(labels[index]) ?? 0) + 1;
    taken.set(labels[index], count);
    return count <= quota;
  });
  return { indices: indices.slice(0, most), counts };
}

/** Some of the rows, in memory of their own. */
function take({ data, mean }: LabelledRows['rows'], indices: readonly number[], D: number): LabelledRows['rows'] {
  const taken = new (rowClassOf(data))(indices.length * D);
  for (const [i, index] of indices.entries()) taken.set(data.subarray(index * D, (index + 1) * D), i * D);
  return { data: taken, count: indices.length, mean };
}
