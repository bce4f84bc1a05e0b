import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberOf } from '../../../src/data/tables/cell.js';
import type { Column } from '../../../src/data/tables/column.js';
import { encodeRows, type TableRow } from '../../../src/data/tables/encode-rows.js';

const columns: readonly Column[] = [
  { name: 'size', type: 'number' },
  { name: 'color', type: 'category', categories: ['blue', 'green', 'red'] },
  { name: 'age', type: 'number', fill: 40.5 },
  { name: 'town', type: 'category', categories: ['NA', 'Ulm'], fill: 'Ulm' },
];

describe('encodeRows', () => {
  it('encodes objects, arrays and texts alike', () => {
    const rows = [
      { size: 1.5, color: 'red', age: 3, town: 'Ulm', label: 'ignored' },
      [1.5, 'red', 3, 'Ulm'],
      ['1.5', ' red ', '3', 'Ulm'],
      { town: 'Ulm', age: 3n, color: 'red', size: '15e-1' },
    ];
    const { data, columns: D, rows: N } = encodeRows(columns, rows);
    expect([N, D]).toEqual([4, 7]);
    for (let row = 0; row < N; row++) expect([...data.subarray(7 * row, 7 * row + 7)]).toEqual([1.5, 0, 0, 1, 3, 0, 1]);
  });

  it('counts true as 1 and false as 0', () => {
    const flag: Column[] = [{ name: 'flag', type: 'number' }];
    expect([...encodeRows(flag, [[true], [false], ['True'], ['FALSE'], ['1']]).data]).toEqual([1, 0, 1, 0, 1]);
  });

  it('fills missing values of columns with a fill, and knows categories that look missing', () => {
    for (const missing of [null, undefined, Number.NaN, '', ' ', '?', 'NaN', 'null']) {
      const { data } = encodeRows(columns, [[1, 'blue', missing, missing]]);
      expect([...data]).toEqual([1, 1, 0, 0, 40.5, 0, 1]);
    }
    expect([...encodeRows(columns, [[1, 'blue', 2, 'NA']]).data]).toEqual([1, 1, 0, 0, 2, 1, 0]);
  });

  it('keeps large numbers, which a float32 does not', () => {
    expect(encodeRows(columns.slice(0, 1), [['1700000000123'], ['9007199254740991']]).data).toEqual(
      Float64Array.of(1700000000123, 9007199254740991),
    );
  });

  const good = { size: 1, color: 'red', age: 1, town: 'Ulm' };
  it.each<[string, unknown, string, RegExp]>([
    [
      'an unknown category',
      { ...good, color: 'gren' },
      'ERR_CATEGORY',
      /one of "blue", "green", "red" in column "color" at row 1 but received "gren": did you mean "green"\?/,
    ],
    ['a category of no likeness', { ...good, color: 'mauve' }, 'ERR_CATEGORY', /received "mauve"$/],
    ['a missing number', { ...good, size: null }, 'ERR_MISSING_VALUE', /in column "size" at row 1 but it is missing: /],
    ['a missing category', { ...good, color: '?' }, 'ERR_MISSING_VALUE', /in column "color" at row 1/],
    ['absent keys', { size: 1, color: 'red' }, 'ERR_COLUMN', /row 1 lacks "age", "town": write null/],
    ['a word for a number', { ...good, size: 'big' }, 'ERR_INVALID_TYPE', /a number in column "size" .* "big"/],
    ['hexadecimal digits', { ...good, size: '0x10' }, 'ERR_INVALID_TYPE', /a number in column "size" .* "0x10"/],
    ['an infinite number', { ...good, size: '-inf' }, 'ERR_NOT_FINITE', /a finite number in column "size" .* "-inf"/],
    ['an object in a cell', { ...good, color: {} }, 'ERR_INVALID_TYPE', /a string, .* in column "color" at row 1/],
    ['a short array', [1, 'red'], 'ERR_SHAPE', /4 values, one per column, for row 1 but received an array of 2/],
    ['null', null, 'ERR_INVALID_TYPE', /an object or an array for row 1 but received null/],
    ['a name of Object.prototype', Object.create(good), 'ERR_COLUMN', /row 1 lacks "size"/],
  ])('refuses %s, by row and column', (_, row, code, message) => {
    const encode = () => encodeRows(columns, [good, row as TableRow]);
    expect(encode).toThrow(message);
    expect(encode).toThrow(expect.objectContaining({ code }));
  });

  it('refuses no rows and wrong columns', () => {
    expect(() => encodeRows(columns, [])).toThrow(/at least one row/);
    expect(() => encodeRows([], [[1]])).toThrow(/at least one column/);
  });
});

describe('numbers in texts', () => {
  it.each([
    ['0', 0],
    ['-0', -0],
    ['.5', 0.5],
    ['5.', 5],
    ['+5', 5],
    ['1e3', 1000],
    ['123456789012345', 123456789012345],
    ['0.000000000000001', 1e-15],
    ['123456789012345678901', 123456789012345680000],
    ['1e999', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ])('%s', (text, value) => expect(numberOf(text)).toBe(value));

  it.each(['', '-', '.', '-.', '+', '1.2.3', '1,5', '1 000', '0x1', '0b1', '1e', 'e1', '١', 'word', '1_000', '--1'])(
    '%j is none',
    (text) => expect(numberOf(text)).toBeNaN(),
  );

  it('are those of Number to the bit', () => {
    const digits = fc.stringMatching(/^-?[0-9]{0,16}\.?[0-9]{0,16}$/);
    fc.assert(fc.property(digits, (text) => Object.is(numberOf(text), /\d/.test(text) ? Number(text) : Number.NaN)));
    fc.assert(
      fc.property(fc.double(), (x) => Object.is(numberOf(String(x)), x === 0 ? 0 : x)),
      { numRuns: 1000 },
    );
  });
});
