import type { PartInput } from '../data/part.js';
import { wrongType } from '../validation/errors.js';
import { isMatrix, type RowsInput, rowParts } from '../validation/inputs.js';
import { checkLabels, type LabelsInput } from '../validation/labels.js';
import type { AsyncOptions } from './async-prediction.js';
import { checkNet } from './check-net.js';
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
 * @param part - N rows and their labels, such as a part of a data set: `evaluate(net, data.test)`
 * @throws what `net.predict` throws; RangeError for labels that do not fit
 */
export function evaluate(net: TwoLayerNet, part: PartInput): Evaluation;
/**
 * Predicts rows and compares with their labels.
 *
 * @param X - N rows of D numbers
 * @param y - N class indices
 * @throws what `net.predict` throws; RangeError for labels that do not fit
 */
export function evaluate(net: TwoLayerNet, X: RowsInput, y: LabelsInput): Evaluation;
export function evaluate(net: TwoLayerNet, rows: RowsInput | PartInput, labels?: LabelsInput): Evaluation {
  checkNet(net);
  const { X, y } = labels === undefined ? partOf(rows) : { X: rows as RowsInput, y: labels };
  return compare(expectedClasses(net, X, y), net.predict(X), net.numClasses);
}

/**
 * As {@link evaluate}, beside JavaScript's thread: {@link TwoLayerNet.predictAsync} predicts the rows and says what
 * may happen meanwhile. Labels are copied at once.
 *
 * @param options - `signal`: ends the evaluation
 * @throws (as a rejection) as `evaluate`, before any work if the layout of rows, labels or options does not fit; an
 * `AbortError` when the signal ends it
 * @example
 * const { accuracy } = await evaluateAsync(net, data.test);
 */
export async function evaluateAsync(net: TwoLayerNet, part: PartInput, options?: AsyncOptions): Promise<Evaluation>;
export async function evaluateAsync(
  net: TwoLayerNet,
  X: RowsInput,
  y: LabelsInput,
  options?: AsyncOptions,
): Promise<Evaluation>;
export async function evaluateAsync(
  net: TwoLayerNet,
  rows: RowsInput | PartInput,
  ...others: unknown[]
): Promise<Evaluation> {
  checkNet(net);
  const { X, y } = isPart(rows) ? rows : { X: rows, y: others.shift() as LabelsInput };
  const options = others[0] as AsyncOptions | undefined;
  const expected = expectedClasses(net, X, y);
  return compare(expected, await net.predictAsync(X, options), net.numClasses);
}

/** The labels as integers, checked before any work. */
function expectedClasses({ inputSize, numClasses, mean }: TwoLayerNet, X: RowsInput, y: LabelsInput): Int32Array {
  const { count } = rowParts(X, inputSize, 'X', mean);
  return checkLabels(y, count, numClasses, 'y', inputSize);
}

function compare(expected: Int32Array, classes: Int32Array, C: number): Evaluation {
  const confusion = Array.from({ length: C }, () => new Array<number>(C).fill(0));
  let correct = 0;
  for (let i = 0; i < expected.length; i++) {
    confusion[expected[i]][classes[i]]++;
    if (expected[i] === classes[i]) correct++;
  }
  const classAccuracy = confusion.map((row, label) => row[label] / row.reduce((sum, count) => sum + count, 0));
  return { accuracy: correct / expected.length, classAccuracy, confusion };
}

function isPart(part: RowsInput | PartInput): part is PartInput {
  return typeof part === 'object' && part !== null && !isMatrix(part) && 'X' in part && 'y' in part;
}

function partOf(part: RowsInput | PartInput): PartInput {
  if (isPart(part)) return part;
  throw wrongType('rows and labels, or a part of a data set with X and y,', part);
}
