import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { foldWarnings, stratifiedFolds } from '../../src/data/folds.js';
import { atOnce } from '../../src/platform/turns.js';
import { RandomState } from '../../src/random/random-state.js';

describe('stratifiedFolds', () => {
  it('gives each fold as many rows, and as many of each class, as any other, to one row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 10, maxLength: 200 }),
        fc.integer({ min: 2, max: 10 }),
        (labels, folds) => {
          const foldOf = stratifiedFolds(Int32Array.from(labels), 5, folds, new RandomState(0));
          const spread = (rows: readonly number[]) => {
            const counts = new Array<number>(folds).fill(0);
            for (const row of rows) counts[foldOf[row]]++;
            return Math.max(...counts) - Math.min(...counts);
          };
          const rows = [...labels.keys()];
          expect(spread(rows)).toBeLessThanOrEqual(1);
          for (let c = 0; c < 5; c++) expect(spread(rows.filter((row) => labels[row] === c))).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('draws which rows go together', () => {
    const y = new Int32Array(40);
    const drawn = (seed: number) => stratifiedFolds(y, 1, 4, new RandomState(seed));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });
});

describe('a fold of a data set', () => {
  const X = Float32Array.from({ length: 20 }, (_, i) => i);
  const y = Array.from({ length: 10 }, (_, i) => i % 2);

  it('has its rows as test rows and the others as training rows, and keeps the rest', () => {
    const validation = { X: [[1, 2]], y: [1] };
    const data = new Dataset({ train: { X, y }, inputSize: 2, validation, classNames: ['even', 'odd'], name: 'ten' });
    const fold = atOnce(data.folding(Int32Array.of(0, 0, 1, 1, 2, 2, 0, 0, 1, 1), 1));
    expect(Array.from(fold.part('test').X.data)).toEqual([4, 5, 6, 7, 16, 17, 18, 19]);
    expect(Array.from(fold.part('test').y)).toEqual([0, 1, 0, 1]);
    expect(Array.from(fold.train.X.data)).toEqual([0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(fold).toMatchObject({ classNames: ['even', 'odd'], name: 'ten' });
    expect(fold.validation).toStrictEqual(data.validation);
  });

  it('has the mean of its own training rows', () => {
    const data = new Dataset({ train: { X, y }, inputSize: 2 }).center();
    const fold = atOnce(data.folding(Int32Array.of(0, 0, 1, 1, 1, 1, 1, 1, 1, 1), 1));
    expect(fold.mean).toEqual(Float64Array.of(1, 2));
    expect(fold.part('test').X.mean).toEqual(Float64Array.of(1, 2));
  });
});

describe('foldWarnings', () => {
  it('names the classes with fewer rows than there are folds', () => {
    const y = Uint8Array.of(0, 0, 0, 1, 2, 2);
    expect(foldWarnings(y, ['a', 'b', 'c'], 3)).toEqual([
      'Class "b" has 1 row, fewer than the 3 folds: some folds have none to judge by',
      'Class "c" has 2 rows, fewer than the 3 folds: some folds have none to judge by',
    ]);
    expect(foldWarnings(y, ['a', 'b', 'c'], 2)).toHaveLength(1);
  });
});
