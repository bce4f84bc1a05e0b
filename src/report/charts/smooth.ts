/**
 * The moving average over `window` numbers, centred on each. At the ends the window is cut off, so that the result has
 * the same length. Numbers that are not finite are skipped.
 */
export function smooth(values: readonly number[], window: number): Float64Array {
  const half = Math.floor(window / 2);
  const N = values.length;
  // With running sums, each mean costs two subtractions, whatever the window.
  const sums = new Float64Array(N + 1);
  const counts = new Float64Array(N + 1);
  for (let i = 0; i < N; i++) {
    const usable = Number.isFinite(values[i]);
    sums[i + 1] = sums[i] + (usable ? values[i] : 0);
    counts[i + 1] = counts[i] + (usable ? 1 : 0);
  }
  const means = new Float64Array(N);
  for (let i = 0; i < N; i++) {
    const from = Math.max(0, i - half);
    const to = Math.min(N, i + half + 1);
    means[i] = (sums[to] - sums[from]) / (counts[to] - counts[from]);
  }
  return means;
}
