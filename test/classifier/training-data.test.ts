/** Rows and labels of a call become a data set, while others get their turns. */
import { expect, it } from 'vitest';
import { trainingData } from '../../src/classifier/training-data.js';
import { givesTurns } from '../support/turns.js';

const N = 4000;
const D = 500;
const row = Array.from({ length: D }, (_, d) => d);
const rows = Array.from({ length: N }, (_, i) => (i === N - 1 ? row.map((value) => value + 1) : row));
const labels = Array.from({ length: N }, (_, i) => `label ${i % 3}`);

it('reads rows that are arrays with turns in between', async () => {
  expect(await givesTurns(() => trainingData([rows, labels], {}))).toBe(true);
  const { data, classes } = await trainingData([rows, labels], {});
  expect(classes).toEqual(['label 0', 'label 1', 'label 2']);
  expect([...data.train.y.subarray(0, 4)]).toEqual([0, 1, 2, 0]);
  expect([...data.train.X.slice(N - 1).data]).toEqual(rows[N - 1]);
  expect([...data.train.X.slice(N - 2, N - 1).data]).toEqual(row);
});

it('encodes labels with turns in between', async () => {
  const many = new Float64Array(3_000_000).map((_, i) => i % 7);
  expect(await givesTurns(() => trainingData([new Uint8Array(many.length), many], { inputSize: 1 }))).toBe(true);
});

it('names the row and the column of a number that is not finite, in all forms of rows', async () => {
  const message = `Expected finite numbers for X but received NaN at row ${N - 1}, column 3`;
  const bad = rows.with(N - 1, row.with(3, Number.NaN));
  for (const X of [bad, Float32Array.from(bad.flat())]) {
    await expect(trainingData([X, labels], { inputSize: D })).rejects.toMatchObject({
      code: 'ERR_NOT_FINITE',
      message,
    });
  }
});
