import { expect, test } from 'vitest';
import { formatShape, parseShape, productsFlop, rowFlop, SHAPES, stepFlop } from '../../src/measure/shapes.js';

test('a shape is a name, or sizes in any order; missing ones are the article’s', () => {
  expect(parseShape('article')).toEqual({ D: 3072, H: 50, C: 10, N: 200 });
  expect(parseShape('digits')).toEqual({ D: 784, H: 100, C: 10, N: 128 });
  expect(parseShape('H512')).toEqual(SHAPES.wide);
  expect(parseShape('N32,H16,C10,D20')).toEqual(SHAPES.tiny);
});

test.each(['', 'Article', 'toString', 'H', 'H0', 'H-1', 'H1.5', 'H5,H6', 'X5', 'H50 N200', 'H50,', 'H1e3'])(
  'an invalid shape is rejected with the valid ones: %j',
  (text) => {
    expect(() => parseShape(text)).toThrow(
      expect.objectContaining({ code: 'ERR_OUT_OF_RANGE', message: expect.stringMatching(/article.*received "/) }),
    );
  },
);

test('the work of a step is two large products and three small ones, two FLOP per multiply-add', () => {
  const shape = { D: 3, H: 5, C: 2, N: 7 };
  expect(productsFlop(shape)).toBe(2 * (7 * 3 * 5) * 2);
  expect(stepFlop(shape)).toBe(productsFlop(shape) + 3 * (7 * 5 * 2) * 2);
  expect(rowFlop(shape)).toBe((3 * 5 + 5 * 2) * 2);
  expect(stepFlop(SHAPES.article)).toBe(123_480_000);
});

test('a shape is formatted with its sizes', () => {
  expect(formatShape(SHAPES.tiny)).toBe('D 20, H 16, C 10, N 32');
});
