/**
 * What a caller may pass as rows and labels, checked and turned into what a backend accepts. Nothing is changed, and
 * nothing is copied that is already in a usable form.
 */
import type { Binding, Reals, Rows } from '../../binding.js';
import { checkAttached, checkNumber, isObject } from './check.js';
import { withCode, wrongShape, wrongType } from './errors.js';
import { checkMean } from './mean.js';
import { allocated } from './system-limits.js';
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

/** Rows of which each part is checked, and converted if need be, when it is read. */
interface RowReader {
  /** N. */
  readonly rows: number;
  /** Rows `begin` to `end` − 1. */
  readonly read: (begin: number, end: number) => RowData;
}

/**
 * Checks rows of D finite numbers and returns them as a backend reads them.
 *
 * @param mean - the mean row (D) of rows that have none of their own; undefined to subtract nothing
 */
export function checkRows(input: RowsInput, D: number, name: string, binding: Binding, mean?: Float64Array): Rows {
  const { data, rows } = plainRows(input, D, name);
  const subtracted = meanOf(input, D, name, mean);
  if (!isArrayOf(data, 'Uint8Array')) checkFinite(data, name, binding, D);
  return { data, count: rows, mean: subtracted };
}

/** Rows that are read part by part, so that no check or conversion holds JavaScript's thread for long. */
export interface RowParts {
  /** N. */
  readonly count: number;
  /**
   * Rows `begin` to `end` − 1. Whether they are finite was not checked.
   *
   * @throws TypeError or RangeError if they are not rows of D numbers, or no longer are
   */
  readonly part: (begin: number, end: number) => Rows;
}

/** As {@link checkRows}, except that the numbers themselves are not looked at before their part is read. */
export function rowParts(input: RowsInput, D: number, name: string, mean?: Float64Array): RowParts {
  const { rows, read } = rowReader(input, D, name);
  const subtracted = meanOf(input, D, name, mean);
  return { count: rows, part: (begin, end) => ({ data: read(begin, end), count: end - begin, mean: subtracted }) };
}

function meanOf(input: RowsInput, D: number, name: string, mean: Float64Array | undefined): Float64Array | null {
  const subtracted = (isMatrix(input) ? input.mean : undefined) ?? mean;
  return subtracted ? ofThisRealm(checkMean(subtracted, D, `the mean of ${name}`)) : null;
}

/** Checks the layout of rows of D numbers, but not that the numbers are finite. Copies only what needs conversion. */
export function plainRows(input: RowsInput, D: number, name: string): PlainRows {
  const { rows, read } = rowReader(input, D, name);
  return { data: read(0, rows), rows };
}

function rowReader(input: RowsInput, D: number, name: string): RowReader {
  const reader = isMatrix(input) ? readMatrix(input, D, name) : readArrays(input, D, name);
  if (reader.rows <= MAX_ROWS) return reader;
  throw withCode(
    new RangeError(`Expected at most ${MAX_ROWS} rows for ${name} but received ${reader.rows}`),
    'ERR_OUT_OF_RANGE',
  );
}

function readMatrix({ data, rows, columns }: MatrixRows, D: number, name: string): RowReader {
  if (!isRowData(data)) throw wrongType(`a Uint8Array, Float32Array or Float64Array for the data of ${name}`, data);
  const check = () => {
    checkAttached(data, name);
    if (columns !== D) {
      throw withCode(
        new RangeError(`Expected ${D} numbers per row for ${name} but received a Matrix of ${columns} columns`),
        'ERR_SHAPE',
      );
    }
    if (data.length === rows * D) return;
    throw withCode(
      new RangeError(`Expected ${rows * D} numbers for ${name} but its buffer now holds ${data.length}`),
      'ERR_SHAPE',
    );
  };
  check();
  const plain = ofThisRealm(data);
  return {
    rows,
    read: (begin, end) => {
      check();
      return partOf(plain, begin * D, end * D);
    },
  };
}

function readArrays(input: Exclude<RowsInput, MatrixRows>, D: number, name: string): RowReader {
  if (isTypedArray(input)) return readTypedArray(input, D, name);
  const rows = listOfRows(input, name);
  // Others are looked at when they are read: there may be millions. The first tells what kind of rows they are.
  checkRow(rows[0], 0, D, name);
  return { rows: rows.length, read: (begin, end) => flatten(rows, begin, end, D, name) };
}

/** An array of rows, none of which has been looked at. */
function listOfRows(input: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(input)) throw wrongType(`a Matrix, a typed array or an array of rows for ${name}`, input);
  if (input.length > 0) return input;
  throw withCode(new RangeError(`Expected at least one row for ${name} but received an empty array`), 'ERR_SHAPE');
}

/**
 * Checks that a value is a row of D numbers, without looking at them.
 *
 * @param D - undefined if any length will do
 */
function checkRow(row: unknown, i: number, D: number | undefined, name: string): readonly unknown[] | NumberArray {
  if (!Array.isArray(row) && !isTypedArray(row)) {
    throw wrongType(
      `an array of ${D === undefined ? '' : `${D} `}numbers for row ${i} of ${name}`,
      row,
      rowRemedy(row),
    );
  }
  if (D !== undefined && row.length !== D) throw wrongShape(`${D} numbers for row ${i} of ${name}`, row);
  if (row.length === 0) throw wrongShape(`at least one number for row ${i} of ${name}`, row);
  return row;
}

/** What to do with rows of another kind. */
function rowRemedy(row: unknown): string {
  if (isObject(row)) return ': of records, datasetFromRecords makes a data set';
  return typeof row === 'number' ? ': a flat array of all numbers must be a typed array, such as Float32Array' : '';
}

function readTypedArray(input: NumberArray, D: number, name: string): RowReader {
  const { length } = input;
  const check = () => {
    checkAttached(input, name);
    if (input.length !== length || length === 0 || length % D !== 0) {
      throw wrongShape(`N·${D} numbers (N rows of ${D}, N at least 1) for ${name}`, input);
    }
  };
  check();
  const plain = isRowData(input) ? ofThisRealm(input) : undefined;
  return {
    rows: length / D,
    read: (begin, end) => {
      check();
      return plain ? partOf(plain, begin * D, end * D) : Float64Array.from(input.subarray(begin * D, end * D));
    },
  };
}

/** The array itself if it is all of it. */
function partOf(data: RowData, begin: number, end: number): RowData {
  return end - begin === data.length ? data : data.subarray(begin, end);
}

/** Rows `begin` to `end` − 1 of an array of rows, as one Float64Array. */
function flatten(rows: readonly unknown[], begin: number, end: number, D: number, name: string): Float64Array {
  const flat = allocated(`${end - begin} rows of ${name}`, () => new Float64Array((end - begin) * D));
  for (let i = begin, to = 0; i < end; i++) {
    const row = checkRow(rows[i], i, D, name);
    for (let d = 0; d < D; d++, to++) {
      const value: unknown = row[d];
      if (typeof value !== 'number') {
        throw wrongType(`a number at [${i}][${d}] of ${name}`, value);
      }
      flat[to] = value;
    }
  }
  return flat;
}

/**
 * D of some rows. It is never guessed from lengths: a flat array does not tell it.
 *
 * @param inputSize - D, if it was said; whether the rows have it is not checked here
 * @throws RangeError `ERR_SHAPE` for a flat array without `inputSize`, and for no rows; TypeError `ERR_INVALID_TYPE`
 */
export function columnsOf(X: RowsInput, inputSize: number | undefined, name: string): number {
  if (inputSize !== undefined) return checkNumber(inputSize, 'inputSize', { integer: true, min: 1 });
  if (isMatrix(X)) return X.columns;
  if (isTypedArray(X)) {
    checkAttached(X, name);
    throw wrongShape(
      `rows of a known length for ${name}, such as new Matrix(X, D) or an array of rows, ` +
        'or inputSize: D with a flat array,',
      X,
    );
  }
  return checkRow(listOfRows(X, name)[0], 0, undefined, name).length;
}

/** Throws `ERR_NOT_FINITE`, and says where the first NaN or infinity is, in rows of `columns` numbers. */
export function checkFinite(values: Reals, name: string, binding: Binding, columns = 0): void {
  const index = binding.firstNonFinite(values);
  if (index < 0) return;
  const place = columns > 0 ? placeInRows(index, columns) : `index ${index}`;
  throw notFiniteInput(values[index], name, place);
}

/** Where number `index` of some rows is. */
export function placeInRows(index: number, columns: number): string {
  return `row ${Math.floor(index / columns)}, column ${index % columns}`;
}

/** The error for an input that is NaN or infinite. */
export function notFiniteInput(value: number, name: string, place: string): RangeError {
  return withCode(
    new RangeError(`Expected finite numbers for ${name} but received ${value} at ${place}`),
    'ERR_NOT_FINITE',
  );
}

/**
 * Checks that rows which were checked before still have their memory.
 *
 * @throws TypeError `ERR_DETACHED`, RangeError `ERR_SHAPE`
 */
export function checkMemory({ data, count }: Pick<Rows, 'data' | 'count'>, D: number, name: string): void {
  checkAttached(data, name);
  if (data.length === count * D) return;
  throw withCode(
    new RangeError(`Expected ${count * D} numbers for ${name} but its buffer now holds ${data.length}`),
    'ERR_SHAPE',
  );
}
