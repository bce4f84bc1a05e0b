/**
 * What a caller may pass as rows and labels, checked and turned into what a backend accepts. Nothing is changed, and
 * nothing is copied that is already in a usable form.
 */
import type { Binding, Reals, Rows } from '../../binding.js';
import { checkAttached } from './check.js';
import { describe, withCode, wrongShape, wrongType } from './errors.js';
import { checkMean } from './mean.js';
import { isArrayOf, isRowData, isTypedArray, type NumberArray, ofThisRealm, type RowData } from './typed-arrays.js';

/** Marks a matrix, whichever copy of this package made it. */
export const MATRIX: unique symbol = Symbol.for('two-layer-net.Matrix');

/** N rows of D numbers that know their layout; `Matrix` is the class. */
export interface MatrixRows {
  /** Set on the prototype of the class. */
  readonly [MATRIX]: true;
  /** N·D numbers, row-major. */
  readonly data: RowData;
  /** N, the number of rows. */
  readonly rows: number;
  /** D, the number of columns. */
  readonly columns: number;
  /** The mean row (D), subtracted from each row when it is used; undefined for none. */
  readonly mean: Float64Array | undefined;
}

/**
 * N rows of D inputs: a `Matrix`, a typed array of N·D numbers (row-major), or an array of N arrays of D numbers. Typed
 * arrays other than Uint8Array and Float32Array are used as Float64Array.
 */
export type RowsInput =
  | MatrixRows
  | NumberArray
  | readonly (readonly number[] | Uint8Array | Float32Array | Float64Array)[];

/** N class indices, integers in 0 … C − 1. */
export type LabelsInput = readonly number[] | NumberArray;

/** The largest N: row indices and labels are 32-bit integers. */
const MAX_ROWS = 2 ** 31 - 1;

/** Whether `value` is a matrix, of this copy of the package or another. */
export function isMatrix(value: unknown): value is MatrixRows {
  return typeof value === 'object' && value !== null && (value as Partial<MatrixRows>)[MATRIX] === true;
}

/** Rows in the memory that a backend reads, without the mean. */
interface PlainRows {
  readonly data: RowData;
  readonly rows: number;
}

/**
 * Checks rows of D finite numbers and returns them as a backend reads them.
 *
 * @param mean - the mean row (D) of rows that have none of their own; undefined to subtract nothing
 */
export function checkRows(input: RowsInput, D: number, name: string, binding: Binding, mean?: Float64Array): Rows {
  const { data, rows } = plainRows(input, D, name);
  const subtracted = (isMatrix(input) ? input.mean : undefined) ?? mean;
  if (subtracted) checkMean(subtracted, D, `the mean of ${name}`);
  if (!isArrayOf(data, 'Uint8Array')) checkFinite(data, name, binding, D);
  return { data, count: rows, mean: subtracted ? ofThisRealm(subtracted) : null };
}

/** Checks the layout of rows of D numbers, but not that the numbers are finite. Copies only what needs conversion. */
export function plainRows(input: RowsInput, D: number, name: string): PlainRows {
  const found = isMatrix(input) ? fromMatrix(input, D, name) : fromArrays(input, D, name);
  if (found.rows <= MAX_ROWS) return found;
  throw withCode(
    new RangeError(`Expected at most ${MAX_ROWS} rows for ${name} but received ${found.rows}`),
    'ERR_OUT_OF_RANGE',
  );
}

function fromMatrix({ data, rows, columns }: MatrixRows, D: number, name: string): PlainRows {
  if (!isRowData(data)) throw wrongType(`a Uint8Array, Float32Array or Float64Array for the data of ${name}`, data);
  checkAttached(data, name);
  if (columns !== D) {
    throw withCode(
      new RangeError(`Expected ${D} numbers per row for ${name} but received a Matrix of ${columns} columns`),
      'ERR_SHAPE',
    );
  }
  if (data.length !== rows * D) {
    throw withCode(
      new RangeError(`Expected ${rows * D} numbers for ${name} but its buffer now holds ${data.length}`),
      'ERR_SHAPE',
    );
  }
  return { data: ofThisRealm(data), rows };
}

/** D of N rows, of which a flat array has N·D numbers; 0 if there are no rows. */
export function columnsOf(X: RowsInput, N: number): number {
  if (isMatrix(X)) return X.columns;
  if (isTypedArray(X)) return N === 0 ? 0 : Math.floor(X.length / N);
  return X[0]?.length ?? 0;
}

function fromArrays(input: Exclude<RowsInput, MatrixRows>, D: number, name: string): PlainRows {
  if (isTypedArray(input)) {
    checkAttached(input, name);
    if (input.length === 0 || input.length % D !== 0) {
      throw wrongShape(`N·${D} numbers (N rows of ${D}, N at least 1) for ${name}`, input);
    }
    return { data: isRowData(input) ? ofThisRealm(input) : Float64Array.from(input), rows: input.length / D };
  }
  if (!Array.isArray(input)) {
    throw wrongType(`a Matrix, a typed array or an array of rows for ${name}`, input);
  }
  return { data: flatten(input, D, name), rows: input.length };
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

/** Throws `ERR_NOT_FINITE`, and says where the first NaN or infinity is, in rows of `columns` numbers. */
export function checkFinite(values: Reals, name: string, binding: Binding, columns = 0): void {
  const index = binding.firstNonFinite(values);
  if (index < 0) return;
  const place = columns > 0 ? `row ${Math.floor(index / columns)}, column ${index % columns}` : `index ${index}`;
  throw withCode(
    new RangeError(`Expected finite numbers for ${name} but received ${values[index]} at ${place}`),
    'ERR_NOT_FINITE',
  );
}

/** Rows that a training reads in the background must keep their memory. */
export function checkFixed(rows: Rows, name: string): void {
  if (!(rows.data.buffer as { resizable?: boolean }).resizable) return;
  throw withCode(
    new TypeError(
      `Expected an array of fixed length for ${name} but received one over a resizable ArrayBuffer: ` +
        'pass a copy (slice())',
    ),
    'ERR_INVALID_TYPE',
  );
}

/** Checks labels, one per row and each a class, and returns them as integers. */
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
          `Expected an integer from 0 to ${C - 1} for each label but received ${describe(label)} ` +
            `at index ${i} of ${name}`,
        ),
        'ERR_LABEL',
      );
    }
    labels[i] = label as number;
  }
  return labels;
}
