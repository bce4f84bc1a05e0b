import { checkNumber, checkOptions, firstNonFinite } from '../validation/check.js';
import { withCode, wrongShape, wrongType } from '../validation/errors.js';

/** What a matrix's numbers may be stored as. Bytes stay bytes: a row becomes floats only when it is used. */
export type MatrixData = Uint8Array | Float32Array | Float64Array;

/** @see Matrix */
export interface MatrixOptions {
  /**
   * The mean row (D numbers), subtracted from each row when it is used; the data stay as they are.
   *
   * @defaultValue none: rows are used as they are
   */
  mean?: Float64Array | undefined;
}

/**
 * N rows of D numbers, row-major, over a typed array that is not copied. CIFAR-10's 50 000 × 3072 pixels cost 154 MB
 * this way, not the 614 MB of float32.
 *
 * @example
 * const pixels = new Matrix(bytes, 3072, { mean }); // bytes: a Uint8Array of N · 3072; mean: a Float64Array of 3072
 * net.predict(pixels.slice(0, 10));
 */
export class Matrix {
  /** N·D numbers, row-major. */
  readonly data: MatrixData;
  /** N, the number of rows. */
  readonly rows: number;
  /** D, the number of columns. */
  readonly columns: number;
  /** The mean row (D), subtracted from each row when it is used. */
  readonly mean: Float64Array | undefined;

  /**
   * @param data - N·D numbers, row-major; kept, not copied
   * @param columns - D
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_SHAPE` when the length is no multiple of D or is 0, when the
   * mean has not D numbers, and `ERR_NOT_FINITE` when one of the mean's is not finite
   */
  constructor(data: MatrixData, columns: number, options: MatrixOptions = {}) {
    if (!(data instanceof Uint8Array || data instanceof Float32Array || data instanceof Float64Array)) {
      throw wrongType('a Uint8Array, Float32Array or Float64Array for the data of a Matrix', data);
    }
    checkNumber(columns, 'the columns of a Matrix', { integer: true, min: 1 });
    if (data.length === 0 || data.length % columns !== 0) {
      throw wrongShape(`a positive multiple of ${columns} numbers for a Matrix of ${columns} columns`, data);
    }
    const { mean } = checkOptions(options, 'the options of a Matrix', ['mean']);
    if (mean !== undefined) checkMean(mean, columns);
    this.data = data;
    this.columns = columns;
    this.rows = data.length / columns;
    this.mean = mean;
  }

  /** Rows `from` (included) to `to` (excluded) as a view of the same memory. */
  slice(from: number, to: number = this.rows): Matrix {
    checkNumber(from, 'the first row of a slice', { integer: true, min: 0, max: this.rows - 1 });
    checkNumber(to, 'the end of a slice', { integer: true, min: from + 1, max: this.rows });
    const data = this.data.subarray(from * this.columns, to * this.columns);
    return new Matrix(data, this.columns, { mean: this.mean });
  }
}

function checkMean(mean: unknown, columns: number): void {
  if (!(mean instanceof Float64Array)) {
    throw wrongType('a Float64Array for the mean of a Matrix', mean);
  }
  if (mean.length !== columns) {
    throw wrongShape(`${columns} numbers for the mean of a Matrix`, mean);
  }
  const bad = firstNonFinite(mean);
  if (bad >= 0) {
    throw withCode(
      new RangeError(`Expected finite numbers for the mean of a Matrix but received ${mean[bad]} at index ${bad}`),
      'ERR_NOT_FINITE',
    );
  }
}
