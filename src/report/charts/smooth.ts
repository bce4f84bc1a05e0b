/**
 * The mean of each number and those around it, as far as half of `window` to each side; fewer at the ends, so that the
 * curve keeps its length. Numbers that are not finite are left out.
 */
export function smooth(values: readonly number[], window: number): number[] {
  const half = Math.floor(window / 2);
  // Sums up to each place: a mean is then two differences, whatever the window.
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
