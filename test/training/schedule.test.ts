import { describe, expect, it } from 'vitest';
import type { TrainOptions } from '../../src/training/options.js';
import type { Schedule } from '../../src/training/schedule.js';
import { describeOnBackends, relativeError } from '../support/backends.js';
import { brisk, newNet, numbersOf, rejection, stateOf, X, y } from '../support/training.js';

/** The rate of every iteration: rows as many as a minibatch are an epoch. */
function ratesOf(options: TrainOptions, numIters = 12): number[] {
  const net = newNet('js');
  const all = { learningRate: 0.1, ...options, batchSize: 40, numIters };
  return net.trainSync(X, y, null, null, all).learningRateHistory;
}

function expectRates(options: TrainOptions, rates: readonly number[]): void {
  expect(relativeError(ratesOf(options, rates.length), rates)).toBeLessThan(1e-12);
}

describe('a schedule', () => {
  it('is the decay of the article by default', () => {
    expectRates({ learningRateDecay: 0.5 }, [0.1, 0.05, 0.025, 0.0125]);
  });

  it('comes after a warm-up, also the decay of the article', () => {
    expectRates({ schedule: 'constant', warmup: 4 }, [0.025, 0.05, 0.075, 0.1, 0.1, 0.1]);
    expectRates({ warmup: 2, learningRateDecay: 0.5 }, [0.05, 0.1, 0.1, 0.05, 0.025]);
    expectRates({ schedule: { kind: 'step', warmup: 2, every: 2, factor: 0.5 } }, [0.05, 0.1, 0.1, 0.1, 0.05, 0.05]);
    expectRates({ schedule: { kind: 'exponential', warmup: 1, factor: 0.5 } }, [0.1, 0.1, 0.05, 0.025]);
  });

  it('takes its numbers in one object or as options', () => {
    const object = ratesOf({ schedule: { kind: 'cosine', warmup: 3, final: 0.01 } });
    expect(ratesOf({ schedule: 'cosine', warmup: 3, finalRate: 0.01 })).toStrictEqual(object);
    expect(ratesOf({ schedule: { kind: 'cosine', final: 0.01 }, warmup: 3 })).toStrictEqual(object);
  });

  it('has numbers that fit any training when only its name is given', () => {
    expectRates({ schedule: 'step' }, [0.1, 0.1, 0.01, 0.01, 0.001, 0.001]);
    expectRates(
      { schedule: 'exponential' },
      [0.1, 0.01, 0.001].flatMap((rate) => [rate, rate / Math.sqrt(10)]).slice(0, 5),
    );
    expectRates(
      { schedule: 'cosine' },
      [0.1, 0.075, 0.025].map((rate, t) => [0.1, 0.075, 0.025][t] ?? rate),
    );
  });

  it('may be a function of the iteration and of their number', () => {
    expectRates({ schedule: (t, of) => t / of }, [0, 0.25, 0.5, 0.75]);
  });

  it('reaches the history where accuracies are measured', () => {
    const { learningRateHistory } = newNet('js').trainSync(X, y, null, null, {
      batchSize: 10,
      numIters: 10,
      schedule: (t) => t,
    });
    expect(learningRateHistory).toStrictEqual([0, 4, 8]);
  });

  it.each<[string, TrainOptions, string, RegExp]>([
    ['NaN', { schedule: () => Number.NaN }, 'ERR_NOT_FINITE', /iteration 0 but the schedule returned NaN/],
    ['a negative rate', { schedule: (t) => 3 - t }, 'ERR_OUT_OF_RANGE', /iteration 4 but the schedule returned -1/],
    ['no number', { schedule: (() => '1') as never }, 'ERR_INVALID_TYPE', /iteration 0 but the schedule returned "1"/],
    ['an unknown name', { schedule: 'linear' as never }, 'ERR_INVALID_TYPE', /"decay", "constant", "step"/],
    [
      'an unknown kind',
      { schedule: { kind: 'linear' as never } },
      'ERR_INVALID_TYPE',
      /schedule\.kind but received "l/,
    ],
    ['an array', { schedule: [] as never }, 'ERR_INVALID_TYPE', /for schedule but received an array of 0/],
    ['an unknown key', { schedule: { kind: 'step', steps: 3 } as never }, 'ERR_UNKNOWN_OPTION', /"steps" in schedule/],
    [
      'a key of another kind',
      { schedule: { kind: 'cosine', every: 3 } },
      'ERR_CONFLICT',
      /warmup and final at most beside schedule\.kind "cosine" but received every \(3\)/,
    ],
    [
      'a number of another kind',
      { schedule: 'step', finalRate: 1 },
      'ERR_CONFLICT',
      /^finalRate .*, but schedule is "step"/,
    ],
    [
      'a number twice',
      { schedule: { kind: 'step', every: 3 }, stepEvery: 3 },
      'ERR_CONFLICT',
      /schedule\.every and step/,
    ],
    ['a number beside a function', { schedule: () => 1, warmup: 3 }, 'ERR_CONFLICT', /a function.* and warmup/],
    [
      'a decay',
      { schedule: 'cosine', learningRateDecay: 0.9 },
      'ERR_CONFLICT',
      /^learningRateDecay .*, but schedule is "cos/,
    ],
    [
      'a decay beside a function',
      { schedule: () => 1, learningRateDecay: 0.9 },
      'ERR_CONFLICT',
      /schedule is a function/,
    ],
    [
      'a warm-up as long as training',
      { warmup: 12 },
      'ERR_CONFLICT',
      /below the 12 iterations \(numIters\) but received 12/,
    ],
    ['more rates than fit', { schedule: 'cosine', numIters: 2 ** 31 - 1 }, 'ERR_OUT_OF_RANGE', /134217728 iterations/],
  ])('is refused with %s before anything is done', async (_, options, code, message) => {
    const net = newNet('js');
    const before = stateOf(net);
    const error = await rejection(net.train(X, y, null, null, { ...brisk, numIters: 12, ...options }));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(stateOf(net)).toStrictEqual(before);
  });

  it('may end near 0 without a warning', () => {
    const options = { schedule: 'cosine', numIters: 3000, batchSize: 40, learningRate: 0.1 } as const;
    const { learningRate, warnings } = newNet('js').trainSync(X, y, null, null, options);
    expect(learningRate).toBeLessThan(1e-7);
    expect(warnings).toStrictEqual([]);
  });

  it('does not contradict a learning rate that does not decay', () => {
    expect(ratesOf({ schedule: 'cosine', learningRateDecay: 1 })).toStrictEqual(ratesOf({ schedule: 'cosine' }));
  });
});

describeOnBackends('a schedule of a training that is continued', (backend) => {
  it.each<[string, Schedule]>([
    ['cosine with warm-up', { kind: 'cosine', warmup: 5, final: 0.01 }],
    ['a function', (t, of) => 0.2 * (1 - t / of)],
    ['exponential', 'exponential'],
    ['constant', 'constant'],
  ])('is that of the whole: %s', (_, schedule) => {
    const options = { ...brisk, schedule, sampling: 'permutation' } as const;
    const whole = newNet(backend);
    const expected = whole.trainSync(X, y, X, y, { ...options, numIters: 30 });
    const parts = newNet(backend);
    let history: typeof expected | undefined;
    const controller = new AbortController();
    try {
      parts.trainSync(X, y, X, y, {
        ...options,
        numIters: 30,
        progressInterval: 0,
        signal: controller.signal,
        onProgress: ({ iteration }) => iteration === 13 && controller.abort(),
      });
    } catch (error) {
      history = (error as { history: typeof expected }).history;
    }
    expect(history?.lossHistory.length).toBeLessThan(30);
    const continued = parts.trainSync(X, y, X, y, { ...options, numIters: 30, resume: history });
    expect(numbersOf(continued)).toStrictEqual(numbersOf(expected));
    expect(stateOf(parts)).toStrictEqual(stateOf(whole));
  });
});
