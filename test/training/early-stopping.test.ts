/** Patience: the end of a training that no longer gains, and the best epoch that it goes back to. */
import { expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { restoreTraining } from '../../src/net/restore-training.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { TrainingAbortedError } from '../../src/training/errors.js';
import type { TrainOptions } from '../../src/training/options.js';
import { trainingState } from '../../src/training/state.js';
import { describeOnBackends } from '../support/backends.js';
import { rejection } from '../support/training.js';

/** Labels at random: a net soon knows the training rows by heart, and predicts others worse and worse. */
const D = 12;
const random = new RandomState(4);
const X = random.randn(60 * D);
const y = Array.from(random.choice(3, 60));
const Xval = random.randn(40 * D);
const yval = Array.from(random.choice(3, 40));
/** An epoch is 3 iterations. */
const OPTIONS = { batchSize: 20, learningRate: 0.3, learningRateDecay: 1, epochs: 1000 } satisfies TrainOptions;

function newNet(backend: BackendName): TwoLayerNet {
  return new TwoLayerNet({ inputSize: D, hiddenSize: 20, numClasses: 3, init: 'he', dtype: 'float64', backend });
}

const monitors = ['loss', 'accuracy'] as const;

describeOnBackends('a training with patience', (backend) => {
  it.each(monitors)('ends after that many epochs without a gain in %s, with the best parameters', (monitor) => {
    const net = newNet(backend);
    const history = net.trainSync(X, y, Xval, yval, { ...OPTIONS, patience: 4, monitor });
    const values = history[monitor === 'loss' ? 'valLossHistory' : 'valAccHistory'];
    const best = values.indexOf(monitor === 'loss' ? Math.min(...values) : Math.max(...values));
    expect(values.length - 1 - best).toBe(4);
    expect(history.bestIteration).toBe(3 * best + 1);
    expect(history.lossHistory.length).toBe(3 * (best + 4) + 1);
    const { epochs: _, ...others } = OPTIONS;
    const same = newNet(backend);
    same.trainSync(X, y, null, null, { ...others, numIters: 3 * best + 1 });
    expect(net.params).toStrictEqual(same.params);
  });

  it('has the best parameters after its last iteration as well', () => {
    const net = newNet(backend);
    const { epochs: _, ...others } = OPTIONS;
    const history = net.trainSync(X, y, Xval, yval, { ...others, numIters: 60, patience: 1000 });
    expect(history.lossHistory.length).toBe(60);
    expect(history.bestIteration).toBeLessThan(58);
    const same = newNet(backend);
    same.trainSync(X, y, null, null, { ...others, numIters: history.bestIteration ?? 0 });
    expect(net.params).toStrictEqual(same.params);
  });

  it('records the validation loss, without the penalty, of any training', () => {
    const net = newNet(backend);
    const options = { batchSize: 20, learningRate: 1e-9, reg: 5, numIters: 1 };
    const [loss] = net.trainSync(X, y, Xval, yval, options).valLossHistory;
    expect(loss).toBeCloseTo(net.loss(Xval, yval).loss, 6);
  });

  it.each(monitors)('continues to the same end after an abort (%s)', async (monitor) => {
    const options = { ...OPTIONS, patience: 30, monitor };
    const whole = newNet(backend);
    const history = whole.trainSync(X, y, Xval, yval, options);
    for (const first of [1, 5, 40]) {
      const net = newNet(backend);
      const abort = new AbortController();
      const onProgress = ({ iteration }: { iteration: number }) => iteration >= first && abort.abort();
      const stopped = (): unknown =>
        net.trainSync(X, y, Xval, yval, { ...options, onProgress, progressInterval: 0, signal: abort.signal });
      const error = thrownBy(stopped);
      expect(error).toBeInstanceOf(TrainingAbortedError);
      const state = structuredClone(trainingState(net, (error as TrainingAbortedError).history));
      const restored = restoreTraining(state, { backend });
      const ended = await restored.train(X, y, Xval, yval, { ...options, resume: state.history });
      expect(restored.params).toStrictEqual(whole.params);
      expect(ended.valLossHistory).toStrictEqual(history.valLossHistory);
      expect(ended.bestIteration).toBe(history.bestIteration);
    }
  });

  it('needs validation rows', async () => {
    const net = newNet(backend);
    const error = await rejection(net.train(X, y, null, null, { patience: 3 }));
    expect(error.code).toBe('ERR_CONFLICT');
    expect(error.message).toMatch(/validation rows for a patience of 3 epochs but received none/);
  });
});

describeOnBackends('epochs', (backend) => {
  it('are max(⌊N/batchSize⌋, 1) iterations each', () => {
    const train = (options: TrainOptions) => newNet(backend).trainSync(X, y, null, null, options).lossHistory.length;
    expect(train({ epochs: 2, batchSize: 25 })).toBe(4);
    expect(train({ epochs: 3, batchSize: 100 })).toBe(3);
  });

  it('are refused beside numIters', async () => {
    const error = await rejection(newNet(backend).train(X, y, null, null, { epochs: 2, numIters: 10 }));
    expect(error.code).toBe('ERR_CONFLICT');
    expect(error.message).toMatch(/either epochs or numIters but received both \(2 and 10\)/);
  });
});

describeOnBackends('an input scale', (backend) => {
  it('trains on bytes as on rows that were scaled before', () => {
    const bytes = Uint8Array.from(X, (value) => Math.min(255, Math.max(0, 128 + 40 * value)));
    const scaled = Float64Array.from(bytes, (byte) => (byte - 128) / 32);
    const mean = new Float64Array(D).fill(128);
    const sizes = { inputSize: D, hiddenSize: 20, numClasses: 3, init: 'he', dtype: 'float64', backend } as const;
    const expected = new TwoLayerNet(sizes);
    const options = { ...OPTIONS, epochs: 20, reg: 0.01 };
    const wanted = expected.trainSync(scaled, y, null, null, options);
    const net = new TwoLayerNet({ ...sizes, inputScale: 1 / 32, mean });
    const history = net.trainSync(bytes, y, null, null, options);
    history.lossHistory.forEach((loss, i) => {
      expect(loss).toBeCloseTo(wanted.lossHistory[i], 10);
    });
    expect([...net.scores(bytes)].map((score) => score.toFixed(8))).toStrictEqual(
      [...expected.scores(scaled)].map((score) => score.toFixed(8)),
    );
  });
});

describeOnBackends('init', (backend) => {
  it.each([
    ['he', Math.sqrt(2 / 200), Math.sqrt(2 / 300)],
    ['xavier', Math.sqrt(2 / 500), Math.sqrt(2 / 340)],
  ] as const)('%s draws each layer with a deviation of its own', (init, ofW1, ofW2) => {
    const sizes = { inputSize: 200, hiddenSize: 300, numClasses: 40, dtype: 'float64', backend } as const;
    const net = new TwoLayerNet({ ...sizes, init, inputScale: 0.5 });
    const draws = new RandomState(0).randn(200 * 300 + 300 * 40);
    expect(net.params.W1[7]).toBe(draws[7] * (ofW1 * 0.5));
    expect(net.params.W2[7]).toBe(draws[200 * 300 + 7] * ofW2);
  });

  it('is refused beside std', () => {
    const make = () => new TwoLayerNet({ inputSize: 2, hiddenSize: 3, numClasses: 2, init: 'he', std: 0.1, backend });
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_CONFLICT' }));
    expect(make).toThrow(/no std beside init 'he'/);
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
