/** What a data set checks of its input. */
import { checkAttached, checkNumber, firstNonFinite } from '../validation/check.js';
import { withCode, wrongShape, wrongType } from '../validation/errors.js';
import { checkLabels, columnsOf } from '../validation/inputs.js';
import { isArrayOf, isTypedArray } from '../validation/typed-arrays.js';
import type { DatasetInput, ImageShape } from './dataset-input.js';
import type { Matrix } from './matrix.js';
import type { PartInput, PartName } from './part.js';

/** The largest class: labels are 32-bit integers. */
const MAX_CLASSES = 2 ** 31 - 1;

/** D of a part. A part must have rows. */
export function inputSizeOf(part: PartInput, name: PartName): number {
  const { X, y } = part ?? {};
  if (X === undefined || y === undefined) throw wrongType(`an object of X and y for ${name}`, part);
  if (isTypedArray(X)) checkAttached(X, `${name}.X`);
  if (isTypedArray(y)) checkAttached(y, `${name}.y`);
  const columns = X && y ? columnsOf(X, y.length) : 0;
  if (columns === 0) throw wrongShape(`rows and labels for ${name}`, y?.length ? X : y);
  return columns;
}

export function numClassesOf({ train, numClasses, classNames }: DatasetInput): number {
  const given = numClasses ?? classNames?.length;
  if (given !== undefined) return checkNumber(given, 'numClasses', { integer: true, min: 1 });
  const labels = checkLabels(train.y, train.y.length, MAX_CLASSES, 'train.y');
  return labels.reduce((largest, label) => Math.max(largest, label), 0) + 1;
}

export function checkFiniteRows(data: Matrix['data'], columns: number, name: string): void {
  if (isArrayOf(data, 'Uint8Array')) return;
  const bad = firstNonFinite(data);
  if (bad < 0) return;
  const place = `row ${Math.floor(bad / columns)}, column ${bad % columns}`;
  throw withCode(
    new RangeError(`Expected finite numbers for ${name} but received ${data[bad]} at ${place}`),
    'ERR_NOT_FINITE',
  );
}

export function checkImageShape(shape: ImageShape, D: number): ImageShape {
  if (typeof shape !== 'object' || shape === null) throw wrongType('an object for imageShape', shape);
  const { height, width, channels } = shape;
  for (const [name, size] of Object.entries({ height, width, channels })) {
    checkNumber(size, `imageShape.${name}`, { integer: true, min: 1 });
  }
  if (height * width * channels === D) return shape;
  throw withCode(
    new RangeError(
      `Expected an imageShape of ${D} numbers, as a row has, but received ${height} · ${width} · ${channels}`,
    ),
    'ERR_SHAPE',
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
