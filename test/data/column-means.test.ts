import { describe, expect, it } from 'vitest';
import { columnMeans } from '../../src/data/column-means.js';
import { Matrix } from '../../src/data/matrix.js';
import { atOnce } from '../../src/platform/turns.js';

describe('the mean of each column', () => {
  it.each([
    [4, 8],
    [256, 8],
    [260, 8],
    [1028, 8],
    [5, 8],
    [4, 7],
  ])('is exact for bytes, %i rows of %i columns', (rows, columns) => {
    const bytes = new Uint8Array(rows * columns).map((_, i) => (i * 37 + Math.floor(i / columns) * 11) % 256);
    const expected = Array.from({ length: columns }, (_, column) => {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += bytes[row * columns + column];
      return sum / rows;
    });
    expect([...atOnce(columnMeans(new Matrix(bytes, columns)))]).toEqual(expected);
  });

  it('does not overflow on the largest bytes', () => {
    expect([...new Set(atOnce(columnMeans(new Matrix(new Uint8Array(4 * 2048).fill(255), 4))))]).toEqual([255]);
  });

  it('is taken of bytes that do not begin at a whole word, and of floats', () => {
    const bytes = new Uint8Array(33).map((_, i) => i);
    expect([...atOnce(columnMeans(new Matrix(bytes.subarray(1), 8)))]).toEqual([13, 14, 15, 16, 17, 18, 19, 20]);
    expect([...atOnce(columnMeans(new Matrix(Float32Array.of(0.5, 1, 1.5, -2), 2)))]).toEqual([1, -0.5]);
  });
});
