/**
 * What a caller may hand in as rows and labels, checked and turned into what a backend takes. Nothing is changed, and
 * nothing is copied that is already in a usable form.
 */
import type { Binding, ParameterArrays, Reals, Rows, Shape } from '../../binding.js';
import { Matrix } from '../data/matrix.js';
import { checkAttached } from './check.js';
import { describe, withCode, wrongShape, wrongType } from './errors.js';
import { PARAMETERS } from './parameters.js';

/** Any typed array of numbers. */
export type NumberArray =
  | Uint8Array
  | Float32Array
  | Float64Array
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/**
 * N rows of D inputs: a {@link Matrix}, a typed array of N·D numbers (row-major), or an array of N arrays of D
 * numbers. Typed arrays other than Uint8Array and Float32Array are used as Float64Array.
 */
export type RowsInput =
  | Matrix
  | NumberArray
  | readonly (readonly number[] | Uint8Array | Float32Array | Float64Array)[];

/** N class indices, integers in 0 … C − 1. */
export type LabelsInput = readonly number[] | NumberArray;

/** The largest N: row indices and labels are 32-bit integers. */
const MAX_ROWS = 2 ** 31 - 1;

function isTypedArray(value: unknown): value is NumberArray {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView || value instanceof BigInt64Array || value instanceof BigUint64Array)
  );
}

/** Rows as a {@link Matrix} whose columns are D, of finite numbers. */
export function checkRows(input: RowsInput, D: number, name: string, binding: Binding): Rows {
  const matrix = input instanceof Matrix ? input : matrixFrom(input, D, name);
  checkAttached(matrix.data, name);
  if (matrix.mean) checkAttached(matrix.mean, `the mean of ${name}`);
  if (matrix.columns !== D) {
    throw withCode(
      new RangeError(`Expected ${D} numbers per row for ${name} but received a Matrix of ${matrix.columns} columns`),
      'ERR_SHAPE',
    );
  }
  if (matrix.data.length !== matrix.rows * D) {
    throw withCode(
      new RangeError(`Expected ${matrix.rows * D} numbers for ${name} but its buffer now holds ${matrix.data.length}`),
      'ERR_SHAPE',
    );
  }
  if (matrix.rows > MAX_ROWS) {
    throw withCode(
      new RangeError(`Expected at most ${MAX_ROWS} rows for ${name} but received ${matrix.rows}`),
      'ERR_OUT_OF_RANGE',
    );
  }
  if (matrix.mean) checkFinite(matrix.mean, `the mean of ${name}`, binding);
  const { data } = matrix;
  if (!(data instanceof Uint8Array)) checkFinite(data, name, binding, D);
  return { data, count: matrix.rows, mean: matrix.mean ?? null };
}

/** D of N rows, of which a flat array has N·D numbers; 0 where there is no row. */
export function columnsOf(X: RowsInput, N: number): number {
  if (X instanceof Matrix) return X.columns;
  if (isTypedArray(X)) return N === 0 ? 0 : Math.floor(X.length / N);
  return X[0]?.length ?? 0;
}

function matrixFrom(input: Exclude<RowsInput, Matrix>, D: number, name: string): Matrix {
  if (isTypedArray(input)) {
    checkAttached(input, name);
    if (input.length === 0 || input.length % D !== 0) {
      throw wrongShape(`N·${D} numbers (N rows of ${D}, N at least 1) for ${name}`, input);
    }
    const kept = input instanceof Uint8Array || input instanceof Float32Array || input instanceof Float64Array;
    return new Matrix(kept ? input : Float64Array.from(input), D);
  }
  if (!Array.isArray(input)) {
    throw wrongType(`a Matrix, a typed array or an array of rows for ${name}`, input);
  }
  return new Matrix(flatten(input, D, name), D);
}

/** An array of N rows as one Float64Array. */
function flatten(rows: readonly unknown[], D: number, name: string): Float64Array {
  if (rows.length === 0) {
    throw withCode(new RangeError(`Expected at least one row for ${name} but received an empty array`), 'ERR_SHAPE');
  }
  const flat = new Float64Array(rows.length * D);
  for (const [i, row] of rows.entries()) {
    if (!Array.isArray(row) && !isTypedArray(row)) {
      throw wrongType(`an array of ${D} numbers for row ${i} of ${name}`, row);
    }
    if (row.length !== D) {
      throw wrongShape(`${D} numbers for row ${i} of ${name}`, row);
    }
    for (let d = 0; d < D; d++) {
      const value: unknown = row[d];
      if (typeof value !== 'number') {
        throw wrongType(`a number at [${i}][${d}] of ${name}`, value);
      }
      flat[i * D + d] = value;
    }
  }
  return flat;
}

/** Throws `ERR_NOT_FINITE` with the place of the first NaN or infinity in rows of `columns` numbers. */
export function checkFinite(values: Reals, name: string, binding: Binding, columns = 0): void {
  const index = binding.firstNonFinite(values);
  if (index < 0) return;
  const place = columns > 0 ? `row ${Math.floor(index / columns)}, column ${index % columns}` : `index ${index}`;
  throw withCode(
    new RangeError(`Expected finite numbers for ${name} but received ${values[index]} at ${place}`),
    'ERR_NOT_FINITE',
  );
}

/** Rows that a training reads while JavaScript runs on must stay where they are. */
export function checkFixed(rows: Rows, name: string): void {
  if (!(rows.data.buffer as { resizable?: boolean }).resizable) return;
  throw withCode(
    new TypeError(
      `Expected an array of fixed memory for ${name} but received one over a resizable ArrayBuffer: pass a copy (slice())`,
    ),
    'ERR_INVALID_TYPE',
  );
}

/** Labels as integers, one per row, each a class. */
export function checkLabels(input: LabelsInput, N: number, C: number, name: string): Int32Array {
  if (!Array.isArray(input) && !isTypedArray(input)) {
    throw wrongType(`an array of ${N} labels for ${name}`, input);
  }
  if (isTypedArray(input)) checkAttached(input, name);
  if (input.length !== N) {
    throw wrongShape(`${N} labels for ${name}, one per row,`, input);
  }
  const labels = new Int32Array(N);
  for (let i = 0; i < N; i++) {
    const label: unknown = input[i];
    if (!Number.isInteger(label) || (label as number) < 0 || (label as number) >= C) {
      throw withCode(
        new RangeError(
          `Expected an integer from 0 to ${C - 1} for each label but received ${describe(label)} at index ${i} of ${name}`,
        ),
        'ERR_LABEL',
      );
    }
    labels[i] = label as number;
  }
  return labels;
}

/** The four arrays are of one type, each with its memory. */
export function checkParameterTypes(
  parameters: ParameterArrays,
  type: Float32ArrayConstructor | Float64ArrayConstructor,
): void {
  if (typeof parameters !== 'object' || parameters === null) {
    throw wrongType('an object of W1, b1, W2 and b2 for params', parameters);
  }
  for (const name of PARAMETERS) {
    const array: unknown = parameters[name];
    if (!(array instanceof type)) {
      throw wrongType(`a ${type.name} for params.${name}`, array);
    }
    checkAttached(array, `params.${name}`);
  }
}

/** The four arrays, each of the right type and length, with its memory. */
export function checkParameters(
  parameters: ParameterArrays,
  shape: Shape,
  type: Float32ArrayConstructor | Float64ArrayConstructor,
): ParameterArrays {
  checkParameterTypes(parameters, type);
  const { inputSize: D, hiddenSize: H, numClasses: C } = shape;
  const lengths = { W1: D * H, b1: H, W2: H * C, b2: C };
  for (const name of PARAMETERS) {
    if (parameters[name].length !== lengths[name]) {
      throw wrongShape(`${lengths[name]} numbers for params.${name}`, parameters[name]);
    }
  }
  return parameters;
}
