/** A training goes on only as it began: with the same settings, schedule, rows and labels. */
import { describe, expect, it } from 'vitest';
import { restoreTraining } from '../../src/net/restore-training.js';
import type { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { TrainingAbortedError } from '../../src/training/errors.js';
import type { TrainingHistory } from '../../src/training/history.js';
import type { TrainOptions } from '../../src/training/options.js';
import { type TrainingState, trainingState } from '../../src/training/state.js';
import { describeOnBackends } from '../support/backends.js';
import { brisk, newNet, numbersOf, rejection, rows, stateOf, X, y } from '../support/training.js';

const BEGUN = { ...brisk, learningRateDecay: 0.9, numIters: 5 } satisfies TrainOptions;
const WHOLE = { ...BEGUN, numIters: 9 } satisfies TrainOptions;

describeOnBackends('a training that is continued', (backend) => {
  const begun = (options: TrainOptions = BEGUN) => {
    const net = newNet(backend);
    return { net, history: net.trainSync(X, y, null, null, options) };
  };

  it.each<[TrainOptions, RegExp]>([
    [
      { dropout: 0.5 },
      /Expected a dropout of 0, by which the training to resume was made, but received 0\.5: leave out/,
    ],
    [{ inputDropout: 0.1 }, /inputDropout of 0, .* received 0\.1/],
    [{ reg: 1 }, /reg of 0\.01, .* received 1:/],
    [{ batchSize: 8 }, /batchSize of 9, .* received 8/],
    [{ shards: 2 }, /shards of 1, .* received 2/],
    [{ momentum: 0.9 }, /momentum of 0, .* received 0\.9/],
    [{ clipNorm: 1 }, /clipNorm of 0, .* received 1/],
    [{ labelSmoothing: 0.1 }, /labelSmoothing of 0, /],
    [{ sampling: 'permutation' }, /sampling of "replacement", .* received "permutation"/],
    [{ learningRateDecay: 0.5 }, /learningRateDecay of 0\.9, .* received 0\.5/],
    [{ monitor: 'loss', patience: 3 }, /(patience of 0|monitor of "accuracy"), .* received /],
    [{ optimizer: 'adam' }, /optimizer "sgd", .* received "adam"/],
    [{ schedule: 'cosine', learningRateDecay: 1 }, /the schedule by which .* was made, "decay", but received "cosine"/],
  ])('is refused with another setting, by name: %o', async (change, message) => {
    const { net, history } = begun();
    const before = stateOf(net);
    // Through JSON, as a history may come from elsewhere.
    const resume = JSON.parse(JSON.stringify(history)) as TrainingHistory;
    const error = await rejection(net.train(X, y, null, null, { ...WHOLE, ...change, resume }));
    expect(error).toMatchObject({ code: 'ERR_CONFLICT', message: expect.stringMatching(message) });
    expect(stateOf(net)).toStrictEqual(before);
  });

  it('is refused with another schedule, or a part of one', async () => {
    const cosine = { ...brisk, schedule: 'cosine', numIters: 12 } as const;
    const { net, history } = begun(cosine);
    for (const [change, message] of [
      [
        { numIters: 20 },
        /"cosine", but received "cosine", with a learning rate of 0\.0\d+ and not 0\.0\d+ in iteration 4/,
      ],
      [{ numIters: 20, learningRate: 0.2 }, /a learning rate of 0\.2 and not 0\.1 in iteration 0: .*same schedule/],
      [{ numIters: 20, schedule: () => 0.1 }, /"cosine", but received "function"/],
      [{ numIters: 20, schedule: 'decay' }, /"cosine", but received "decay": continue with the same schedule/],
    ] as const) {
      const error = await rejection(net.train(X, y, null, null, { ...cosine, ...change, resume: history }));
      expect(error).toMatchObject({ code: 'ERR_CONFLICT', message: expect.stringMatching(message) });
    }
  });

  it('is refused with other rows or labels', async () => {
    const { net, history } = begun();
    const other = rows(40, 7).X.map((value, i) => (i === 14 ? value + 1 : value));
    for (const [given, labels] of [
      [X, y.map((label) => (label + 1) % 3)],
      [other, y],
      [X.slice(0, 7 * 30), y.slice(0, 30)],
    ] as const) {
      const error = await rejection(net.train(given, labels, null, null, { ...WHOLE, resume: history }));
      expect(error).toMatchObject({ code: 'ERR_CONFLICT' });
      expect(error.message).toMatch(
        /rows and labels on which the training to resume was made \(40x7\), with the same weights, but received oth/,
      );
    }
  });

  it('is refused with one other label, or other weights, of many rows', async () => {
    const many = rows(500, 7);
    const net = newNet(backend);
    const history = net.trainSync(many.X, many.y, null, null, BEGUN);
    const labels = many.y.map((label, i) => (i === 8 ? (label + 1) % 3 : label));
    const changes = [
      [labels, {}],
      [many.y, { classWeights: [1, 2, 1] }],
      [many.y, { sampleWeights: many.y.map((_, i) => (i === 8 ? 2 : 1)) }],
    ] as const;
    for (const [given, more] of changes) {
      const error = await rejection(net.train(many.X, given, null, null, { ...WHOLE, ...more, resume: history }));
      expect(error).toMatchObject({ code: 'ERR_CONFLICT', message: expect.stringMatching(/with the same weights/) });
    }
  });

  it('may have what does not change its numbers, and a history that remembers nothing', async () => {
    const whole = begun(WHOLE);
    for (const more of [{}, { learningRate: 7 }, { progressInterval: 1 }, { finalAccuracies: true }]) {
      const { net, history } = begun();
      const rest = await net.train(
        Array.from({ length: 40 }, (_, i) => [...X.subarray(7 * i, 7 * i + 7)]),
        y,
        null,
        null,
        {
          ...WHOLE,
          ...more,
          resume: history,
        },
      );
      expect(numbersOf(rest)).toStrictEqual(numbersOf(whole.history));
      expect(stateOf(net)).toStrictEqual(stateOf(whole.net));
    }
    const { net, history } = begun();
    const { settings: _, schedule: __, data: ___, ...old } = history;
    const rest = await net.train(X, y, null, null, { ...WHOLE, reg: 1, resume: old });
    expect(rest.lossHistory).toHaveLength(9);
    expect(rest.settings).toMatchObject({ reg: 1 });
  });

  it('is that of an abort under a schedule', async () => {
    const cosine = { ...brisk, schedule: 'cosine', warmup: 3, numIters: 4000 } as const;
    const net = newNet(backend);
    const abort = new AbortController();
    const onProgress = ({ iteration }: { iteration: number }) => iteration >= 20 && abort.abort();
    const stopping = { ...cosine, progressInterval: 0, signal: abort.signal, onProgress };
    let resume: TrainingHistory | undefined;
    try {
      net.trainSync(X, y, null, null, stopping);
    } catch (error) {
      if (!(error instanceof TrainingAbortedError)) throw error;
      resume = error.history;
    }
    const rest = await net.train(X, y, null, null, { ...cosine, resume });
    expect(numbersOf(rest)).toStrictEqual(numbersOf(begun(cosine).history));
  });
});

describe('a training state', () => {
  const net: TwoLayerNet = newNet('js');
  const adam = { ...brisk, optimizer: 'adam' } as const;
  const history = net.trainSync(X, y, X, y, { ...adam, numIters: 4, patience: 9 });
  const best = { iterations: 4, monitored: 1, epochsSince: 0, parameters: structuredClone(net.params) };
  const state: TrainingState = { ...trainingState(net, history), best };
  const short = { ...net.params, b2: new Float64Array(1) };

  it('is restored as a copy', () => {
    const restored = restoreTraining(structuredClone(state), { backend: 'js' });
    expect(stateOf(restored)).toStrictEqual(stateOf(net));
    expect(restored.best).toEqual(best);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['nothing', null, 'ERR_INVALID_TYPE', /an object for a training state but received null/],
    [
      'a misspelt field',
      { ...state, slot: [] },
      'ERR_UNKNOWN_OPTION',
      /"slot" in a training state: did you mean slots/,
    ],
    ['no parameters', { ...state, params: {} }, 'ERR_INVALID_TYPE', /a Float64Array for params of the state\.W1 but/],
    ['too few parameters', { ...state, params: short }, 'ERR_SHAPE', /3 numbers for params of the state\.b2/],
    ['no slots', { ...state, slots: undefined }, 'ERR_INVALID_TYPE', /an array of sets of arrays for slots/],
    ['a number for a slot', { ...state, slots: [1] }, 'ERR_INVALID_TYPE', /W1, b1, W2 and b2 for slots\[0\] but/],
    ['too small a slot', { ...state, slots: [net.slots[0], short] }, 'ERR_SHAPE', /3 numbers for slots\[1\]\.b2/],
    ['a number for the best', { ...state, best: 5 }, 'ERR_INVALID_TYPE', /an object for best, the best epoch, but/],
    [
      'the best of −1',
      { ...state, best: { ...best, iterations: -1 } },
      'ERR_OUT_OF_RANGE',
      /best\.iterations but .*-1/,
    ],
    ['the best of NaN', { ...state, best: { ...best, monitored: Number.NaN } }, 'ERR_NOT_FINITE', /best\.monitored/],
    ['another dtype', { ...state, dtype: 'float32' }, 'ERR_INVALID_TYPE', /a Float32Array for params of the state\.W1/],
    ['another size', { ...state, inputSize: 8 }, 'ERR_SHAPE', /40 numbers for params of the state\.W1/],
    ['no stream', { ...state, random: undefined }, 'ERR_INVALID_TYPE', /position of a stream for random of the state/],
    ['no history', { ...state, history: 5 }, 'ERR_INVALID_TYPE', /history of a training for history of the state/],
  ])('is refused with %s', (_, changed, code, message) => {
    const restore = () => restoreTraining(changed as TrainingState, { backend: 'js' });
    expect(restore).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it('is refused on a net whose slots were changed', async () => {
    const restored = restoreTraining(state, { backend: 'js' });
    restored.slots[1] = short;
    const error = await rejection(restored.train(X, y, X, y, { ...adam, numIters: 9, patience: 9, resume: history }));
    expect(error).toMatchObject({ code: 'ERR_SHAPE', message: expect.stringMatching(/for slots\[1\]\.b2/) });
  });
});
