import { expect, test } from 'vitest';
import {
  FAMILIES,
  formatShape,
  parseShapes,
  productsFlop,
  rowFlop,
  SHAPES,
  stepFlop,
} from '../../src/measure/shapes.js';

test('a shape is a name, or sizes in any order; missing ones are the article’s', () => {
  expect(parseShapes('article')).toEqual([{ D: 3072, H: 50, C: 10, N: 200 }]);
  expect(parseShapes('huge')).toEqual([{ D: 3072, H: 4096, C: 10, N: 1024 }]);
  expect(parseShapes('H512')).toEqual([SHAPES.wide]);
  expect(parseShapes('N32,H16,C10,D20')).toEqual([SHAPES.tiny]);
});

test('a family has several shapes', () => {
  expect(parseShapes('widths').map(({ H, N }) => [H, N])).toEqual([
    [50, 200],
    [64, 200],
    [512, 200],
    [1024, 1024],
    [2048, 256],
    [4096, 1024],
  ]);
  expect(new Set(parseShapes('rows').map(({ D }) => D))).toEqual(new Set([784, 768, 100]));
  const { wider, huge, ...others } = SHAPES;
  expect(new Set(FAMILIES.standard)).toEqual(new Set(Object.values(others)));
  expect(FAMILIES.standard).not.toContain(wider);
  expect(FAMILIES.standard).not.toContain(huge);
});

test.each(['', 'Article', 'toString', 'H', 'H0', 'H-1', 'H1.5', 'H5,H6', 'X5', 'H50 N200', 'H50,', 'H1e3'])(
  'an invalid shape is rejected with the valid ones: %j',
  (text) => {
    expect(() => parseShapes(text)).toThrow(
      expect.objectContaining({
        code: 'ERR_OUT_OF_RANGE',
        message: expect.stringMatching(/article.*widths.*received "/),
      }),
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
