import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rangeOf, ticks, widened } from '../../../src/report/terminal/ticks.js';

const labels = (...args: Parameters<typeof ticks>) => ticks(...args).map(({ label }) => label);

describe('ticks', () => {
  test.each([
    [[1.74, 2.37], 6, ['1.8', '2.0', '2.2']],
    [[1.74, 2.37], 8, ['1.8', '1.9', '2.0', '2.1', '2.2', '2.3']],
    [[0, 999], 7, ['0', '200', '400', '600', '800']],
    [[0, 1], 2, ['0.0', '0.5', '1.0']],
    [[-0.3, 0.3], 6, ['-0.3', '-0.2', '-0.1', '0.0', '0.1', '0.2', '0.3']],
    [[0, 3e6], 3, ['0', '1e6', '2e6', '3e6']],
    [[0, 5e-6], 5, ['0', '1e-6', '2e-6', '3e-6', '4e-6', '5e-6']],
    [[0, 2.5e5], 3, ['0', '100000', '200000']],
  ] as const)('%j in at most %i pieces: %j', (range, pieces, expected) => {
    expect(labels(range, pieces)).toEqual(expected);
  });

  test('are closer together if there would be only one or none', () => {
    expect(labels([0.1, 4.3], 2)).toEqual(['1', '2', '3', '4']);
  });

  test('are no closer than the least step', () => {
    expect(labels([0, 3], 10, 1)).toEqual(['0', '1', '2', '3']);
    expect(labels([-0.5, 0.5], 10, 1)).toEqual(['0']);
  });

  test('are inside the range, increase, and have distinct labels', () => {
    const ends = fc.tuple(fc.double({ min: -1e300, max: 1e300 }), fc.double({ min: -1e300, max: 1e300 }));
    fc.assert(
      fc.property(ends, fc.integer({ min: 1, max: 20 }), (pair, pieces) => {
        if (pair.some(Number.isNaN)) return;
        const range = widened(pair);
        const all = ticks(range, pieces);
        const slack = (range[1] - range[0]) * 1e-5;
        expect(all.length).toBeGreaterThanOrEqual(2);
        expect(all.length).toBeLessThanOrEqual(Math.max(5, pieces) + 1);
        expect(all[0].value).toBeGreaterThanOrEqual(range[0] - slack);
        expect(all[all.length - 1].value).toBeLessThanOrEqual(range[1] + slack);
        expect(new Set(all.map(({ label }) => label)).size).toBe(all.length);
        for (const { value, label } of all) expect(Math.abs(Number(label) - value)).toBeLessThanOrEqual(slack);
      }),
    );
  });
});

describe('ranges', () => {
  test('span the lowest to the highest value', () => {
    expect(rangeOf([3, 1, 2])).toEqual([1, 3]);
    expect(rangeOf([])).toBeUndefined();
  });

  test('are widened if they are empty', () => {
    expect(rangeOf([2, 2])).toEqual([1.8, 2.2]);
    expect(rangeOf([0])).toEqual([-1, 1]);
    expect(rangeOf([7], true)).toEqual([6.5, 7.5]);
    expect(rangeOf([5e-324, 0])).toEqual([-1, 1 + 5e-324]);
  });

  test('accept their ends in either order', () => expect(widened([1, 0])).toEqual([0, 1]));
});
