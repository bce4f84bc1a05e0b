/**
 * The moving average over `window` numbers, centred on each. At the ends the window is cut off, so that the result has
 * the same length. Numbers that are not finite are skipped.
 */
export function smooth(values: readonly number[], window: number): number[] {
  const half = Math.floor(window / 2);
  // With running sums, each mean costs two subtractions, whatever the window.
  const sums = [0];
  const counts = [0];
  for (const value of values) {
    const usable = Number.isFinite(value);
    sums.push(sums[sums.length - 1] + (usable ? value : 0));
    counts.push(counts[counts.length - 1] + (usable ? 1 : 0));
  }
  return values.map((_, i) => {
    const from = Math.max(0, i - half);
    const to = Math.min(values.length, i + half + 1);
    return (sums[to] - sums[from]) / (counts[to] - counts[from]);
  });
}
