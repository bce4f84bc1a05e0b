import { expect, it } from 'vitest';
import { rowBlocks } from '../../src/net/row-blocks.js';

const rows = (count: number, columns: number) => ({ data: new Uint8Array(count * columns), count, mean: null });

it.each([
  ['one block', { inputSize: 2, hiddenSize: 3, numClasses: 2 }, 1000, 1],
  ['blocks of a few hundredths of a second', { inputSize: 3, hiddenSize: 2 ** 17, numClasses: 1 }, 20_000, 9],
  ['no block of fewer rows than 256', { inputSize: 1, hiddenSize: 2 ** 27, numClasses: 1 }, 700, 2],
])('cuts rows into %s', (_, shape, count, blocks) => {
  const all = [...rowBlocks(shape, rows(count, shape.inputSize))];
  expect(all).toHaveLength(blocks);
  let next = 0;
  for (const { first, end, part } of all) {
    expect([first, part.count, part.data.length]).toEqual([next, end - first, (end - first) * shape.inputSize]);
    expect(part.data.byteOffset).toBe(first * shape.inputSize);
    expect(first % 256).toBe(0);
    if (blocks > 1) expect(part.count).toBeGreaterThanOrEqual(256);
    next = end;
  }
  expect(next).toBe(count);
});
