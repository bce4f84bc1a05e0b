import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import type { TrainingHistory } from '../../src/training/history.js';
import type { Dtype } from '../../src/training/settings.js';
import { PARAMETERS } from '../../src/validation/parameters.js';
import { describeOnBackends, errorOfScale } from '../support/backends.js';
import {
  brisk,
  D,
  ENDLESS,
  newNet,
  numbersOf,
  rejection,
  rows,
  stateAfter,
  stateOf,
  validation,
  X,
  y,
} from '../support/training.js';

afterEach(() => {
  vi.restoreAllMocks();
});

describeOnBackends('training', (backend) => {
  it("makes the article's steps: one draw per iteration, accuracies after the step, then the rate decays", () => {
    const net = newNet(backend);
    const history = net.trainSync(X, y, validation.X, validation.y, {
      numIters: 11,
      batchSize: 9,
      learningRate: 0.3,
      learningRateDecay: 0.5,
      reg: 0.01,
    });

    // The same steps, made one by one from the loss and its gradients.
    const twin = newNet(backend);
    const expected: TrainingHistory = {
      lossHistory: [],
      trainAccHistory: [],
      valAccHistory: [],
      valLossHistory: [],
      learningRateHistory: [],
      learningRate: 0.3,
      seconds: 0,
      samplesPerSecond: 0,
      warnings: [],
    };
    const accuracy = (inputs: Float64Array[], labels: number[]) =>
      Array.from(twin.predict(inputs)).filter((value, i) => value === labels[i]).length / labels.length;
    const row = (of: Float64Array, i: number) => of.subarray(i * D, (i + 1) * D);
    for (let iteration = 0; iteration < 11; iteration++) {
      const drawn = Array.from(twin.random.choice(40, 9));
      const batch = drawn.map((i) => row(X, i));
      const labels = drawn.map((i) => y[i]);
      const { loss, grads } = twin.loss(batch, labels, { reg: 0.01 });
      expected.lossHistory.push(loss);
      for (const name of PARAMETERS) {
        const parameter = twin.params[name];
        for (let i = 0; i < parameter.length; i++) parameter[i] -= expected.learningRate * grads[name][i];
      }
      // floor(40 / 9) = 4 iterations are an epoch.
      if (![0, 4, 8].includes(iteration)) continue;
      expected.trainAccHistory.push(accuracy(batch, labels));
      const all = validation.y.map((_, i) => row(validation.X, i));
      expected.valAccHistory.push(accuracy(all, validation.y));
      expected.learningRate *= 0.5;
    }

    expect(errorOfScale(history.lossHistory, expected.lossHistory)).toBeLessThan(1e-12);
    expect(history.trainAccHistory).toStrictEqual(expected.trainAccHistory);
    expect(history.valAccHistory).toStrictEqual(expected.valAccHistory);
    expect(history.learningRate).toBe(0.3 / 8);
    for (const name of PARAMETERS) {
      expect(errorOfScale(net.params[name], twin.params[name]), name).toBeLessThan(1e-12);
    }
    expect(net.random.getState()).toStrictEqual(twin.random.getState());
  });

  it.each([
    ['every 4 iterations of 9 rows out of 40', { N: 40, batchSize: 9, numIters: 13, epochs: 4 }],
    ['every iteration of all rows', { N: 40, batchSize: 40, numIters: 6, epochs: 6 }],
    ['every iteration of more than half the rows', { N: 40, batchSize: 21, numIters: 6, epochs: 6 }],
    ['every iteration of more rows than there are', { N: 40, batchSize: 100, numIters: 6, epochs: 6 }],
    ['every 40 iterations of one row out of 40', { N: 40, batchSize: 1, numIters: 41, epochs: 2 }],
    ['every iteration on a single row', { N: 1, batchSize: 5, numIters: 3, epochs: 3 }],
  ])('begins an epoch %s', (_, { N, batchSize, numIters, epochs }) => {
    const data = rows(N);
    const history = newNet(backend).trainSync(data.X, data.y, X, y, { numIters, batchSize, learningRateDecay: 0.5 });
    expect(history.lossHistory).toHaveLength(numIters);
    expect(history.trainAccHistory).toHaveLength(epochs);
    expect(history.valAccHistory).toHaveLength(epochs);
    expect(history.learningRate).toBe(1e-3 * 0.5 ** epochs);
    expect(history.seconds).toBeGreaterThan(0);
    expect(history.samplesPerSecond).toBeCloseTo((numIters * batchSize) / history.seconds, 6);
    for (const share of [...history.trainAccHistory, ...history.valAccHistory]) {
      expect(share >= 0 && share <= 1, `${share}`).toBe(true);
    }
  });

  it('uses the documented defaults: 100 iterations of 200 rows, a rate of 1e-3 with decay 0.95, reg 1e-5', async () => {
    const spelled = newNet(backend);
    const options = { numIters: 100, batchSize: 200, learningRate: 1e-3, learningRateDecay: 0.95, reg: 1e-5 };
    const expected = spelled.trainSync(X, y, X, y, options);
    const net = newNet(backend);
    expect(numbersOf(await net.train(X, y, X, y))).toStrictEqual(numbersOf(expected));
    expect(stateOf(net)).toStrictEqual(stateOf(spelled));
  });

  it('continues: trainings of 4 and 7 iterations give the same bits as one of 11', async () => {
    // Without decay, since each training starts at its full rate.
    const options = { ...brisk, learningRateDecay: 1 };
    const net = newNet(backend);
    await net.train(X, y, null, null, { ...options, numIters: 4 });
    net.trainSync(X, y, null, null, { ...options, numIters: 7 });
    expect(stateOf(net)).toStrictEqual(stateAfter(11, backend, options));
  });

  it('keeps the second normal draw that the stream holds back', () => {
    const random = new RandomState(8);
    // D·H + H·C = 3·5 + 5·2 = 25 draws: the 26th is held back.
    const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 5, numClasses: 2, random, backend });
    net.trainSync(new Float32Array(12), [0, 1, 0, 1], null, null, { numIters: 3, batchSize: 2 });
    const expected = new RandomState(8);
    expected.randn(25);
    for (let i = 0; i < 3; i++) expected.choice(4, 2);
    expect([random.randn(), random.randn()]).toStrictEqual([expected.randn(), expected.randn()]);
  });

  it("draws from the given stream and leaves the net's own stream unchanged", () => {
    const net = newNet(backend);
    const own = net.random.getState();
    const random = new RandomState(77);
    net.trainSync(X, y, null, null, { ...brisk, numIters: 2, random });
    const expected = new RandomState(77);
    expected.choice(40, 9);
    expected.choice(40, 9);
    expect(random.getState()).toStrictEqual(expected.getState());
    expect(net.random.getState()).toStrictEqual(own);
  });

  it.each<Dtype>(['float32', 'float64'])('gives the same bits on a second run in %s', (dtype) => {
    const run = () => {
      const net = newNet(backend, dtype);
      const history = net.trainSync(X, y, X, y, { ...brisk, numIters: 30 });
      return { ...stateOf(net), history: numbersOf(history) };
    };
    const first = run();
    expect(first.history.lossHistory[29]).toBeLessThan(first.history.lossHistory[0]);
    expect(run()).toStrictEqual(first);
  });

  it.each<Dtype>(['float32', 'float64'])('gives the same bits from train and trainSync in %s', async (dtype) => {
    const one = newNet(backend, dtype);
    const other = newNet(backend, dtype);
    const options = { ...brisk, numIters: 120 };
    const history = await one.train(X, y, validation.X, validation.y, options);
    expect(numbersOf(history)).toStrictEqual(numbersOf(other.trainSync(X, y, validation.X, validation.y, options)));
    expect(stateOf(one)).toStrictEqual(stateOf(other));
  });

  it('without validation rows records no validation accuracy', () => {
    const { valAccHistory, trainAccHistory } = newNet(backend).trainSync(X, y, undefined, undefined, brisk);
    expect(valAccHistory).toStrictEqual([]);
    expect(trainAccHistory).toHaveLength(25);
  });

  it('does not change rows or labels', async () => {
    const data = rows(40);
    const copy = structuredClone(data);
    await newNet(backend).train(data.X, data.y, data.X, data.y, brisk);
    expect(data).toStrictEqual(copy);
  });

  it.each([true, false])(
    'prints the lines of the article when verbose is %s, however often it reports',
    async (verbose) => {
      const log = vi.spyOn(console, 'log').mockImplementation(() => {});
      const options = { ...brisk, numIters: 201, verbose };
      const { lossHistory } = await newNet(backend).train(X, y, null, null, { ...options, progressInterval: 1e9 });
      newNet(backend).trainSync(X, y, null, null, { ...options, progressInterval: 0 });
      const lines = [0, 100, 200].map((i) => [`iteration ${i} / 201: loss ${lossHistory[i].toFixed(6)}`]);
      expect(log.mock.calls).toStrictEqual(verbose ? [...lines, ...lines] : []);
    },
  );

  describe('one at a time', () => {
    it('refuses a net that is training, and does not disturb that training', async () => {
      const net = newNet(backend);
      const training = net.train(X, y, null, null, { ...brisk, numIters: 300 });
      const second = rejection(net.train(X, y));
      expect(() => net.trainSync(X, y)).toThrow(/net is already training/);
      expect(await second).toMatchObject({
        code: 'ERR_BUSY',
        message: expect.stringMatching(/net is already training/),
      });
      await training;
      expect(stateOf(net)).toStrictEqual(stateAfter(300, backend));
      net.trainSync(X, y, null, null, { numIters: 1 });
    });

    it('refuses a random stream that another training is using', async () => {
      const [one, other] = [newNet(backend), newNet(backend)];
      const random = new RandomState(4);
      const training = one.train(X, y, null, null, { ...brisk, random });
      const before = stateOf(other);
      const error = await rejection(other.train(X, y, null, null, { random }));
      expect(error).toMatchObject({ code: 'ERR_BUSY', message: expect.stringMatching(/random stream/) });
      expect(stateOf(other)).toStrictEqual(before);
      other.trainSync(X, y, null, null, { ...brisk, numIters: 2 });
      await training;
      other.trainSync(X, y, null, null, { ...brisk, numIters: 1, random });
    });

    it('lets several nets train at the same time, each to the bits it would reach alone', async () => {
      const nets = ([1, 2, 3] as const).map(() => newNet(backend));
      const lengths = [700, 500, 300];
      await Promise.all(nets.map((net, i) => net.train(X, y, null, null, { ...brisk, numIters: lengths[i] })));
      for (const [i, net] of nets.entries()) expect(stateOf(net)).toStrictEqual(stateAfter(lengths[i], backend));
    });
  });

  it('lets timers, file access and microtasks proceed while train runs', async () => {
    const controller = new AbortController();
    let ended = false;
    const options = { ...brisk, numIters: ENDLESS, signal: controller.signal };
    const training = rejection(newNet(backend).train(X, y, null, null, options));
    void training.then(() => {
      ended = true;
    });
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect((await readFile(new URL(import.meta.url))).length).toBeGreaterThan(0);
    }
    expect(ended).toBe(false);
    controller.abort();
    expect((await training).code).toBe('ABORT_ERR');
  });

  it('accepts rows in a buffer that could shrink', () => {
    // Node 20 has resizable buffers; TypeScript's ES2022 library does not declare them.
    const Resizable = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
    const rows = new Float64Array(new Resizable(8 * 40 * D, { maxByteLength: 8 * 40 * D }));
    expect(newNet(backend).trainSync(rows, y).lossHistory).toHaveLength(100);
    expect(newNet(backend).predict(rows)).toHaveLength(40);
  });
});
