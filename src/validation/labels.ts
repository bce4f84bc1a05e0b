/** Labels as class indices, and labels of the one-hot kind, which are refused by that name. */
import { checkAttached } from './check.js';
import { describe, withCode, wrongShape, wrongType } from './errors.js';
import { isMatrix } from './inputs.js';
import { type IntegerArray, isIntegerArray, isTypedArray, type NumberArray } from './typed-arrays.js';

/** N class indices, integers in 0 … C − 1. */
export type LabelsInput = readonly number[] | NumberArray;

/** The largest class index: indices are 32-bit integers. */
const MAX_LABEL = 2 ** 31 - 2;

/**
 * Checks labels, one per row and each a class, and returns them as integers.
 *
 * @param C - classes; undefined if nobody has said how many there are
 * @param D - numbers per row, if they may be what is wrong: see {@link checkLabelCount}
 */
export function checkLabels(
  input: LabelsInput,
  N: number,
  C: number | undefined,
  name: string,
  D?: number,
): Int32Array {
  checkLabelCount(input, N, name, D);
  if (!Array.isArray(input) && !isTypedArray(input)) {
    throw wrongType(`an array of ${N} labels for ${name}`, input, remedyFor(input[0], name, C));
  }
  const largest = C === undefined ? MAX_LABEL : C - 1;
  const labels = new Int32Array(N);
  const wrong = isIntegerArray(input) ? takeIntegers(labels, input, largest) : take(labels, input, largest);
  if (wrong < 0) return labels;
  const label: unknown = input[wrong];
  const expected = C === undefined ? 'an integer of at least 0' : `an integer from 0 to ${largest}`;
  throw withCode(
    new RangeError(
      `Expected ${expected} for each label but received ${describe(label)} at index ${wrong} of ${name}` +
        remedyFor(label, name, C),
    ),
    'ERR_LABEL',
  );
}

/** Copies labels up to the first that is no class, and returns the index of that one; -1 if there is none. */
function take(labels: Int32Array, input: ArrayLike<unknown>, largest: number): number {
  for (let i = 0; i < labels.length; i++) {
    const label = input[i];
    if (!Number.isInteger(label) || (label as number) < 0 || (label as number) > largest) return i;
    labels[i] = label as number;
  }
  return -1;
}

/**
 * As {@link take}, in a third of the time: labels are checked in each call of a training, also in one of a single step.
 * An integer above 2³¹ − 1 comes out negative.
 */
function takeIntegers(labels: Int32Array, input: IntegerArray, largest: number): number {
  labels.set(input);
  for (let i = 0; i < labels.length; i++) if (labels[i] < 0 || labels[i] > largest) return i;
  return -1;
}

/** What makes a class index of a label of another kind; nothing if that is not known. */
function remedyFor(label: unknown, name: string, C: number | undefined): string {
  const isNumber = typeof label === 'string' && label.trim() !== '' && Number.isFinite(Number(label));
  if (typeof label === 'bigint' || typeof label === 'boolean' || isNumber) {
    return `: make them numbers, Array.from(${name}, Number)`;
  }
  if (typeof label === 'string') {
    return ': give the index of each class, or train a Classifier, whose labels may be of any kind';
  }
  if (C === undefined || label !== C) return '';
  return `: class indices begin with 0, so that of ${C} classes the last is ${C - 1}`;
}

/**
 * Checks that there is one label of any kind per row.
 *
 * @param D - numbers per row; if rows of another length would be as many as the labels, the error says so
 * @throws TypeError `ERR_INVALID_TYPE`; RangeError `ERR_SHAPE` for another number of labels, `ERR_LABEL` for one-hot
 * labels
 */
export function checkLabelCount(
  labels: unknown,
  N: number,
  name: string,
  D?: number,
): asserts labels is ArrayLike<unknown> {
  if (ArrayBuffer.isView(labels)) checkAttached(labels, name);
  const remedy = oneHotRemedy(labels, N);
  if (remedy) throw oneHot(`${N} labels for ${name}, one per row,`, labels, remedy);
  if (!isList(labels)) throw wrongType(`an array of ${N} labels for ${name}`, labels);
  if (labels.length === N) return;
  const width = D === undefined || labels.length === 0 ? 0 : (N * D) / labels.length;
  const rows =
    Number.isInteger(width) && width > 1
      ? `: the rows were read as ${N} of ${D} numbers; ${labels.length} rows would have ${width} numbers each`
      : '';
  throw wrongShape(`${N} labels for ${name}, one per row,`, labels, rows);
}

function oneHot(expected: string, labels: unknown, remedy: string): RangeError {
  const given = isMatrix(labels) ? `a Matrix of ${labels.rows} rows and ${labels.columns} columns` : describe(labels);
  return withCode(
    new RangeError(
      `Expected ${expected} but received ${given}: labels look one-hot: give the class of each row, e.g. ${remedy}`,
    ),
    'ERR_LABEL',
  );
}

/**
 * What makes class indices of one-hot labels y of N rows, as code; undefined if they are not one-hot. They are lists
 * of zeros and a single one, or a `Matrix` or flat array of such rows.
 */
function oneHotRemedy(labels: unknown, N: number): string | undefined {
  if (isMatrix(labels)) return isOneHot(labels.data, labels.columns) ? flatRemedy('y.data', labels.columns) : undefined;
  if (!isList(labels) || labels.length === 0) return undefined;
  if (isList(labels[0])) {
    const rows = Array.from(labels, (row) => isList(row) && isOneHot(row, row.length));
    return rows.every(Boolean) ? `y.map((row) => row.indexOf(${oneIn(labels[0])}))` : undefined;
  }
  // A row alone may as well have a label too many.
  const C = N > 1 ? labels.length / N : 0;
  return labels.length !== N && isOneHot(labels, C) ? flatRemedy('y', C, oneIn(labels)) : undefined;
}

function flatRemedy(y: string, C: number, one = '1'): string {
  return `Array.from({ length: ${y}.length / ${C} }, (_, i) => ${y}.slice(${C} * i, ${C} * (i + 1)).indexOf(${one}))`;
}

/** The 1 of one-hot labels, as code. */
function oneIn(labels: ArrayLike<unknown>): string {
  const one = Array.from(labels).find((label) => bitOf(label) === 1);
  return typeof one === 'bigint' ? '1n' : String(one);
}

/** Whether a flat array is rows of C numbers, 2 or more, of which one is 1 and the others are 0. */
function isOneHot(values: ArrayLike<unknown>, C: number): boolean {
  if (!Number.isInteger(C) || C < 2 || values.length % C !== 0) return false;
  for (let begin = 0; begin < values.length; begin += C) {
    let ones = 0;
    for (let i = begin; i < begin + C; i++) {
      const value = bitOf(values[i]);
      if (value === undefined) return false;
      ones += value;
    }
    if (ones !== 1) return false;
  }
  return true;
}

/** 0 or 1, also as a BigInt or as false and true. */
function bitOf(value: unknown): 0 | 1 | undefined {
  if (value === 1 || value === 1n || value === true) return 1;
  return value === 0 || value === 0n || value === false ? 0 : undefined;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}
