import { describe, expect, it } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { crossValidate } from '../../src/classifier/cross-validate.js';
import { Dataset } from '../../src/data/dataset.js';
import { stratifiedFolds } from '../../src/data/folds.js';
import { Matrix } from '../../src/data/matrix.js';
import { RandomState } from '../../src/random/random-state.js';
import { describeOnBackends } from '../support/backends.js';
import { rejection, rows } from '../support/training.js';

const { X, y } = rows(103);
const NAMES = ['low', 'middle', 'high'];
const named = y.map((label) => NAMES[label]);
const data = new Dataset({ train: { X, y }, inputSize: 7, classNames: NAMES });
const brief = { epochs: 12, hiddenSize: 8, seed: 4 };

describeOnBackends('crossValidate', (backend) => {
  it('equals fits on the other rows of each fold, one after the other', async () => {
    const { folds, accuracy, logLoss } = await crossValidate(data, { ...brief, backend, folds: 4 });
    const foldOf = stratifiedFolds(data.train.y, 3, 4, new RandomState(4));
    const expected = [];
    for (let fold = 0; fold < 4; fold++) {
      const take = (wanted: boolean) => {
        const chosen = [...y.keys()].filter((row) => (foldOf[row] === fold) === wanted);
        return { X: chosen.map((row) => X.slice(row * 7, row * 7 + 7)), y: chosen.map((row) => NAMES[y[row]]) };
      };
      const [others, own] = [take(false), take(true)];
      const classifier = await Classifier.fit(others.X, others.y, { ...brief, backend, threads: 1, classes: NAMES });
      expected.push(await classifier.evaluate(own.X, own.y));
    }
    expect(folds).toStrictEqual(expected);
    const accuracies = expected.map((evaluation) => evaluation.accuracy);
    const mean = accuracies.reduce((sum, value) => sum + value) / 4;
    expect(accuracy.mean).toBeCloseTo(mean, 14);
    const squares = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect(accuracy.deviation).toBeCloseTo(Math.sqrt(squares / 3), 14);
    expect(logLoss.mean).toBeCloseTo(expected.reduce((sum, one) => sum + one.logLoss, 0) / 4, 14);
  });
});

describe('crossValidate', () => {
  it.each([1, 2, 3, 16])('has the same results on %i threads', async (threads) => {
    expect(await crossValidate(data, { ...brief, threads })).toStrictEqual(await crossValidate(data, brief));
  });

  it('validates every row once', async () => {
    const { folds } = await crossValidate(X, named, { ...brief, inputSize: 7 });
    expect(folds).toHaveLength(5);
    expect(folds.map(({ classes }) => classes.reduce((sum, { rows }) => sum + rows, 0)).sort()).toEqual([
      20, 20, 21, 21, 21,
    ]);
    const sorted = [...new Set(named)].sort();
    for (const [c, name] of sorted.entries()) {
      const inFolds = folds.reduce((sum, { classes }) => sum + classes[c].rows, 0);
      expect(inFolds, name).toBe(named.filter((label) => label === name).length);
    }
  });

  it('warns of classes with fewer rows than folds, and judges without them', async () => {
    const few = named.map((label, i) => (i < 3 ? 'rare' : label));
    const { warnings, folds } = await crossValidate(new Matrix(X, 7), few, brief);
    expect(warnings).toEqual(['Class "rare" has 3 rows, fewer than the 5 folds: some folds have none to judge by']);
    expect(folds.every(({ accuracy }) => accuracy > 0)).toBe(true);
  });

  it('gathers what the trainings warned of, each kind once', async () => {
    expect((await crossValidate(data, brief)).warnings).toEqual([]);
    const idle = { ...brief, patience: 0, validation: 0, epochs: 40, learningRate: 1e-12 };
    const { warnings } = await crossValidate(data, { ...idle, folds: 3 });
    expect(warnings).toEqual([expect.stringMatching(/^In all folds: After \d+ iterations the loss is .* guessing/)]);
    // One row is huge: all folds but its own train on it.
    const rowsWithOne = Float64Array.from(X);
    rowsWithOne[0] = 1e12;
    const one = await crossValidate(new Matrix(rowsWithOne, 7), named, { ...idle, folds: 3, standardize: false });
    const scales = one.warnings.filter((warning) => /: Column 0/.test(warning));
    expect(scales).toEqual([expect.stringMatching(/^In folds \d, \d of 3: /)]);
  });

  it.each<[string, () => Promise<unknown>, string, RegExp]>([
    ['one fold', () => crossValidate(data, { folds: 1 }), 'ERR_OUT_OF_RANGE', /folds/],
    ['more folds than rows', () => crossValidate(data, { folds: 104 }), 'ERR_OUT_OF_RANGE', /folds.*104/],
    ['a stream', () => crossValidate(data, { random: 1 } as object), 'ERR_UNKNOWN_OPTION', /"random"/],
    ['classes beside a data set', () => crossValidate(data, { classes: NAMES }), 'ERR_CONFLICT', /classNames/],
    ['a learning rate of 0', () => crossValidate(data, { learningRate: 0 }), 'ERR_OUT_OF_RANGE', /learningRate/],
  ])('refuses %s', async (_, validate, code, message) => {
    const error = await rejection(validate());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('is rejected with the first error of a training', async () => {
    const error = await rejection(crossValidate(data, { ...brief, learningRate: 1e30 }));
    expect(error.code).toBe('ERR_DIVERGED');
  });

  it('ends when its signal says so', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const validation = rejection(
      crossValidate(data, { signal: abort.signal, epochs: 1e6, patience: 0, threads: 2, folds: 10 }),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    abort.abort(reason);
    expect(await validation).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: reason });
  });
});
