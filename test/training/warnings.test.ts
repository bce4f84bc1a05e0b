/** Trainings under which nothing is learnt say so, with what to do. */
import { describe, expect, it } from 'vitest';
import { Matrix } from '../../src/data/matrix.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { DivergedError, type TrainingAbortedError } from '../../src/training/errors.js';
import type { TrainOptions } from '../../src/training/options.js';
import { columnScales } from '../../src/training/warnings/column-scales.js';
import { describeOnBackends } from '../support/backends.js';
import { ENDLESS, rejection } from '../support/training.js';

/** 500 rows of 4 columns; the class is whether the first is positive. */
const X = Float32Array.from(new RandomState(1).randn(2000));
const y = Int32Array.from({ length: 500 }, (_, i) => (X[4 * i] > 0 ? 1 : 0));
const sizes = { inputSize: 4, hiddenSize: 8, numClasses: 2 };
const brisk = { numIters: 300, batchSize: 50, learningRate: 0.5, learningRateDecay: 1 } satisfies TrainOptions;

describeOnBackends('a training warns', (backend) => {
  const newNet = (options: { std?: number; init?: 'he'; inputScale?: number } = {}) =>
    new TwoLayerNet({ ...sizes, std: 0.5, backend, ...options });
  const warningsOf = (options: TrainOptions, net = newNet(), rows: Float32Array | Float64Array | Matrix = X) =>
    net.trainSync(rows, y, null, null, options).warnings;
  const codesOf = (...args: Parameters<typeof warningsOf>) => warningsOf(...args).map(({ code }) => code);

  it('of nothing when it learns', async () => {
    expect(warningsOf(brisk)).toStrictEqual([]);
    expect((await newNet().train(X, y, X, y, { ...brisk, patience: 3 })).warnings).toStrictEqual([]);
  });

  it("of all that the article's defaults do to rows around 1", async () => {
    const history = await newNet({ std: 1e-4 }).train(X, y, null, null, { numIters: 1000 });
    expect(history.warnings.map(({ code }) => code)).toStrictEqual([
      'WARN_LEARNING_RATE_VANISHED',
      'WARN_LOSS_OF_GUESSING',
      'WARN_ONE_CLASS',
    ]);
    const [rate, loss, one] = history.warnings.map(({ message }) => message);
    expect(rate).toMatch(
      /^The learning rate fell from 0\.001 to \S+e-\d+, less than a millionth: .* nearer to 1 than 0\.95, such as 1/,
    );
    expect(loss).toMatch(
      /^After 1000 iterations the loss is 0\.693, no better than guessing: ln 2 = 0\.693\. Use a larger learning rate/,
    );
    expect(one).toMatch(/^All rows are predicted as class [01]\. /);
  });

  it('of a loss of guessing only after a while', () => {
    const slow = { ...brisk, learningRate: 1e-9 };
    expect(codesOf({ ...slow, numIters: 99 }, newNet({ std: 1e-4 }))).toStrictEqual([]);
    expect(codesOf({ ...slow, numIters: 100 }, newNet({ std: 1e-4 }))).toContain('WARN_LOSS_OF_GUESSING');
  });

  it('of a loss of guessing under a penalty, which is no part of it', () => {
    const closed = newNet({ std: 1e-4, inputScale: 0.1 });
    closed.params.W2.fill(10);
    closed.params.b1.fill(-1e6); // so that all scores are 0
    const penalized = { ...brisk, learningRate: 1e-9, reg: 0.01 };
    const { warnings, lossHistory } = closed.trainSync(X, y, null, null, penalized);
    expect(lossHistory[0]).toBeGreaterThan(8);
    expect(warnings[0].message).toContain('the loss is 0.693, no better than guessing');

    // A net that has learnt, with a penalty that makes the same loss.
    const net = newNet();
    net.trainSync(X, y, null, null, brisk);
    const squares = [...net.params.W1, ...net.params.W2].reduce((sum, value) => sum + value * value, 0);
    const more = net.trainSync(X, y, null, null, { ...penalized, reg: 1.4 / squares });
    expect(more.lossHistory.at(-1)).toBeGreaterThan(0.7);
    expect(more.warnings).toStrictEqual([]);
  });

  it('of a loss that stays above that of guessing, and whether the rate is too small or too large', () => {
    const [still] = warningsOf({ ...brisk, learningRate: 1e-9 }, newNet({ std: 3 }));
    expect(still.message).toMatch(/no better than guessing.* Use a larger learning rate than 1e-9/);
    const [, high] = warningsOf({ ...brisk, learningRate: 15 });
    expect(high.message).toMatch(/no better than guessing.* It was higher before: use a smaller learning rate than 15/);
  });

  it('of a rate that is too small where the losses of small minibatches differ much', () => {
    for (const [seed, batchSize, std] of [1, 2, 3].flatMap((seed) => [
      [seed, 4, 3],
      [seed, 2, 1],
    ])) {
      const draws = new RandomState(seed);
      const noise = Float32Array.from(draws.randn(120));
      const labels = Int32Array.from(draws.randn(30), (value) => (value > 0 ? 1 : 0));
      const net = new TwoLayerNet({ ...sizes, std, backend, random: draws });
      const still = { ...brisk, batchSize, learningRate: 1e-12 };
      const [{ message }] = net.trainSync(noise, labels, null, null, still).warnings;
      expect(message).toMatch(/no better than guessing.* Use a larger learning rate than 1e-12/);
    }
  });

  it('of a rate below a millionth of its start, and of none above', () => {
    // 500 rows: 10 iterations an epoch, so 30 decays.
    expect(codesOf({ ...brisk, learningRateDecay: 0.62 })).toStrictEqual(['WARN_LEARNING_RATE_VANISHED']);
    expect(codesOf({ ...brisk, learningRateDecay: 0.64 })).toStrictEqual([]);
  });

  it('of one class for all rows, by its name, and not when there is no other', () => {
    const rare = y.map((_, i) => (i % 25 === 0 ? 1 : 0));
    const data = { train: { X: new Matrix(X, 4), y: rare }, classNames: ['ham', 'spam'] };
    const { warnings } = newNet().trainSync(data, { ...brisk, learningRate: 0.01 });
    expect(warnings.map(({ code }) => code)).toStrictEqual(['WARN_ONE_CLASS']);
    expect(warnings[0].message).toMatch(/^All rows are predicted as class "ham"\. It has 96 % of the training rows/);
    const only = { train: { X: new Matrix(X, 4), y: y.map(() => 0) }, classNames: ['ham', 'spam'] };
    expect(newNet().trainSync(only, brisk).warnings).toStrictEqual([]);
  });

  it('of columns of very different scales, before anything else', () => {
    const rows = X.map((value, i) => (i % 4 === 2 ? 50_000 * value : value));
    const [warning] = warningsOf({ ...brisk, learningRate: 1e-12 }, newNet(), rows);
    expect(warning.code).toBe('WARN_COLUMN_SCALES');
    expect(warning.message).toMatch(
      /^Column 2 has values of about [45]\d{4}, .* those of column [013], which are at most/,
    );
  });

  it('of a loss that rises a thousandfold, also when it then diverges, and of a smaller rate', async () => {
    const { warnings } = newNet().trainSync(X, y, null, null, { ...brisk, learningRate: 1000, numIters: 3 });
    expect(warnings.map(({ code }) => code)).toStrictEqual(['WARN_LOSS_ROSE']);
    expect(warnings[0].message).toMatch(
      /^The loss rose from \S+ to \S+ by iteration [12]: .* 1000, such as 100, or rows/,
    );
    const ended = newNet().train(X, y, null, null, { ...brisk, learningRate: 1000, reg: 1 });
    const error = await rejection<DivergedError>(ended);
    expect(error).toBeInstanceOf(DivergedError);
    expect(error.history.warnings.map(({ code }) => code)).toStrictEqual(['WARN_LOSS_ROSE']);
  });

  it('when it is aborted, and once again for all iterations when it is continued', async () => {
    const still = { ...brisk, learningRate: 1e-9, numIters: ENDLESS };
    const net = newNet({ std: 1e-4 });
    const stop = new AbortController();
    const follow = { signal: stop.signal, progressInterval: 0 };
    const onProgress = ({ iteration }: { iteration: number }) => iteration >= 150 && stop.abort();
    const ended = net.train(X, y, null, null, { ...still, ...follow, onProgress: (p) => void onProgress(p) });
    const { history } = await rejection<TrainingAbortedError>(ended);
    const done = history.lossHistory.length;
    expect(history.warnings[0].message).toContain(`After ${done} iterations the loss is 0.693, no better`);
    const whole = await net.train(X, y, null, null, { ...still, numIters: done + 1, resume: history });
    expect(whole.warnings).toHaveLength(history.warnings.length);
    expect(whole.warnings[0].message).toContain(`After ${done + 1} iterations the loss is 0.693, no better`);
  });
});

describe('the scales of columns', () => {
  const rowsOf = (columns: ((i: number) => number)[], mean: Float64Array | null = null, count = 400) => {
    const data = Float64Array.from({ length: count * columns.length }, (_, at) =>
      columns[at % columns.length](Math.floor(at / columns.length)),
    );
    return { data, count, mean };
  };
  const draws = new RandomState(5).randn(400);
  const one = (i: number) => draws[i];

  it('are told apart a thousandfold, and not below', () => {
    expect(columnScales(rowsOf([one, (i) => 8000 * draws[i]]), 2)?.code).toBe('WARN_COLUMN_SCALES');
    expect(columnScales(rowsOf([one, (i) => 900 * draws[i]]), 2)).toBeUndefined();
  });

  it('include what is not centred, unless a mean is subtracted', () => {
    const year = (i: number) => 2000 + (i % 20);
    const share = (i: number) => (i % 7) / 7;
    expect(columnScales(rowsOf([share, year]), 2)?.message).toContain('Column 1 has values of about 2010');
    expect(columnScales(rowsOf([share, year], Float64Array.of(0.4, 2009.5)), 2)).toBeUndefined();
  });

  it.each([
    ['a rare category', (i: number) => (i === 7 ? 1 : 0)],
    ['a rare category, standardised', (i: number) => (i === 7 ? 20 : -0.05)],
    ['a column of zeros', () => 0],
    ['a small constant', () => 1e-9],
  ])('do not count %s as small', (_, column) => {
    expect(columnScales(rowsOf([one, column]), 2)).toBeUndefined();
  });

  it('are those of evenly spaced rows, of any number', () => {
    const D = 2 ** 15;
    const data = new Float32Array(64 * D).map((_, i) => (i % D === 5 ? 1e6 : 1) * draws[i % 397]);
    expect(columnScales({ data, count: 64, mean: null }, D)?.message).toContain('Column 5 ');
  });

  it('are not those of bytes', () => {
    const data = Uint8Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 200 : i % 3 === 0 ? 1 : 0));
    expect(columnScales({ data, count: 200, mean: Float64Array.of(0, 0.99) }, 2)).toBeUndefined();
  });
});

describeOnBackends('a training that diverges', (backend) => {
  const newNet = () => new TwoLayerNet({ ...sizes, std: 0.5, backend });
  const messageOf = async (options: TrainOptions, rows = X) =>
    (await rejection<DivergedError>(newNet().train(rows, y, null, null, { ...brisk, ...options }))).message;

  it('names the rate that was in use, and what made it', async () => {
    const grown = await messageOf({ learningRate: 1e-3, learningRateDecay: 3 });
    const rate = Number(/with a learning rate of ([\d.e+-]+):/.exec(grown)?.[1]);
    expect(rate).toBeGreaterThan(1);
    expect(grown).toMatch(/or a learning rate decay of at most 1, where 3 lets the rate grow\./);
    const { learningRateDecay: _, ...plain } = brisk;
    const net = newNet();
    const schedule = (i: number) => (i < 50 ? 0.01 : 1e30);
    const late = await rejection<DivergedError>(net.train(X, y, null, null, { ...plain, reg: 1, schedule }));
    expect(late.message).toMatch(
      /iteration 5[12] of 300 with a learning rate of 1e\+30: .* such as the default, 0\.001/,
    );
    expect(late.message).toMatch(/or a smaller reg than 1, such as the default, 0\.00001/);
  });

  it('advises a tenth of a rate that is not too far from the default, and rows of smaller numbers at it', async () => {
    const reg = { learningRate: 0.5, reg: 1e4 };
    expect(await messageOf(reg)).toMatch(
      /with a learning rate of 0\.5: try a smaller one, such as 0\.05, or a smaller reg/,
    );
    // A reg that is the default already is not advised.
    expect(await messageOf({ learningRate: 1e10, reg: 1e-5 })).not.toContain('reg');
    const large = X.map((value) => 1e9 * value);
    expect(await messageOf({ learningRate: 1e-3 }, large)).toMatch(
      /such as 0\.0001, or rows of smaller numbers: standard/,
    );
  });
});

describe('a schedule', () => {
  const codes = (options: TrainOptions) =>
    new TwoLayerNet({ ...sizes, std: 0.5, backend: 'js' })
      .trainSync(X, y, null, null, { numIters: 300, learningRate: 0.5, ...options })
      .warnings.map(({ code }) => code);

  it('is warned of if it lets the rate fall to nothing in most iterations', () => {
    for (const options of [
      { schedule: 'exponential', rateFactor: 0.5 },
      { schedule: 'step', stepEvery: 3 },
      { schedule: () => 0 },
    ] as const) {
      expect(codes(options)).toContain('WARN_LEARNING_RATE_VANISHED');
    }
  });

  it('is not warned of if the rate ends near 0', () => {
    for (const schedule of ['cosine', 'step', 'exponential', 'constant'] as const) {
      expect(codes({ schedule })).not.toContain('WARN_LEARNING_RATE_VANISHED');
    }
  });
});
