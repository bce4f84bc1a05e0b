import { describe, expect, it } from 'vitest';
import type { TrainOptions } from '../../src/training/options.js';
import { rowWeights } from '../../src/training/weights.js';
import { describeOnBackends } from '../support/backends.js';
import { brisk, newNet, rejection, stateOf, X, y } from '../support/training.js';

const labels = Int32Array.of(0, 0, 0, 1, 2, 2);
const NAMES = ['ham', 'spam', 'eggs'];
const weigh = (classWeights: TrainOptions['classWeights'], sampleWeights?: TrainOptions['sampleWeights']) =>
  rowWeights({ classWeights, sampleWeights }, labels, 3, NAMES);

describe('the weights of rows', () => {
  it('are those of their classes times their own', () => {
    expect(weigh([1, 2, 3])).toStrictEqual(Float64Array.of(1, 1, 1, 2, 3, 3));
    expect(weigh({ spam: 4, ham: 0.5 })).toStrictEqual(Float64Array.of(0.5, 0.5, 0.5, 4, 1, 1));
    expect(weigh(undefined, [1, 2, 3, 4, 5, 6])).toStrictEqual(Float64Array.of(1, 2, 3, 4, 5, 6));
    expect(weigh([1, 2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))).toStrictEqual(Float64Array.of(1, 2, 3, 8, 15, 18));
  });

  it("are scikit-learn's if they are balanced", () => {
    // sklearn.utils.class_weight.compute_class_weight('balanced', classes=[0, 1, 2], y=[0, 0, 0, 1, 2, 2])
    const [a, b, c] = [6 / 9, 2, 1];
    expect(weigh('balanced')).toStrictEqual(Float64Array.of(a, a, a, b, c, c));
  });

  it('stay in the range of float32 if all are outside of it', () => {
    const tiny = weigh(undefined, [1e-300, 2e-300, 0, 1e-300, 1e-300, 1e-300]);
    expect(tiny?.[1]).toBeGreaterThanOrEqual(1);
    expect(tiny?.[1]).toBeLessThan(2);
    expect(Array.from(tiny ?? [], (weight) => weight / (tiny?.[0] ?? 0))).toStrictEqual([1, 2, 0, 1, 1, 1]);
    expect(weigh(undefined, [1e300, 2e300, 0, 1e300, 1e300, 1e300])?.[1]).toBeLessThan(2);
  });

  it('are none if all rows count alike', () => {
    expect(weigh('none')).toBeNull();
    expect(weigh(undefined)).toBeNull();
  });

  it('name classes without names by their labels', () => {
    expect(rowWeights({ classWeights: { 1: 5 }, sampleWeights: undefined }, labels, 3, undefined)?.[3]).toBe(5);
  });
});

describeOnBackends('weights of rows', (backend) => {
  it('of whole numbers train as rows that are there so often, on all rows at once', async () => {
    const often = Array.from(y, (label) => 1 + label);
    const repeated = Array.from(y.keys()).flatMap((row) => new Array<number>(often[row]).fill(row));
    const D = X.length / y.length;
    const rows = repeated.map((row) => X.subarray(row * D, (row + 1) * D));
    const options = { learningRate: 0.1, numIters: 20, sampling: 'permutation' } as const;
    const weighted = newNet(backend);
    const { lossHistory } = await weighted.train(X, y, null, null, {
      ...options,
      batchSize: y.length,
      sampleWeights: often,
    });
    const copied = newNet(backend);
    const twice = await copied.train(
      rows,
      repeated.map((row) => y[row]),
      null,
      null,
      { ...options, batchSize: rows.length },
    );
    expect(lossHistory.map((loss, i) => Math.abs(loss - twice.lossHistory[i]) < 1e-12)).not.toContain(false);
    const byClass = newNet(backend);
    const classes = { ...options, batchSize: y.length, classWeights: [1, 2, 3] };
    expect((await byClass.train(X, y, null, null, classes)).lossHistory).toStrictEqual(lossHistory);
  });

  it.each<[string, TrainOptions, string, RegExp]>([
    [
      'too few',
      { sampleWeights: [1, 2] },
      'ERR_SHAPE',
      /Expected 40 sampleWeights, one for each training row, but received 2/,
    ],
    [
      'of too few classes',
      { classWeights: [1, 2] },
      'ERR_SHAPE',
      /Expected 3 classWeights, one for each class, but received 2/,
    ],
    [
      'negative',
      { sampleWeights: new Array(40).fill(-1) },
      'ERR_OUT_OF_RANGE',
      /at least 0 for sampleWeights\[0\] but rec/,
    ],
    ['NaN', { classWeights: [1, Number.NaN, 1] }, 'ERR_NOT_FINITE', /for classWeights\[1\] but received NaN/],
    [
      'infinite',
      { classWeights: { 0: Number.POSITIVE_INFINITY } },
      'ERR_NOT_FINITE',
      /classWeights\["0"\] but received Inf/,
    ],
    [
      'of a class that is not there',
      { classWeights: { cat: 1 } },
      'ERR_CONFLICT',
      /classes \(0, 1, 2\).*received "cat"/,
    ],
    ['all 0', { sampleWeights: new Array(40).fill(0) }, 'ERR_CONFLICT', /sampleWeights by which all 40 rows have a w/],
    [
      'all 0 for the rows that are there',
      { classWeights: { 0: 0, 1: 0, 2: 0 } },
      'ERR_CONFLICT',
      /classWeights by which/,
    ],
    [
      'too large together',
      { classWeights: [1e300, 1, 1], sampleWeights: new Array(40).fill(1e300) },
      'ERR_NOT_FINITE',
      /Inf/,
    ],
    [
      'a word',
      { classWeights: 'equal' as never },
      'ERR_INVALID_TYPE',
      /"none", "balanced" for classWeights but received "eq/,
    ],
    ['a number', { classWeights: 3 as never }, 'ERR_INVALID_TYPE', /for classWeights but received 3/],
    [
      'no list',
      { sampleWeights: 'balanced' as never },
      'ERR_INVALID_TYPE',
      /an array of numbers for sampleWeights but/,
    ],
  ])('are refused if they are %s, before anything is done', async (_, options, code, message) => {
    const net = newNet(backend);
    const before = stateOf(net);
    const error = await rejection(net.train(X, y, null, null, { ...brisk, ...options }));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(stateOf(net)).toStrictEqual(before);
  });
});
