import { expect, test } from 'vitest';
import { tasksOf, validationSeconds } from '../../src/measure/net-work.js';

test('predict is timed on 10 000 rows and on the data set, validation on 10 000 rows', () => {
  expect(tasksOf(['steps', 'predict', 'validation'], 49_000)).toEqual([
    { work: 'steps' },
    { work: 'predict', rows: 10_000 },
    { work: 'predict', rows: 49_000 },
    { work: 'validation', rows: 10_000 },
  ]);
});

test('a smaller data set is timed once, with all its rows', () => {
  expect(tasksOf(['validation', 'predict'], 300)).toEqual([
    { work: 'validation', rows: 300 },
    { work: 'predict', rows: 300 },
  ]);
});

test('passes over validation rows are a training with them less the same without', () => {
  expect(validationSeconds((withRows) => (withRows ? 7 : 5))).toBe(2);
  expect(validationSeconds((withRows) => (withRows ? 5 : 7))).toBe(0);
});
