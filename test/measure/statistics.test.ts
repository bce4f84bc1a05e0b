import { expect, test } from 'vitest';
import { median, medianRatio, spread } from '../../src/measure/statistics.js';

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([3])).toBe(3);
  expect(median([10, 9, 1])).toBe(9); // as numbers, not as text
  expect(median([4, 1, 100, 2])).toBe(3);
});

test('a spread has the median, the lowest and the highest value', () => {
  expect(spread([5, 1, 2])).toEqual({ median: 2, min: 1, max: 5 });
});

test('ratios are computed within rounds, so that a slow round does not count twice', () => {
  expect(medianRatio([2, 20, 2], [1, 10, 1])).toBe(2);
  expect(medianRatio([2, 2, 20], [1, 10, 1])).toBe(2);
});
