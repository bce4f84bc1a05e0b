import { expect, test } from 'vitest';
import { thin } from '../../../src/report/charts/thin.js';

test('a short list is kept whole', () => {
  expect(thin([3, 1, 2], 3)).toEqual([0, 1, 2]);
});

test('of a long list peaks, ends of the range and gaps stay, in order', () => {
  const values = Array.from({ length: 1_000_000 }, (_, i) => Math.sin(i / 1e5));
  values[123_456] = 50;
  values[654_321] = -50;
  values[777_777] = Number.NaN;
  const kept = thin(values, 18_000);
  expect(kept.length).toBeLessThanOrEqual(18_000);
  expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
  for (const i of [123_456, 654_321, 777_777]) expect(kept).toContain(i);
});
