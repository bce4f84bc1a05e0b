/** What a data set checks of its input. */
import { checkAttached, checkNumber, firstNonFinite } from '../validation/check.js';
import { withCode, wrongShape, wrongType } from '../validation/errors.js';
import { checkMemory, columnsOf } from '../validation/inputs.js';
import { checkLabels } from '../validation/labels.js';
import { isArrayOf } from '../validation/typed-arrays.js';
import type { DatasetInput } from './dataset-input.js';
import type { Matrix } from './matrix.js';
import type { DatasetPart, PartInput, PartName } from './part.js';

/** Classes up to which nobody has to say how many there are: more are labels of another kind, such as years. */
const UNSAID_CLASSES = 2 ** 16;

/** Checks that a part has rows and labels, of whatever form. */
export function checkPart(part: PartInput, name: PartName): PartInput {
  const { X, y } = part ?? {};
  if (X !== undefined && y !== undefined) return part;
  if ((X === undefined) === (y === undefined)) throw wrongType(`an object of X and y for ${name}`, part);
  const [missing, given] = X === undefined ? ['X', 'y'] : ['y', 'X'];
  throw wrongType(`${missing} beside ${given} for ${name}`, undefined);
}

/**
 * Checks that a part of a data set still has its memory: a data set keeps the arrays that it was given.
 *
 * @throws TypeError `ERR_DETACHED`, RangeError `ERR_SHAPE`
 */
export function checkPartMemory({ X, y }: DatasetPart, name: PartName): void {
  const { data, rows, columns } = X;
  checkMemory({ data, count: rows }, columns, `${name}.X`);
  checkAttached(y, `${name}.y`);
  if (y.length !== rows) throw wrongShape(`${rows} labels for ${name}.y`, y);
}

/** D: what was said, or what the training rows say. */
export function inputSizeOf({ train, inputSize }: DatasetInput): number {
  return columnsOf(checkPart(train, 'train').X, inputSize, 'train.X');
}

/**
 * C: what was said, the number of names, or one more than the largest training label.
 *
 * @param N - training rows
 * @param D - numbers per row
 * @throws RangeError `ERR_LABEL` for labels so large that they can hardly be class indices
 */
export function numClassesOf({ train, numClasses, classNames }: DatasetInput, N: number, D: number): number {
  const given = numClasses ?? classNames?.length;
  if (given !== undefined) return checkNumber(given, 'numClasses', { integer: true, min: 1 });
  const labels = checkLabels(train.y, N, undefined, 'train.y', D);
  const largest = labels.reduce((most, label) => Math.max(most, label), 0);
  if (largest < Math.max(UNSAID_CLASSES, N)) return largest + 1;
  throw withCode(
    new RangeError(
      `Expected class indices below ${Math.max(UNSAID_CLASSES, N)} for train.y, or the number of classes as ` +
        `numClasses, but received ${largest} at index ${labels.indexOf(largest)}: for labels that are no indices, ` +
        'give the index of each class, or train a Classifier on rows and labels',
    ),
    'ERR_LABEL',
  );
}

/** @param first - the row that the numbers begin with, for the error */
export function checkFiniteRows(data: Matrix['data'], columns: number, name: string, first = 0): void {
  if (isArrayOf(data, 'Uint8Array')) return;
  const bad = firstNonFinite(data);
  if (bad < 0) return;
  const place = `row ${first + Math.floor(bad / columns)}, column ${bad % columns}`;
  throw withCode(
    new RangeError(`Expected finite numbers for ${name} but received ${data[bad]} at ${place}`),
    'ERR_NOT_FINITE',
  );
}

export function checkText(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw wrongType(`a string for ${name}`, value);
}

/** A copy of texts that nobody can change. */
export function checkTexts(values: unknown, name: string): readonly string[] {
  if (!Array.isArray(values)) throw wrongType(`an array of strings for ${name}`, values);
  return Object.freeze(values.map((value, i) => checkText(value, `${name}[${i}]`)));
}
