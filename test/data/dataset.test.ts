import { describe, expect, it } from 'vitest';
import { meanRow } from '../../src/data/dataset.js';

describe('meanRow', () => {
  it.each([4, 256, 260, 1028])('is the mean of each column over %i rows', (rows) => {
    const columns = 8;
    const bytes = new Uint8Array(rows * columns).map((_, i) => (i * 37 + (i >> 3) * 11) % 256);
    const expected = Array.from({ length: columns }, (_, column) => {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += bytes[row * columns + column];
      return sum / rows;
    });
    expect([...meanRow(bytes, columns)]).toEqual(expected);
  });

  it('does not overflow on the largest bytes', () => {
    expect([...new Set(meanRow(new Uint8Array(4 * 2048).fill(255), 4))]).toEqual([255]);
  });
});
