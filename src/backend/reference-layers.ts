/**
 * The net's layers in plain TypeScript: forward beside backward, outputs last, shapes in comments. A plain statement
 * of the mathematics that is still quick enough to train with; the fast one lives in native/engine. Sums are kept in
 * float64 and rounded once, when they are stored.
 */
import type { Reals, Rows } from '../../binding.js';

/** An array of the same arithmetic as `like`. */
export function realsLike(like: Reals, length: number): Reals {
  return like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

/** X (n, D) ← rows[indices[i]] − mean, or rows[first + i] − mean where `indices` is null. */
export function gather(rows: Rows, indices: Int32Array | null, first: number, n: number, X: Reals): void {
  const { data, mean } = rows;
  const D = data.length / rows.count;
  // Row and mean in the arithmetic of X, as in the addon: a float64 row of a float32 net is rounded before.
  const center = X instanceof Float32Array && mean ? Float32Array.from(mean) : mean;
  for (let i = 0; i < n; i++) {
    const from = (indices ? indices[i] : first + i) * D;
    const to = i * D;
    for (let d = 0; d < D; d++) X[to + d] = data[from + d];
    if (center) for (let d = 0; d < D; d++) X[to + d] -= center[d];
  }
}

/**
 * out (n, H) ← X (n, D) · W (D, H) + b (H). Four rows at a time share each load of W.
 */
export function affine(n: number, D: number, H: number, X: Reals, W: Reals, b: Reals, out: Reals): void {
  const sums = new Float64Array(4 * H);
  for (let i = 0; i < n; i += 4) {
    const rows = Math.min(4, n - i);
    // Rows past the last read row i again; their sums are not stored.
    const x0 = i * D;
    const x1 = rows > 1 ? x0 + D : x0;
    const x2 = rows > 2 ? x0 + 2 * D : x0;
    const x3 = rows > 3 ? x0 + 3 * D : x0;
    sums.fill(0);
    for (let d = 0; d < D; d++) {
      const a0 = X[x0 + d];
      const a1 = X[x1 + d];
      const a2 = X[x2 + d];
      const a3 = X[x3 + d];
      for (let h = 0, w = d * H; h < H; h++, w++) {
        const weight = W[w];
        sums[h] += a0 * weight;
        sums[H + h] += a1 * weight;
        sums[2 * H + h] += a2 * weight;
        sums[3 * H + h] += a3 * weight;
      }
    }
    for (let r = 0; r < rows; r++) {
      for (let h = 0; h < H; h++) out[(i + r) * H + h] = sums[r * H + h] + b[h];
    }
  }
}

/**
 * Calls `use(d, row)` for each row d of Xᵀ · dout, where X is (n, D) and dout (n, H): the gradient of an affine
 * layer's weights, one row (H) at a time, so that it need not be stored.
 */
export function affineWeightsBackward(
  n: number,
  D: number,
  H: number,
  X: Reals,
  dout: Reals,
  use: (d: number, row: Float64Array) => void,
): void {
  // Columns of X are packed a block at a time: walking down a column of a wide X misses the cache at every step.
  const block = 64;
  const columns = new Float64Array(block * n);
  const row = new Float64Array(H);
  for (let from = 0; from < D; from += block) {
    const width = Math.min(block, D - from);
    for (let i = 0; i < n; i++) {
      for (let d = 0; d < width; d++) columns[d * n + i] = X[i * D + from + d];
    }
    for (let d = 0; d < width; d++) {
      row.fill(0);
      let i = 0;
      for (; i + 4 <= n; i += 4) {
        const a0 = columns[d * n + i];
        const a1 = columns[d * n + i + 1];
        const a2 = columns[d * n + i + 2];
        const a3 = columns[d * n + i + 3];
        for (let h = 0, o = i * H; h < H; h++, o++) {
          row[h] += a0 * dout[o] + a1 * dout[o + H] + a2 * dout[o + 2 * H] + a3 * dout[o + 3 * H];
        }
      }
      for (; i < n; i++) {
        const a = columns[d * n + i];
        for (let h = 0; h < H; h++) row[h] += a * dout[i * H + h];
      }
      use(from + d, row);
    }
  }
}

/** dX (n, H) ← dout (n, C) · Wᵀ, where W is (H, C). */
export function affineInputsBackward(n: number, H: number, C: number, dout: Reals, W: Reals, dX: Reals): void {
  for (let i = 0; i < n; i++) {
    for (let h = 0; h < H; h++) {
      let sum = 0;
      for (let c = 0; c < C; c++) sum += dout[i * C + c] * W[h * C + c];
      dX[i * H + h] = sum;
    }
  }
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

/**
 * Softmax, cross-entropy and their gradient. `scores` (n, C) go in and d loss / d scores come out:
 * (softmax − onehot(labels)) · scale, where scale is 1 / N of the whole minibatch. Returns Σ_n −log softmax[label].
 * The row's maximum is subtracted first, and the loss taken as log Σ exp(s − max) − (s[label] − max): finite for any
 * finite scores.
 */
export function softmaxLoss(n: number, C: number, labels: Int32Array, scale: number, scores: Reals): number {
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const row = i * C;
    let highest = scores[row];
    for (let c = 1; c < C; c++) highest = Math.max(highest, scores[row + c]);
    const ofLabel = scores[row + labels[i]] - highest;
    let sum = 0;
    for (let c = 0; c < C; c++) {
      scores[row + c] = Math.exp(scores[row + c] - highest);
      sum += scores[row + c];
    }
    loss += Math.log(sum) - ofLabel;
    for (let c = 0; c < C; c++) scores[row + c] *= scale / sum;
    scores[row + labels[i]] -= scale;
  }
  return loss;
}

/** Σ values². */
export function sumOfSquares(values: Reals): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}

/** The index of the highest of C scores from `start` on; ties go to the first. −1 when one of them is NaN. */
export function argmax(scores: Reals, start: number, C: number): number {
  let best = 0;
  for (let c = 0; c < C; c++) {
    if (Number.isNaN(scores[start + c])) return -1;
    if (scores[start + c] > scores[start + best]) best = c;
  }
  return best;
}
