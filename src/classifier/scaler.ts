/** Scaling rows, so that no column counts more than another because of its unit. */
import type { Reals } from '../../binding.js';
import { Matrix } from '../data/matrix.js';
import { lastingArray } from '../platform/lasting.js';
import { inTurns, type Pieces } from '../platform/turns.js';
import type { Dtype } from '../training/settings.js';
import { arrayType } from '../validation/parameters.js';
import { allocated } from '../validation/system-limits.js';
import { isArrayOf } from '../validation/typed-arrays.js';

/** What is subtracted from each column, and what it is then multiplied by: x becomes (x − mean) · scale. */
export interface Scaler {
  /** The mean of each column (D). */
  readonly mean: Float64Array;
  /** 1 / the standard deviation of each column (D); 1 for a constant column. */
  readonly scale: Float64Array;
}

/** Numbers that are read between two looks at the clock. */
const PIECE = 1 << 16;

/** Fits a scaler on rows, with turns of the event loop in between. Rows must be finite. */
export function fitScaler(X: Matrix, signal?: AbortSignal): Promise<Scaler> {
  return inTurns(scalerOf(X), signal);
}

/**
 * The mean of each column, and one scale for all: 1 / the standard deviation of all numbers around the means of their
 * columns. For bytes, such as pixels, which stay bytes: the net subtracts the mean and trains with the input scale.
 */
export async function fitPixels(
  X: Matrix,
  signal?: AbortSignal,
): Promise<{ readonly mean: Float64Array; readonly inputScale: number }> {
  const { mean, variance } = await inTurns(momentsOf(X), signal);
  const all = variance.reduce((sum, value) => sum + value, 0) / variance.length;
  return { mean, inputScale: all > 0 ? 1 / Math.sqrt(all) : 1 };
}

/** The rows as a scaler makes them, in a net's arithmetic, with turns of the event loop in between. */
export async function scaleRows(X: Matrix, scaler: Scaler, dtype: Dtype, signal?: AbortSignal): Promise<Matrix> {
  const out: Reals = allocated('the scaled rows', () => lastingArray<Reals>(arrayType(dtype), X.data.length));
  await inTurns(scaling(X, scaler, out), signal);
  return new Matrix(out, X.columns);
}

/** The same at once, for a few rows. */
export function scaleRowsNow(X: Matrix, scaler: Scaler, dtype: Dtype): Matrix {
  const out: Reals = allocated('the scaled rows', () => new (arrayType(dtype))(X.data.length));
  scaleInto(X, scaler, out, 0, X.rows);
  return new Matrix(out, X.columns);
}

function* scaling(X: Matrix, scaler: Scaler, out: Reals): Pieces<void> {
  const rows = Math.max(1, Math.floor(PIECE / X.columns));
  for (let first = 0; first < X.rows; first += rows) {
    scaleInto(X, scaler, out, first, Math.min(first + rows, X.rows));
    yield;
  }
}

function scaleInto({ data, columns }: Matrix, { mean, scale }: Scaler, out: Reals, first: number, end: number): void {
  for (let row = first; row < end; row++) {
    const start = row * columns;
    for (let d = 0; d < columns; d++) out[start + d] = (data[start + d] - mean[d]) * scale[d];
  }
}

function* scalerOf(X: Matrix): Pieces<Scaler> {
  const { mean, variance } = yield* momentsOf(X);
  const scale = mean.map((value, d) => (isConstant(variance[d], value, X.rows) ? 1 : 1 / Math.sqrt(variance[d])));
  return { mean, scale };
}

/**
 * Whether a variance is no more than what rounding leaves of a column of equal numbers: scikit-learn's bound for
 * `StandardScaler` (Chan, Golub and LeVeque 1983).
 */
function isConstant(variance: number, mean: number, rows: number): boolean {
  const epsilon = Number.EPSILON;
  return variance <= rows * epsilon * variance + (rows * mean * epsilon) ** 2;
}

/**
 * The mean and the variance of each column, in two passes: one would lose digits far from 0. The second pass also
 * corrects the mean by what its rounded sum has lost (Chan, Golub and LeVeque 1983, equation 1.7).
 */
function* momentsOf({ data, columns, rows }: Matrix): Pieces<{ mean: Float64Array; variance: Float64Array }> {
  const step = Math.max(1, Math.floor(PIECE / columns));
  const mean = new Float64Array(columns);
  for (let first = 0; first < rows; first += step) {
    const end = Math.min(first + step, rows) * columns;
    for (let start = first * columns; start < end; start += columns) {
      for (let d = 0; d < columns; d++) mean[d] += data[start + d];
    }
    yield;
  }
  for (let d = 0; d < columns; d++) mean[d] /= rows;
  const variance = new Float64Array(columns);
  const lost = new Float64Array(columns);
  for (let first = 0; first < rows; first += step) {
    const end = Math.min(first + step, rows) * columns;
    for (let start = first * columns; start < end; start += columns) {
      for (let d = 0; d < columns; d++) {
        const deviation = data[start + d] - mean[d];
        lost[d] += deviation;
        variance[d] += deviation * deviation;
      }
    }
    yield;
  }
  for (let d = 0; d < columns; d++) {
    const correction = lost[d] / rows;
    mean[d] += correction;
    variance[d] = Math.max(0, variance[d] / rows - correction * correction);
  }
  return { mean, variance };
}

/** Whether rows stay as they are stored, and the net scales them: bytes. */
export function staysBytes({ data }: Matrix): boolean {
  return isArrayOf(data, 'Uint8Array');
}
