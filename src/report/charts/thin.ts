/**
 * The indices of numbers that stand for a long list in a chart, in order: of as many parts of it as fit, each the
 * smallest and the largest number, and the first that is not finite, so that peaks and gaps stay. All of a short list.
 *
 * @param most - how many indices there are at most, a multiple of three
 */
export function thin(values: ArrayLike<number>, most: number): number[] {
  if (values.length <= most) return Array.from(values, (_, i) => i);
  const parts = Math.floor(most / 3);
  const kept: number[] = [];
  for (let part = 0; part < parts; part++) {
    const end = Math.floor(((part + 1) * values.length) / parts);
    let [low, high, gap] = [-1, -1, -1];
    for (let i = Math.floor((part * values.length) / parts); i < end; i++) {
      if (!Number.isFinite(values[i])) gap = gap < 0 ? i : gap;
      else {
        if (low < 0 || values[i] < values[low]) low = i;
        if (high < 0 || values[i] > values[high]) high = i;
      }
    }
    const found = new Set([low, high, gap].filter((i) => i >= 0));
    for (const i of [...found].sort((a, b) => a - b)) kept.push(i);
  }
  return kept;
}
