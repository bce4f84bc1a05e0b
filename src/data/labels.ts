/** Class labels of any kind, and the class indices that stand for them in a net. */
import { atOnce, type Pieces } from '../platform/turns.js';
import { describe, withCode, wrongType } from '../validation/errors.js';
import { isTypedArray } from '../validation/typed-arrays.js';

/** Labels that are encoded between two looks at the clock. */
const PIECE = 1 << 13;

/** The label of a row, as its owner writes it. */
export type Label = string | number | boolean | bigint;

/** Labels of N rows as class indices. */
export interface EncodedLabels {
  /** The class of each row (N), 0 … C − 1. */
  readonly y: Int32Array;
  /** The label of each class (C), sorted: numbers by value, strings by their code units, false before true. */
  readonly classes: readonly Label[];
  /** The rows of each class (C). */
  readonly counts: readonly number[];
}

/**
 * Encodes labels as class indices. All labels must have one type: '1' and 1 are not the same class by accident.
 *
 * @param labels - the label of each row (N): an array, or a typed array of numbers or BigInts
 * @param name - what error messages call them
 * @param known - the label of each class, in their order; without them, the classes are the labels that occur, sorted
 * @throws TypeError `ERR_INVALID_TYPE` for something that is not a label, and for labels of two types; RangeError
 * `ERR_LABEL` for NaN, for an infinite number, and for a label that is not among `known`
 */
export function encodeLabels(labels: ArrayLike<unknown>, name: string, known?: readonly Label[]): EncodedLabels {
  return atOnce(encodingLabels(labels, name, known));
}

/** {@link encodeLabels} in pieces. */
export function* encodingLabels(
  labels: ArrayLike<unknown>,
  name: string,
  known?: readonly Label[],
): Pieces<EncodedLabels> {
  if (!Array.isArray(labels) && !isTypedArray(labels) && !isBigInts(labels)) {
    throw wrongType(`an array of labels for ${name}`, labels);
  }
  const types = known?.length ? typeof known[0] : undefined;
  const indices = new Map<Label, number>(known?.map((label, index) => [label, index]));
  const first = new Int32Array(labels.length);
  for (let i = 0; i < first.length; i++) {
    first[i] = indexOf(labels[i], i, name, indices, { known, types, labels });
    if (i % PIECE === PIECE - 1) yield;
  }
  const found = [...indices.keys()];
  const classes = known ?? [...found].sort(compareLabels);
  const order = known ? undefined : orderOf(found, classes);
  const y = order ? first.map((index) => order[index]) : first;
  const counts = new Array<number>(classes.length).fill(0);
  for (const index of y) counts[index]++;
  return { y, classes, counts };
}

/** The name of a class, from its label. */
export function labelName(label: Label): string {
  return String(label);
}

/** The label of a type that has this name; undefined if none has. */
export function labelOf(name: string, type: 'string' | 'number' | 'boolean' | 'bigint'): Label | undefined {
  if (type === 'string') return name;
  if (type === 'boolean') return name === 'true' ? true : name === 'false' ? false : undefined;
  if (type === 'bigint') return /^-?\d+$/.test(name) ? BigInt(name) : undefined;
  const number = Number(name);
  return name.trim() !== '' && Number.isFinite(number) ? number : undefined;
}

/** Sorts labels of one type. */
export function compareLabels(a: Label, b: Label): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Context {
  readonly known: readonly Label[] | undefined;
  readonly types: string | undefined;
  readonly labels: ArrayLike<unknown>;
}

function indexOf(label: unknown, i: number, name: string, indices: Map<Label, number>, context: Context): number {
  const found = indices.get(label as Label);
  if (found !== undefined) return found;
  checkLabel(label, i, name);
  const expected = context.types ?? typeof context.labels[0];
  if (typeof label !== expected) {
    throw withCode(
      new TypeError(
        `Expected labels of one type for ${name}, ${context.known ? 'that of the classes' : 'such as the first'}, ` +
          `a ${expected}, but received ${describe(label)} at index ${i}: convert them to one type`,
      ),
      'ERR_INVALID_TYPE',
    );
  }
  if (context.known) {
    const list = context.known.slice(0, SHOWN).map(describe).join(', ');
    const more = context.known.length > SHOWN ? `, … (${context.known.length} in all)` : '';
    throw withCode(
      new RangeError(
        `Expected one of the classes ${list}${more} for ${name} but received ${describe(label)} at index ${i}`,
      ),
      'ERR_LABEL',
    );
  }
  indices.set(label, indices.size);
  return indices.size - 1;
}

/** Classes that an error shows. */
const SHOWN = 10;

function checkLabel(label: unknown, i: number, name: string): asserts label is Label {
  if (typeof label === 'number' && !Number.isFinite(label)) {
    throw withCode(
      new RangeError(`Expected a label for each row of ${name} but received ${label} at index ${i}`),
      'ERR_LABEL',
    );
  }
  if (['string', 'number', 'boolean', 'bigint'].includes(typeof label)) return;
  throw withCode(
    new TypeError(
      `Expected a string, number, boolean or BigInt for each label of ${name} but received ${describe(label)} ` +
        `at index ${i}`,
    ),
    'ERR_INVALID_TYPE',
  );
}

/** Where each of the labels found stands among the sorted ones. */
function orderOf(found: readonly Label[], sorted: readonly Label[]): Int32Array {
  const places = new Map(sorted.map((label, index) => [label, index]));
  return Int32Array.from(found, (label) => places.get(label) as number);
}

function isBigInts(value: unknown): value is ArrayLike<bigint> {
  return ArrayBuffer.isView(value) && /Big(Int|Uint)64Array/.test(Object.prototype.toString.call(value));
}
