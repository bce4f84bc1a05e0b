/** The folds of a search are those of crossValidate: each training row is held out once. */
import { expect, test } from 'vitest';
import { prepareSearch } from '../../src/classifier/search.js';
import { trainingData } from '../../src/classifier/training-data.js';
import { stratifiedFolds } from '../../src/data/folds.js';
import { RandomState } from '../../src/random/random-state.js';

const rows = Array.from({ length: 31 }, (_, i) => [i, i % 3]);
const labels = rows.map((_, i) => ['a', 'b', 'c'][i % 3]);

test('each row is in one fold, that of crossValidate with this seed', async () => {
  const { data, classes } = await trainingData([rows, labels], {});
  const folds = stratifiedFolds(data.train.y, 3, 4, new RandomState(9));
  for (let index = 0; index < 4; index++) {
    const fold = { index, of: 4 };
    const { data: held } = await prepareSearch(data, classes, { seed: 9, standardize: false, fold });
    const numbersOf = (part: 'train' | 'validation') => {
      const { X } = held.part(part);
      return Array.from({ length: X.rows }, (_, row) => X.data[row * 2]);
    };
    const inFold = rows.flatMap(([number], row) => (folds[row] === index ? [number] : []));
    expect(numbersOf('validation')).toEqual(inFold);
    expect(numbersOf('train')).toEqual(rows.map(([number]) => number).filter((number) => !inFold.includes(number)));
  }
});

test('data with validation rows, and fewer rows than folds, are refused', async () => {
  const { data, classes } = await trainingData([rows, labels], {});
  const fold = { index: 0, of: 32 };
  await expect(prepareSearch(data, classes, { fold })).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  const { data: held } = await prepareSearch(data, classes, {});
  await expect(prepareSearch(held, classes, { fold })).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
});
