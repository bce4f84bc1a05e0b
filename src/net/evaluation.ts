import { checkLabels, type LabelsInput, type RowsInput } from '../validation/inputs.js';
import type { TwoLayerNet } from './two-layer-net.js';

/** How a net does on labelled rows. */
export interface Evaluation {
  /** The share of rows whose predicted class is their label, 0 … 1. */
  accuracy: number;
  /** The same among the rows of each class (C); NaN for a class without rows. */
  classAccuracy: number[];
  /** Rows by true class (row) and predicted class (column): C lists of C counts. */
  confusion: number[][];
}

/**
 * Predicts `X` and compares with `y`.
 *
 * @throws what `net.predict` throws; RangeError for labels that do not fit
 */
export function evaluate(net: TwoLayerNet, X: RowsInput, y: LabelsInput): Evaluation {
  const classes = net.predict(X);
  const labels = checkLabels(y, classes.length, net.numClasses, 'y');
  const confusion = Array.from({ length: net.numClasses }, () => new Array<number>(net.numClasses).fill(0));
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    confusion[labels[i]][classes[i]]++;
    if (labels[i] === classes[i]) right++;
  }
  const classAccuracy = confusion.map((row, label) => row[label] / row.reduce((sum, count) => sum + count, 0));
  return { accuracy: right / labels.length, classAccuracy, confusion };
}
