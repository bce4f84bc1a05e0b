import { describe, expect, it } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import type { EpochMetrics, TrainingHistory } from '../../src/training/history.js';
import type { TrainOptions } from '../../src/training/options.js';
import { describeOnBackends } from '../support/backends.js';
import { brisk, ENDLESS, newNet, rejection, X, y } from '../support/training.js';

/** Enough for timers that are due to run. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

const everyIteration = { ...brisk, progressInterval: 0 };
/** E of 40 rows in minibatches of 9. */
const EPOCH = 4;

describeOnBackends('what callbacks return', (backend) => {
  it('is awaited before the next call and before the training ends', async () => {
    const events: string[] = [];
    let running = 0;
    const onProgress = async ({ iteration }: { iteration: number }) => {
      expect(++running).toBe(1);
      events.push(`begin ${iteration}`);
      await turn();
      events.push(`end ${iteration}`);
      running--;
    };
    await newNet(backend).train(X, y, null, null, { ...everyIteration, numIters: 200, onProgress });
    expect(events.at(-1)).toBe('end 200');
    expect(events.length).toBeGreaterThan(3);
    expect(events.filter((_, i) => i % 2 === 1)).toStrictEqual(
      events.filter((_, i) => i % 2 === 0).map((event) => event.replace('begin', 'end')),
    );
  });

  it.each([
    ['a rejection', () => Promise.reject(new Error('full'))],
    [
      'a later rejection',
      async () => {
        await turn();
        throw new Error('full');
      },
    ],
  ])('ends training with the error of %s', async (_, onProgress) => {
    const net = newNet(backend);
    const options = { ...everyIteration, numIters: ENDLESS };
    expect((await rejection(net.train(X, y, null, null, { ...options, onProgress }))).message).toBe('full');
    expect((await rejection(net.train(X, y, null, null, { ...options, onEpochEnd: onProgress }))).message).toBe('full');
    // The net is free, and trains.
    await net.train(X, y, null, null, brisk);
  });

  it('ends training with a rejection of the last call', async () => {
    const onProgress = async ({ iteration }: { iteration: number }) => {
      await turn();
      if (iteration === 9) throw new Error('at the end');
    };
    const training = newNet(backend).train(X, y, null, null, { ...brisk, numIters: 9, onProgress });
    expect((await rejection(training)).message).toBe('at the end');
  });

  it('is refused by trainSync if it is a promise', () => {
    const net = newNet(backend);
    const refused = expect.objectContaining({ code: 'ERR_ASYNC_CALLBACK', name: 'TypeError' });
    const late = async () => {
      throw new Error('nobody sees this');
    };
    expect(() => net.trainSync(X, y, null, null, { ...brisk, onProgress: late })).toThrow(refused);
    expect(() => net.trainSync(X, y, null, null, { ...brisk, onEpochEnd: late })).toThrow(refused);
    net.trainSync(X, y, null, null, { ...brisk, onProgress: () => 'anything else' });
  });

  it('of several callbacks is awaited one after the other, those of the options first', async () => {
    const events: string[] = [];
    const told = (name: string) => async () => {
      await turn();
      events.push(name);
    };
    const callbacks = [
      { onProgress: told('b') },
      { onEpochEnd: told('e') },
      { onProgress: told('c'), onEpochEnd: told('f') },
    ];
    await newNet(backend).train(X, y, null, null, {
      ...brisk,
      numIters: EPOCH,
      onProgress: told('a'),
      onEpochEnd: told('d'),
      callbacks,
    });
    expect(events.slice(0, 6).join('')).toBe('defabc');
  });
});

describeOnBackends('onEpochEnd', (backend) => {
  function epochsOf(options: TrainOptions, validation: boolean) {
    const told: EpochMetrics[] = [];
    const onEpochEnd = (metrics: EpochMetrics) => void told.push(metrics);
    const [Xval, yval] = validation ? [X, y] : [null, null];
    const history = newNet(backend).trainSync(X, y, Xval, yval, { ...brisk, ...options, onEpochEnd });
    return { told, history };
  }

  it.each([0, 5000])('is called once for each epoch, in order, with a progress every %d ms', (progressInterval) => {
    const { told, history } = epochsOf({ epochs: 6, progressInterval, learningRateDecay: 0.9 }, true);
    const loss = (epoch: number) =>
      history.lossHistory.slice(epoch * EPOCH, (epoch + 1) * EPOCH).reduce((sum, one) => sum + one / EPOCH, 0);
    expect(told).toStrictEqual(
      Array.from({ length: 6 }, (_, epoch) => ({
        epoch,
        iteration: (epoch + 1) * EPOCH,
        loss: expect.closeTo(loss(epoch), 12),
        trainAccuracy: history.trainAccHistory[epoch],
        valAccuracy: history.valAccHistory[epoch],
        valLoss: history.valLossHistory[epoch],
        learningRate: history.learningRateHistory[epoch],
      })),
    );
    expect(told[5].valLoss).toBeGreaterThan(0);
  });

  it('is called for a last epoch that is shorter, and has no validation without rows', () => {
    const { told } = epochsOf({ numIters: EPOCH + 1 }, false);
    expect(told.map(({ epoch, iteration }) => [epoch, iteration])).toStrictEqual([
      [0, EPOCH],
      [1, EPOCH + 1],
    ]);
    expect(told[1]).toMatchObject({ valAccuracy: undefined, valLoss: undefined });
  });

  it('goes on with a training that is continued', () => {
    const told: number[] = [];
    const net = newNet(backend);
    const onEpochEnd = ({ epoch, iteration }: EpochMetrics) => void told.push(epoch, iteration);
    const resume = net.trainSync(X, y, null, null, { ...brisk, epochs: 2 });
    net.trainSync(X, y, null, null, { ...brisk, epochs: 4, resume, onEpochEnd });
    expect(told).toStrictEqual([2, 3 * EPOCH, 3, 4 * EPOCH]);
  });
});

describe('callbacks', () => {
  it.each<[string, unknown, RegExp]>([
    ['no list', { onProgress: () => {} }, /an array of callbacks for callbacks but received an object/],
    ['a function', [() => {}], /an object of callbacks for callbacks\[0\] but received a function/],
    [
      'an unknown kind',
      [{}, { onBatchEnd: () => {} }],
      /onProgress or onEpochEnd in callbacks\[1\] but rec.*"onBatchEnd"/,
    ],
    ['something else', [{ onEpochEnd: 'log' }], /a function for callbacks\[0\]\.onEpochEnd but received "log"/],
  ])('are refused if they are %s', async (_, callbacks, message) => {
    const error = await rejection(newNet('js').train(X, y, null, null, { ...brisk, callbacks: callbacks as [] }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_TYPE', message: expect.stringMatching(message) });
  });

  it('follow a Classifier, which waits for them', async () => {
    const told: number[] = [];
    const progress: number[] = [];
    const rows = Array.from({ length: 60 }, (_, i) => [i % 7, i]);
    const labels = rows.map(([, i]) => (i < 30 ? 'low' : 'high'));
    const options = {
      epochs: 3,
      validation: 0,
      backend: 'js',
      onEpochEnd: async ({ epoch }: EpochMetrics) => {
        await turn();
        told.push(epoch);
      },
      callbacks: [{ onProgress: ({ iteration }: { iteration: number }) => void progress.push(iteration) }],
    } as const;
    const { history } = await Classifier.fit(rows, labels, options);
    expect(told).toStrictEqual([0, 1, 2]);
    expect(progress.at(-1)).toBe(history?.lossHistory.length);
    const failing = Classifier.fit(rows, labels, { ...options, onEpochEnd: () => Promise.reject(new Error('no')) });
    expect((await rejection(failing)).message).toBe('no');
  });
});

describeOnBackends('the accuracies of the net that is returned', (backend) => {
  const accuracy = (net: ReturnType<typeof newNet>) =>
    Array.from(net.predict(X)).filter((label, i) => label === y[i]).length / y.length;

  it('are measured over all rows at the end', async () => {
    const net = newNet(backend);
    const history = await net.train(X, y, X, y, { ...brisk, epochs: 2 });
    expect(history.trainAccuracy).toBe(accuracy(net));
    expect(history.valAccuracy).toBe(accuracy(net));
    const best = await net.train(X, y, X, y, { ...brisk, numIters: 400, patience: 3, minGain: 0.1 });
    expect(best.bestIteration).toBeLessThan(best.lossHistory.length);
    expect(best.trainAccuracy).toBe(accuracy(net));
  });

  it('are not measured by a call of less than an epoch, unless they are asked for', () => {
    const accuracies = (options: TrainOptions): [number | undefined, number | undefined] => {
      const history: TrainingHistory = newNet(backend).trainSync(X, y, null, null, { ...brisk, ...options });
      return [history.trainAccuracy, history.valAccuracy];
    };
    expect(accuracies({ numIters: EPOCH - 1 })).toStrictEqual([undefined, undefined]);
    expect(accuracies({ numIters: EPOCH })).toStrictEqual([expect.any(Number), undefined]);
    expect(accuracies({ numIters: EPOCH, finalAccuracies: false })).toStrictEqual([undefined, undefined]);
    expect(accuracies({ numIters: 1, finalAccuracies: true })).toStrictEqual([expect.any(Number), undefined]);
  });
});
