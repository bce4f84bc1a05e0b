/** How much each training row counts. */
import { checkAttached, checkNumber, isObject } from '../validation/check.js';
import { labelNames } from '../validation/class-names.js';
import { describe, firstOf, withCode, wrongType } from '../validation/errors.js';
import { isTypedArray, type NumberArray } from '../validation/typed-arrays.js';
import type { ClassWeighting } from './settings.js';

/**
 * How much the rows of each class count: one of the words, a number for each class (C), or numbers by the names of
 * classes, 1 for those that are not named.
 */
export type ClassWeights = ClassWeighting | readonly number[] | NumberArray | Readonly<Record<string, number>>;

/** How much each training row counts (N), on top of its class. */
export type SampleWeights = readonly number[] | NumberArray;

/** What the weights of rows are made of. */
export interface Weighting {
  readonly classWeights: ClassWeights | undefined;
  readonly sampleWeights: SampleWeights | undefined;
}

/** Checks what can be checked without the rows. */
export function checkWeighting({ classWeights, sampleWeights }: Partial<Weighting>): void {
  if (sampleWeights !== undefined) checkList(sampleWeights, 'sampleWeights');
  if (classWeights === undefined || typeof classWeights === 'string') return;
  if (isList(classWeights)) {
    checkList(classWeights, 'classWeights');
  } else if (isObject(classWeights)) {
    for (const [name, weight] of Object.entries(classWeights)) checkWeight(weight, `classWeights[${describe(name)}]`);
  } else {
    throw wrongType(
      "'balanced', an array of numbers or an object of numbers by class name for classWeights",
      classWeights,
    );
  }
}

/**
 * The weight of each row (N): that of its class times its own; null if all rows count alike.
 *
 * @param labels - the class of each row (N)
 * @param C - classes
 * @param classNames - the name of each class (C); undefined for their labels
 * @throws RangeError `ERR_SHAPE` for another number of weights than of classes or rows; TypeError `ERR_CONFLICT` for a
 * class that is not there; RangeError `ERR_CONFLICT` if no row counts
 */
export function rowWeights(
  { classWeights = 'none', sampleWeights }: Weighting,
  labels: Int32Array,
  C: number,
  classNames: readonly string[] | undefined,
): Float64Array | null {
  const ofClass = weightsOfClasses(classWeights, labels, C, classNames);
  if (sampleWeights) checkSampleWeights(sampleWeights, labels.length);
  if (!ofClass && !sampleWeights) return null;
  const weights = Float64Array.from(labels, (label, i) => (ofClass?.[label] ?? 1) * (sampleWeights?.[i] ?? 1));
  const large = weights.findIndex((weight) => !Number.isFinite(weight));
  if (large >= 0) checkNumber(weights[large], `classWeights · sampleWeights of row ${large}`);
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  if (largest > 0) return inRange(weights, largest);
  const given = [classWeights !== 'none' && 'classWeights', sampleWeights && 'sampleWeights'].filter(Boolean);
  throw withCode(
    new RangeError(
      `Expected a weight above 0 for one training row at least but received ${given.join(' and ')} by which all ` +
        `${labels.length} rows have a weight of 0`,
    ),
    'ERR_CONFLICT',
  );
}

/** Powers of two between which the largest weight stays as it is. */
const USUAL = 60;

/**
 * The weights, or if the largest is unusually large or small, the same with a largest from 1 to below 2. Only their
 * ratios count, and float32 has none as large or small as float64; a power of two leaves all digits as they are.
 */
function inRange(weights: Float64Array, largest: number): Float64Array {
  const exponent = Math.floor(Math.log2(largest));
  if (Math.abs(exponent) <= USUAL) return weights;
  // In two steps, since the power alone may be too large.
  const half = Math.trunc(exponent / 2);
  return weights.map((weight) => weight * 2 ** -half * 2 ** (half - exponent));
}

/**
 * Checks that there is a weight for each row.
 *
 * @throws RangeError `ERR_SHAPE`
 */
export function checkSampleWeights(weights: SampleWeights, rows: number): SampleWeights {
  return checkLength(weights, rows, 'sampleWeights', 'training row');
}

/** The weight of each class (C); undefined if all count alike. */
function weightsOfClasses(
  classWeights: ClassWeights,
  labels: Int32Array,
  C: number,
  classNames: readonly string[] = labelNames(C),
): ArrayLike<number> | undefined {
  if (classWeights === 'none') return undefined;
  if (classWeights === 'balanced') return balancedWeights(labels, C);
  if (isList(classWeights)) return checkLength(classWeights, C, 'classWeights', 'class');
  const weights = new Float64Array(C).fill(1);
  for (const [name, weight] of Object.entries(classWeights as Readonly<Record<string, number>>)) {
    const c = classNames.indexOf(name);
    if (c < 0) {
      throw withCode(
        new TypeError(
          `Expected the names of classes (${firstOf(classNames, 10)}) for classWeights but received ${describe(name)}`,
        ),
        'ERR_CONFLICT',
      );
    }
    weights[c] = weight;
  }
  return weights;
}

/** N / (classes that have rows · rows of the class): scikit-learn's. */
function balancedWeights(labels: Int32Array, C: number): Float64Array {
  const counts = new Float64Array(C);
  for (const label of labels) counts[label]++;
  const present = counts.reduce((sum, count) => sum + Math.min(count, 1), 0);
  return counts.map((count) => (count === 0 ? 0 : labels.length / (present * count)));
}

function checkLength<W extends ArrayLike<number>>(weights: W, length: number, name: string, of: string): W {
  if (weights.length === length) return weights;
  throw withCode(
    new RangeError(`Expected ${length} ${name}, one for each ${of}, but received ${weights.length}`),
    'ERR_SHAPE',
  );
}

function checkList(weights: unknown, name: string): void {
  if (!isList(weights)) throw wrongType(`an array of numbers for ${name}`, weights);
  if (ArrayBuffer.isView(weights)) checkAttached(weights, name);
  // Naming each number would take longer than a small training.
  for (let i = 0; i < weights.length; i++) if (!isWeight(weights[i])) checkWeight(weights[i], `${name}[${i}]`);
}

function isWeight(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function checkWeight(value: unknown, name: string): void {
  checkNumber(value, name, { min: 0 });
}

function isList(value: unknown): value is readonly number[] | NumberArray {
  return Array.isArray(value) || isTypedArray(value);
}
