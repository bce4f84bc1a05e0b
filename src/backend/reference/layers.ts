/**
 * The net's layers in plain TypeScript: forward and backward side by side, outputs last, shapes in comments. They state
 * the mathematics plainly and are still fast enough to train with. The fast version is native/engine; the matrix
 * product that all layers use is in product.ts. Sums are kept in float64 and rounded once, when they are stored.
 */
import type { Reals, Rows } from '../../../binding.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { product, rowMajor, transposed } from './product.js';

/** An array of the same arithmetic as `like`. */
export function realsLike(like: Reals, length: number): Reals {
  return isArrayOf(like, 'Float32Array') ? new Float32Array(length) : new Float64Array(length);
}

/** X[to …] ← row i of the minibatch, which begins at data[from]: copied, or changed on the way. */
export type CopyRow = (i: number, data: Rows['data'], from: number, X: Reals, to: number) => void;

/**
 * X (n, D) ← rows[indices[i]] − mean, or rows[first + i] − mean if `indices` is null.
 *
 * @param copy - copies each row if it is to be changed before the mean is subtracted
 */
export function gather(
  rows: Rows,
  indices: Int32Array | null,
  first: number,
  n: number,
  X: Reals,
  copy: CopyRow | null = null,
): void {
  const { data, mean } = rows;
  const D = data.length / rows.count;
  // Row and mean have the type of X, as in the addon: a float64 row of a float32 net is rounded first.
  const center = isArrayOf(X, 'Float32Array') && mean ? Float32Array.from(mean) : mean;
  for (let i = 0; i < n; i++) {
    const from = (indices ? indices[i] : first + i) * D;
    if (copy) copy(i, data, from, X, i * D);
    else X.set(data.subarray(from, from + D), i * D);
    if (center) subtract(center, X, i * D);
  }
}

/** to[start …] ← to[start …] − values */
function subtract(values: Reals, to: Reals, start: number): void {
  for (let i = 0; i < values.length; i++) to[start + i] -= values[i];
}

/** out (n, H) ← X (n, D) · W (D, H) + b (H). */
export function affine(n: number, D: number, H: number, X: Reals, W: Reals, b: Reals, out: Reals): void {
  product(n, D, H, rowMajor(X, D), rowMajor(W, H), (i, h, count, sums, from) => {
    for (let c = 0; c < count; c++) out[i * H + h + c] = sums[from + c] + b[h + c];
  });
}

/**
 * out (D, H) ← alpha · Xᵀ · dout + beta · out, where X is (n, D) and dout (n, H): the gradient of an affine layer's
 * weights, added to a gradient or to the weights themselves, so that it does not have to be stored.
 */
export function affineWeightsBackward(
  n: number,
  D: number,
  H: number,
  X: Reals,
  dout: Reals,
  { alpha, beta }: { alpha: number; beta: number },
  out: Reals,
): void {
  product(D, n, H, transposed(rowMajor(X, D)), rowMajor(dout, H), (d, h, count, sums, from) => {
    for (let c = 0, to = d * H + h; c < count; c++, to++) out[to] = alpha * sums[from + c] + beta * out[to];
  });
}

/** dX (n, H) ← dout (n, C) · Wᵀ, where W is (H, C). */
export function affineInputsBackward(n: number, H: number, C: number, dout: Reals, W: Reals, dX: Reals): void {
  product(n, C, H, rowMajor(dout, C), transposed(rowMajor(W, C)), (i, h, count, sums, from) => {
    for (let c = 0; c < count; c++) dX[i * H + h + c] = sums[from + c];
  });
}

/** db (H) ← Σ_n dout (n, H). */
export function biasBackward(n: number, H: number, dout: Reals, db: Float64Array): void {
  db.fill(0);
  for (let i = 0; i < n; i++) {
    for (let h = 0; h < H; h++) db[h] += dout[i * H + h];
  }
}

/** values ← max(0, values); a NaN stays a NaN. */
export function relu(values: Reals): void {
  for (let i = 0; i < values.length; i++) if (values[i] <= 0) values[i] = 0;
}

/** dvalues ← dvalues where the ReLU's output is above 0, else 0: its gradient at 0 is 0. */
export function reluBackward(output: Reals, dvalues: Reals): void {
  for (let i = 0; i < dvalues.length; i++) if (!(output[i] > 0)) dvalues[i] = 0;
}

/** What the loss of a minibatch counts. */
export interface LossOptions {
  /** The sum of the weights of the whole minibatch; its number of rows if they have none. */
  readonly total: number;
  /** How much each row counts (n); null for 1 each. */
  readonly weights?: Float64Array | null;
  /** The probability that is taken from a row's label and spread evenly over all classes. */
  readonly smoothing?: number;
}

/**
 * Softmax, cross-entropy and their gradient. `scores` (n, C) go in and d loss / d scores come out:
 * (softmax − target) · weight / total, where the target is (1 − smoothing) · onehot(label) + smoothing / C. Returns
 * Σ_n weight · −Σ_c target · log softmax. The row's maximum is subtracted first, and the loss is
 * log Σ exp(s − max) − Σ_c target · (s − max), which is finite for all finite scores. A row of weight 0 has no part in
 * it, whatever its scores.
 */
export function softmaxLoss(
  n: number,
  C: number,
  labels: Int32Array,
  { total, weights = null, smoothing = 0 }: LossOptions,
  scores: Reals,
): number {
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const row = i * C;
    const weight = weights ? weights[i] : 1;
    if (weight === 0) {
      scores.fill(0, row, row + C);
      continue;
    }
    let highest = scores[row];
    for (let c = 1; c < C; c++) highest = Math.max(highest, scores[row + c]);
    let ofTarget = scores[row + labels[i]] - highest;
    if (smoothing > 0) ofTarget += smoothing * (meanAbove(scores, row, C, highest) - ofTarget);
    let sum = 0;
    for (let c = 0; c < C; c++) {
      scores[row + c] = Math.exp(scores[row + c] - highest);
      sum += scores[row + c];
    }
    loss += weight * (Math.log(sum) - ofTarget);
    const scale = weight / total;
    const spread = (scale * smoothing) / C;
    for (let c = 0; c < C; c++) scores[row + c] = scores[row + c] * (scale / sum) - spread;
    scores[row + labels[i]] -= scale * (1 - smoothing);
  }
  return loss;
}

/** The mean of C scores from `start` on, less `subtracted`. */
function meanAbove(scores: Reals, start: number, C: number, subtracted: number): number {
  let sum = 0;
  for (let c = 0; c < C; c++) sum += scores[start + c] - subtracted;
  return sum / C;
}

/** −log softmax[label] of C scores from `start` on; finite for all finite scores. */
export function crossEntropy(scores: Reals, start: number, C: number, label: number): number {
  let highest = scores[start];
  for (let c = 1; c < C; c++) highest = Math.max(highest, scores[start + c]);
  let sum = 0;
  for (let c = 0; c < C; c++) sum += Math.exp(scores[start + c] - highest);
  return Math.log(sum) - (scores[start + label] - highest);
}

/** Σ values². */
export function sumOfSquares(values: Reals): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}

/** The index of the highest of C scores from `start` on; ties go to the first. −1 if one of them is NaN. */
export function argmax(scores: Reals, start: number, C: number): number {
  let best = 0;
  for (let c = 0; c < C; c++) {
    if (Number.isNaN(scores[start + c])) return -1;
    if (scores[start + c] > scores[start + best]) best = c;
  }
  return best;
}
