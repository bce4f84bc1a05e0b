import type { BackendChoice } from '../backend/choose.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import { wrongShape, wrongType } from '../validation/errors.js';
import { MATRIX, type MatrixRows } from '../validation/inputs.js';
import { checkMean } from '../validation/mean.js';
import { isRowData, type RowData } from '../validation/typed-arrays.js';
import { openRows } from './open-rows.js';

/** How the numbers of a matrix may be stored. Bytes stay bytes: a row becomes floats only when it is used. */
export type MatrixData = RowData;

/** @see Matrix */
export interface MatrixOptions {
  /**
   * The mean row (D numbers), subtracted from each row when it is used. The data are not changed.
   *
   * @defaultValue none: a net subtracts its own mean, if it has one
   */
  mean?: Float64Array | undefined;
}

/** Options of {@link Matrix.open}. */
export interface OpenMatrixOptions {
  /**
   * What maps the file into memory: the addon; TypeScript (`js`) reads it.
   *
   * @defaultValue 'auto'
   */
  readonly backend?: BackendChoice | undefined;
}

/**
 * N rows of D numbers, row-major, over a typed array that is not copied. CIFAR-10's 50 000 × 3072 pixels cost 154 MB
 * this way, not the 614 MB of float32.
 *
 * @example
 * const pixels = new Matrix(bytes, 3072, { mean }); // bytes: a Uint8Array of N · 3072; mean: a Float64Array of 3072
 * net.predict(pixels.slice(0, 10));
 */
export class Matrix implements MatrixRows {
  /** N·D numbers, row-major. */
  readonly data: MatrixData;
  /** N, the number of rows. */
  readonly rows: number;
  /** D, the number of columns. */
  readonly columns: number;
  /** The mean row (D), subtracted from each row when it is used; undefined for none. */
  readonly mean: Float64Array | undefined;

  #unmap: (() => void) | undefined;

  /**
   * Opens an array that NumPy saved (`.npy`), of any size: the file is mapped into memory, and the system reads its
   * pages when rows are used and drops them when memory is short. So a net can be trained on a file that is larger than
   * the memory. Numbers that are not bytes are looked at once by each training, to find NaN.
   *
   * Only rows of uint8, float32 or float64 in C order and this machine's byte order can be used as they are in the
   * file. Others are read and converted, as `loadDataset` does; so are all where the runtime (such as Electron) or the
   * backend does not allow a mapping. {@link Matrix.mapped} tells.
   *
   * The file must not become shorter while it is mapped: the system would end the process, with a message that names
   * the file. Replacing it by a rename does no harm, nor does writing to `data`: the file is never changed.
   *
   * @param path - an array of shape (N, D), or (N, …) with D the product of the further sizes
   * @throws (as a rejection) Error `ERR_DATA_FILE` when the file is missing, damaged, truncated or of another kind, or
   * larger than this version of Node allows (4 GiB before Node 22.3); TypeError `ERR_INVALID_TYPE` or
   * `ERR_UNKNOWN_OPTION` for wrong arguments
   * @example
   * const X = await Matrix.open('embeddings.npy');
   * await net.train(X, y, null, null, { numIters: 1000 });
   * X.close();
   */
  static async open(path: string, options: OpenMatrixOptions = {}): Promise<Matrix> {
    const { backend = 'auto' } = checkOptions(options, 'the options of Matrix.open', ['backend']);
    const { data, columns, unmap } = await openRows(path, backend);
    const matrix = new Matrix(data, columns);
    matrix.#unmap = unmap;
    return matrix;
  }

  /** Marks a matrix for other copies of this package; see {@link MatrixRows}. */
  get [MATRIX](): true {
    return true;
  }

  /**
   * @param data - N·D numbers, row-major; kept, not copied
   * @param columns - D
   * @throws TypeError `ERR_INVALID_TYPE`; RangeError `ERR_SHAPE` when the length is 0 or not a multiple of D, or the
   * mean does not have D numbers; RangeError `ERR_NOT_FINITE` when a number of the mean is not finite
   */
  constructor(data: MatrixData, columns: number, options: MatrixOptions = {}) {
    if (!isRowData(data)) {
      throw wrongType('a Uint8Array, Float32Array or Float64Array for the data of a Matrix', data);
    }
    checkNumber(columns, 'the columns of a Matrix', { integer: true, min: 1 });
    if (data.length === 0 || data.length % columns !== 0) {
      throw wrongShape(`a positive multiple of ${columns} numbers for a Matrix of ${columns} columns`, data);
    }
    const { mean } = checkOptions(options, 'the options of a Matrix', ['mean']);
    if (mean !== undefined) checkMean(mean, columns, 'the mean of a Matrix');
    this.data = data;
    this.columns = columns;
    this.rows = data.length / columns;
    this.mean = mean;
  }

  /** Whether the rows are a file that {@link Matrix.open} mapped into memory. */
  get mapped(): boolean {
    return this.#unmap !== undefined;
  }

  /**
   * Takes a mapped file out of memory, at the end of the trainings that use it. This matrix and all slices of it are
   * refused afterwards (`ERR_DETACHED`). Otherwise that happens when nobody uses them any more. Closing again, or a
   * matrix that is not mapped, does nothing.
   */
  close(): void {
    this.#unmap?.();
  }

  /** Rows `from` (included) to `to` (excluded) as a view of the same memory. */
  slice(from: number, to: number = this.rows): Matrix {
    checkNumber(from, 'the first row of a slice', { integer: true, min: 0, max: this.rows - 1 });
    checkNumber(to, 'the end of a slice', { integer: true, min: from + 1, max: this.rows });
    const data = this.data.subarray(from * this.columns, to * this.columns);
    return new Matrix(data, this.columns, { mean: this.mean });
  }

  /**
   * The same rows, in the same memory, with another mean.
   *
   * @param mean - the mean row (D); undefined for none
   */
  withMean(mean: Float64Array | undefined): Matrix {
    return new Matrix(this.data, this.columns, { mean });
  }
}
