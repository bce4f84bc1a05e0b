import { describe, expect, it } from 'vitest';
import { fitPixels, fitScaler, scaleRows, scaleRowsNow } from '../../src/classifier/scaler.js';
import { Matrix } from '../../src/data/matrix.js';
import { RandomState } from '../../src/random/random-state.js';

describe('fitScaler', () => {
  it('brings each column to mean 0 and standard deviation 1', async () => {
    const draws = new RandomState(1).randn(3 * 50_000);
    // Far from 0: sums of squares would lose all digits.
    const X = new Matrix(
      draws.map((value, i) => [value, 1e9 + value, 1e-9 * value][i % 3]),
      3,
    );
    const scaled = await scaleRows(X, await fitScaler(X), 'float64');
    for (let d = 0; d < 3; d++) {
      const column = Array.from({ length: X.rows }, (_, i) => scaled.data[i * 3 + d]);
      const mean = column.reduce((sum, value) => sum + value, 0) / X.rows;
      const variance = column.reduce((sum, value) => sum + value * value, 0) / X.rows;
      expect(Math.abs(mean)).toBeLessThan(1e-6);
      expect(variance).toBeCloseTo(1, 9);
    }
  });

  it('leaves the spread of a constant column alone', async () => {
    const X = new Matrix(
      Float64Array.from({ length: 600 }, (_, i) => (i % 2 === 0 ? 0.1 : i)),
      2,
    );
    const { mean, scale } = await fitScaler(X);
    expect(scale[0]).toBe(1);
    expect(mean[0]).toBeCloseTo(0.1, 12);
    expect(scale[1]).toBeLessThan(1);
  });

  it('scales a few rows at once as it does many', async () => {
    const X = new Matrix(new RandomState(2).randn(40), 4);
    const scaler = await fitScaler(X);
    expect(scaleRowsNow(X, scaler, 'float32').data).toStrictEqual((await scaleRows(X, scaler, 'float32')).data);
  });
});

describe('fitPixels', () => {
  it('has a mean for each column and one scale for all', async () => {
    const { mean, inputScale } = await fitPixels(new Matrix(Uint8Array.of(0, 10, 4, 30), 2));
    expect(mean).toStrictEqual(Float64Array.of(2, 20));
    expect(inputScale).toBeCloseTo(1 / Math.sqrt((4 + 100) / 2), 15);
  });

  it('does not scale pixels of one colour', async () => {
    expect((await fitPixels(new Matrix(new Uint8Array(6).fill(7), 3))).inputScale).toBe(1);
  });
});
