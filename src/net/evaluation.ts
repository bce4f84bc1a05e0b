import type { PartInput } from '../data/part.js';
import { wrongType } from '../validation/errors.js';
import { checkLabels, isMatrix, type LabelsInput, type RowsInput } from '../validation/inputs.js';
import type { TwoLayerNet } from './two-layer-net.js';

/** How well a net predicts labelled rows. */
export interface Evaluation {
  /** The share of rows whose predicted class is their label, 0 … 1. */
  accuracy: number;
  /** The same among the rows of each class (C); NaN for a class without rows. */
  classAccuracy: number[];
  /** Rows by true class (row) and predicted class (column): C lists of C counts. */
  confusion: number[][];
}

/**
 * Predicts rows and compares with their labels.
 *
 * @param X - N rows of D numbers, or a part of a data set: `evaluate(net, data.test)`
 * @param y - N class indices
 * @throws what `net.predict` throws; RangeError for labels that do not fit
 */
export function evaluate(net: TwoLayerNet, part: PartInput): Evaluation;
export function evaluate(net: TwoLayerNet, X: RowsInput, y: LabelsInput): Evaluation;
export function evaluate(net: TwoLayerNet, rows: RowsInput | PartInput, labels?: LabelsInput): Evaluation {
  const { X, y } = labels === undefined ? partOf(rows) : { X: rows as RowsInput, y: labels };
  const classes = net.predict(X);
  const expected = checkLabels(y, classes.length, net.numClasses, 'y');
  const confusion = Array.from({ length: net.numClasses }, () => new Array<number>(net.numClasses).fill(0));
  let correct = 0;
  for (let i = 0; i < expected.length; i++) {
    confusion[expected[i]][classes[i]]++;
    if (expected[i] === classes[i]) correct++;
  }
  const classAccuracy = confusion.map((row, label) => row[label] / row.reduce((sum, count) => sum + count, 0));
  return { accuracy: correct / expected.length, classAccuracy, confusion };
}

function partOf(part: RowsInput | PartInput): PartInput {
  if (typeof part === 'object' && part !== null && !isMatrix(part) && 'X' in part && 'y' in part) return part;
  throw wrongType('rows and labels, or a part of a data set with X and y,', part);
}
