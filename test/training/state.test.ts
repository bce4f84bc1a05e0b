import { expect, it } from 'vitest';
import { type BackendName, backendInfo } from '../../src/backend/choose.js';
import { restoreTraining } from '../../src/net/restore-training.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { TrainingAbortedError } from '../../src/training/errors.js';
import type { TrainingHistory } from '../../src/training/history.js';
import type { TrainOptions } from '../../src/training/options.js';
import type { Dtype } from '../../src/training/settings.js';
import { trainingState } from '../../src/training/state.js';
import { describeOnBackends, nativeMissing } from '../support/backends.js';

const D = 33;
const random = new RandomState(3);
const X = random.randn(60 * D);
const y = Array.from(random.choice(4, 60));
const Xval = random.randn(20 * D);
const yval = Array.from(random.choice(4, 20));
/** An epoch is 6 iterations. */
const OPTIONS = { batchSize: 10, learningRate: 0.05, learningRateDecay: 0.9, reg: 0.02 } satisfies TrainOptions;

function newNet(backend: BackendName, dtype: Dtype, threads = 1): TwoLayerNet {
  return new TwoLayerNet({
    inputSize: D,
    hiddenSize: 11,
    numClasses: 4,
    std: 0.1,
    dtype,
    backend,
    threads,
    random: new RandomState(0),
  });
}

/** All that must be the same, to the last bit: not the times. */
function resultOf(net: TwoLayerNet, { lossHistory, trainAccHistory, valAccHistory, learningRate }: TrainingHistory) {
  const { W1, b1, W2, b2 } = net.params;
  return { W1, b1, W2, b2, lossHistory, trainAccHistory, valAccHistory, learningRate, random: net.random.getState() };
}

const bfloat16 = nativeMissing === undefined && backendInfo().bfloat16;
const dtypesOf = (backend: string): Dtype[] => [
  'float32',
  'float64',
  ...(backend === 'native' && bfloat16 ? (['bfloat16'] as const) : []),
];

describeOnBackends('a training that is stopped and continued', (backend) => {
  it('continues with the same matrix products unless others are requested', () => {
    const net = new TwoLayerNet({ inputSize: D, hiddenSize: 11, numClasses: 4, backend, products: 'blas' });
    const state = structuredClone(trainingState(net, net.trainSync(X, y, null, null, OPTIONS)));
    expect(restoreTraining(state, { backend }).products).toBe('blas');
    expect(restoreTraining(state, { backend, products: 'auto' }).products).toBe('auto');
  });

  it.each(dtypesOf(backend))('equals the uninterrupted one bit for bit (%s)', async (dtype) => {
    const whole = newNet(backend, dtype);
    const history = whole.trainSync(X, y, Xval, yval, { ...OPTIONS, numIters: 40 });
    for (const first of [1, 5, 6, 7, 39]) {
      const net = newNet(backend, dtype, 2);
      const begun = net.trainSync(X, y, Xval, yval, { ...OPTIONS, numIters: first });
      // As a value, with the history through JSON: nothing is shared with the first net.
      const state = trainingState(net, begun);
      net.params.W1.fill(0);
      const restored = restoreTraining(state, { backend, threads: 1 });
      const rest = { ...OPTIONS, numIters: 40, resume: JSON.parse(JSON.stringify(state.history)) };
      const ended = await restored.train(X, y, Xval, yval, rest);
      expect(resultOf(restored, ended), `after ${first}`).toStrictEqual(resultOf(whole, history));
      // And once more from the same value.
      const again = restoreTraining(state, { backend });
      expect(resultOf(again, again.trainSync(X, y, Xval, yval, rest))).toStrictEqual(resultOf(whole, history));
    }
  });

  it('continues after an abort, on the net itself, and reports all iterations and seconds', async () => {
    const whole = newNet(backend, 'float32');
    const history = whole.trainSync(X, y, null, null, { ...OPTIONS, numIters: 5000 });
    const net = newNet(backend, 'float32');
    const abort = new AbortController();
    // Not train, which may end on a busy machine before its first report is delivered.
    const training = async () =>
      net.trainSync(X, y, null, null, {
        ...OPTIONS,
        numIters: 5000,
        progressInterval: 0,
        signal: abort.signal,
        onProgress: ({ iteration }) => iteration >= 10 && abort.abort(),
      });
    const aborted = await training().then(
      () => expect.fail('was not aborted'),
      (error: unknown) => error,
    );
    if (!(aborted instanceof TrainingAbortedError)) throw aborted;
    const done = aborted.history.lossHistory.length;
    expect(done).toBeGreaterThanOrEqual(10);
    expect(done).toBeLessThan(5000);
    const iterations: number[] = [];
    const ended = await net.train(X, y, null, null, {
      ...OPTIONS,
      numIters: 5000,
      progressInterval: 0,
      resume: aborted.history,
      learningRate: 123,
      onProgress: ({ iteration, history: { lossHistory } }) => {
        expect(lossHistory).toHaveLength(iteration);
        iterations.push(iteration);
      },
    });
    expect(iterations[0]).toBeGreaterThan(done);
    expect(iterations.at(-1)).toBe(5000);
    expect(resultOf(net, ended)).toStrictEqual(resultOf(whole, history));
    expect(ended.seconds).toBeGreaterThan(aborted.history.seconds);
    expect(ended.samplesPerSecond).toBeCloseTo((5000 * 10) / ended.seconds, 6);
    expect(aborted.history.lossHistory).toHaveLength(done);
  });

  it('refuses a history that it cannot continue, and changes nothing', () => {
    const net = newNet(backend, 'float32');
    const history = net.trainSync(X, y, null, null, { ...OPTIONS, numIters: 5 });
    const before = resultOf(net, history);
    const resumed = (resume: unknown, numIters = 9) =>
      expect(() => net.trainSync(X, y, null, null, { ...OPTIONS, numIters, resume: resume as TrainingHistory }));
    resumed(history, 5).toThrow(/Expected numIters above the 5 iterations that resume has made but received 5/);
    resumed(null).toThrow(/Expected the history of a training for resume but received null/);
    resumed({ ...history, lossHistory: 'x' }).toThrow(/Expected an array for resume.lossHistory but received "x"/);
    resumed({ ...history, valAccHistory: [Number.NaN] }).toThrow(/resume.valAccHistory\[0\] but received NaN/);
    resumed({ ...history, learningRate: -1 }).toThrow(/resume.learningRate but received -1/);
    resumed({ ...history, seconds: -1 }).toThrow(/resume.seconds but received -1/);
    expect(resultOf(net, history)).toStrictEqual(before);
  });
});
