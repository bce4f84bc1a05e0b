import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ParameterArrays } from '../../binding.js';
import type { BackendName } from '../../src/backend/choose.js';
import { type Dtype, TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import {
  DivergedError,
  TrainingAbortedError,
  type TrainingHistory,
  type TrainOptions,
} from '../../src/training/training.js';
import { copyOf, describeOnBackends, describeOnNative, errorOfScale, PARAMETERS } from '../support/backends.js';

const D = 7;
const H = 5;
const C = 3;

/** N rows that a net can learn something from, the same in every call. */
function rows(N: number, columns = D): { X: Float64Array; y: number[] } {
  const X = new RandomState(11).randn(N * columns);
  return { X, y: Array.from({ length: N }, (_, i) => (X[i * columns] < -0.4 ? 0 : X[i * columns] < 0.4 ? 1 : 2)) };
}

/** The same net in every call, with a stream of its own. */
function newNet(backend: BackendName, dtype: Dtype = 'float64', threads = 2): TwoLayerNet {
  const random = new RandomState(3);
  return new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: C, std: 0.5, random, dtype, backend, threads });
}

/** Everything that a training changes, to compare one net with another bit for bit. */
function stateOf(net: TwoLayerNet) {
  return { params: copyOf(net.params), random: net.random.getState() };
}

/** A hash of each array's bytes: quicker to compare than thousands of numbers. */
function digests(arrays: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(arrays as Record<string, ArrayBufferView>).map(([name, { buffer, byteOffset, byteLength }]) => {
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      return [name, createHash('sha256').update(bytes).digest('hex')];
    }),
  );
}

/** A history without what depends on the clock. */
function numbersOf({ seconds: _, samplesPerSecond: __, ...numbers }: TrainingHistory) {
  return numbers;
}

/** Iterations that no test waits for. */
const ENDLESS = 2 ** 31 - 1;

const { X, y } = rows(40);
const validation = rows(23);
const brisk = { batchSize: 9, learningRate: 0.1, reg: 0.01 } satisfies TrainOptions;

/** The state of a net after exactly so many iterations, from a run of its own. */
function stateAfter(iterations: number, backend: BackendName, options: TrainOptions = brisk) {
  const net = newNet(backend);
  net.trainSync(X, y, null, null, { ...options, numIters: iterations });
  return stateOf(net);
}

function allFinite(params: ParameterArrays): boolean {
  return PARAMETERS.every((name) => params[name].every(Number.isFinite));
}

async function rejection<E = Error & { code?: string }>(promise: Promise<unknown>): Promise<E> {
  return promise.then(
    () => expect.fail('the promise was expected to be rejected'),
    (error: E) => error,
  );
}

afterEach(() => {
  vi.restoreAllMocks();
});

describeOnBackends('training', (backend) => {
  it("makes the article's steps: one draw per iteration, accuracies after the step, then the rate decays", () => {
    const net = newNet(backend);
    const history = net.trainSync(X, y, validation.X, validation.y, {
      ...{ numIters: 11, batchSize: 9, learningRate: 0.3, learningRateDecay: 0.5, reg: 0.01 },
    });

    // The same, one step after the other, from the loss and its gradients alone.
    const twin = newNet(backend);
    const expected: TrainingHistory = {
      ...{ lossHistory: [], trainAccHistory: [], valAccHistory: [] },
      ...{ learningRate: 0.3, seconds: 0, samplesPerSecond: 0 },
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

  it('uses the documented defaults: 100 iterations of 200 rows, a rate of 1e-3 with decay .95, reg 1e-5', async () => {
    const spelled = newNet(backend);
    const options = { numIters: 100, batchSize: 200, learningRate: 1e-3, learningRateDecay: 0.95, reg: 1e-5 };
    const expected = spelled.trainSync(X, y, X, y, options);
    const net = newNet(backend);
    expect(numbersOf(await net.train(X, y, X, y))).toStrictEqual(numbersOf(expected));
    expect(stateOf(net)).toStrictEqual(stateOf(spelled));
  });

  it('continues: trainings of 4 and 7 iterations leave the bits that one of 11 leaves', async () => {
    // Without decay, since each training starts at its own rate.
    const options = { ...brisk, learningRateDecay: 1 };
    const net = newNet(backend);
    await net.train(X, y, null, null, { ...options, numIters: 4 });
    net.trainSync(X, y, null, null, { ...options, numIters: 7 });
    expect(stateOf(net)).toStrictEqual(stateAfter(11, backend, options));
  });

  it('keeps the normal draw that waits in the stream', () => {
    const random = new RandomState(8);
    // D·H + H·C = 3·5 + 5·2 = 25 draws: the 26th is waiting.
    const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 5, numClasses: 2, random, backend });
    net.trainSync(new Float32Array(12), [0, 1, 0, 1], null, null, { numIters: 3, batchSize: 2 });
    const expected = new RandomState(8);
    expected.randn(25);
    for (let i = 0; i < 3; i++) expected.choice(4, 2);
    expect([random.randn(), random.randn()]).toStrictEqual([expected.randn(), expected.randn()]);
  });

  it("draws from the stream that it is given and leaves the net's own alone", () => {
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

  it('without validation rows notes no validation accuracy', () => {
    const { valAccHistory, trainAccHistory } = newNet(backend).trainSync(X, y, undefined, undefined, brisk);
    expect(valAccHistory).toStrictEqual([]);
    expect(trainAccHistory).toHaveLength(25);
  });

  it('leaves rows and labels as they are', async () => {
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

  describe('onProgress', () => {
    it('is called after each iteration of trainSync, with the history so far and the parameters up to date', () => {
      const net = newNet(backend);
      const seen: number[] = [];
      const history = net.trainSync(X, y, X, y, {
        ...{ ...brisk, numIters: 6, progressInterval: 0 },
        onProgress: (progress) => {
          seen.push(progress.iteration);
          expect(progress.numIters).toBe(6);
          expect(progress.history.lossHistory).toHaveLength(progress.iteration);
          expect(progress.loss).toBe(progress.history.lossHistory.at(-1));
          // Epochs begin at iterations 0 and 4.
          expect(progress.history.valAccHistory).toHaveLength(progress.iteration > 4 ? 2 : 1);
          expect(progress.learningRate).toBe(progress.iteration > 4 ? 0.1 * 0.95 * 0.95 : 0.1 * 0.95);
          expect(copyOf(net.params)).toStrictEqual(stateAfter(progress.iteration, backend).params);
        },
      });
      expect(seen).toStrictEqual([1, 2, 3, 4, 5, 6]);
      expect(history.lossHistory).toHaveLength(6);
    });

    it('is called while train runs, each time with the state after the iterations that it names', async () => {
      const net = newNet(backend);
      const seen: { iteration: number; losses: number[]; params: unknown }[] = [];
      const controller = new AbortController();
      const training = net.train(X, y, null, null, {
        ...{ ...brisk, numIters: ENDLESS, progressInterval: 0, signal: controller.signal },
        onProgress: ({ iteration, history }) => {
          seen.push({ iteration, losses: [...history.lossHistory], params: copyOf(net.params) });
          if (seen.length === 3) controller.abort();
        },
      });
      const { history } = await rejection<TrainingAbortedError>(training);
      expect(seen.length).toBeGreaterThanOrEqual(3);
      for (const [i, { iteration, losses, params }] of seen.entries()) {
        expect(iteration).toBeGreaterThan(i === 0 ? 0 : seen[i - 1].iteration);
        expect(losses).toStrictEqual(history.lossHistory.slice(0, iteration));
        expect(params).toStrictEqual(stateAfter(iteration, backend).params);
      }
      expect(seen.at(-1)?.iteration).toBe(history.lossHistory.length);
    });

    it('is called at the end when its interval is longer than the training', async () => {
      const seen: number[] = [];
      const onProgress = ({ iteration }: { iteration: number }) => void seen.push(iteration);
      await newNet(backend).train(X, y, null, null, { ...brisk, numIters: 5, progressInterval: 1e9, onProgress });
      expect(seen).toStrictEqual([5]);
    });

    it('may use the net, though not train it', async () => {
      const net = newNet(backend);
      const codes: unknown[] = [];
      await net.train(X, y, null, null, {
        ...{ ...brisk, numIters: 3, progressInterval: 1e9 },
        onProgress: () => {
          codes.push(net.predict(X).length, Number.isFinite(net.loss(X, y).loss));
          try {
            net.trainSync(X, y);
          } catch (error) {
            codes.push((error as { code: string }).code);
          }
        },
      });
      expect(codes).toStrictEqual([40, true, 'ERR_BUSY']);
    });

    it.each(['train', 'trainSync'] as const)('ends %s with the error that it throws', async (method) => {
      const net = newNet(backend);
      const thrown = new Error('enough');
      let calls = 0;
      const onProgress = () => {
        calls++;
        throw thrown;
      };
      const options = { ...brisk, numIters: ENDLESS, progressInterval: 0, onProgress };
      const error = await rejection((async () => net[method](X, y, null, null, options))());
      expect(error).toBe(thrown);
      expect(calls).toBe(1);

      // The net is where some whole number of iterations leaves it, with its stream, and trains on from there.
      const after = stateOf(net);
      const twin = newNet(backend);
      let iterations = 0;
      const there = () => JSON.stringify(twin.random.getState()) === JSON.stringify(after.random);
      while (!there() && iterations++ < 1e5) twin.random.choice(40, 9);
      expect(iterations).toBeGreaterThan(0);
      expect(after).toStrictEqual(stateAfter(iterations, backend));
      expect(net.trainSync(X, y, null, null, { ...brisk, numIters: 2 }).lossHistory).toHaveLength(2);
    });

    it('ends a finished training too when the last call throws', async () => {
      const net = newNet(backend);
      const onProgress = () => {
        throw new TypeError('late');
      };
      const options = { ...brisk, numIters: 4, progressInterval: 1e9, onProgress };
      expect((await rejection(net.train(X, y, null, null, options))).message).toBe('late');
      expect(stateOf(net)).toStrictEqual(stateAfter(4, backend));
    });
  });

  describe('an AbortSignal', () => {
    it('that is aborted already changes nothing', async () => {
      const net = newNet(backend);
      const before = stateOf(net);
      const onProgress = vi.fn();
      const signal = AbortSignal.abort('no need');
      const error = await rejection<TrainingAbortedError>(net.train(X, y, X, y, { signal, onProgress }));
      expect(error).toBeInstanceOf(TrainingAbortedError);
      expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'no need' });
      expect(error.message).toBe('Training was aborted after 0 of 100 iterations');
      expect(error.history.lossHistory).toStrictEqual([]);
      expect(() => net.trainSync(X, y, X, y, { signal, onProgress })).toThrow(TrainingAbortedError);
      expect(onProgress).not.toHaveBeenCalled();
      expect(stateOf(net)).toStrictEqual(before);
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
      net.trainSync(X, y, null, null, { ...brisk, numIters: 3 });
      expect(stateOf(net)).toStrictEqual(stateAfter(3, backend));
    });

    it('ends train midway: the history so far, and the parameters after its last iteration', async () => {
      const net = newNet(backend);
      const controller = new AbortController();
      const reason = new Error('the user left');
      setTimeout(() => controller.abort(reason), 20);
      const { signal } = controller;
      const error = await rejection<TrainingAbortedError>(
        net.train(X, y, X, y, { ...brisk, numIters: ENDLESS, signal }),
      );
      const { lossHistory, trainAccHistory, valAccHistory, learningRate } = error.history;
      expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
      expect(error.cause).toBe(reason);
      expect(error.message).toBe(`Training was aborted after ${lossHistory.length} of ${ENDLESS} iterations`);
      expect(lossHistory.length).toBeGreaterThan(0);

      const twin = newNet(backend);
      const expected = twin.trainSync(X, y, X, y, { ...brisk, numIters: lossHistory.length });
      expect({ lossHistory, trainAccHistory, valAccHistory, learningRate }).toStrictEqual(numbersOf(expected));
      expect(stateOf(net)).toStrictEqual(stateOf(twin));
    });

    it('ends trainSync when onProgress aborts it', () => {
      const net = newNet(backend);
      const controller = new AbortController();
      let error: TrainingAbortedError | undefined;
      try {
        net.trainSync(X, y, null, null, {
          ...{ ...brisk, numIters: ENDLESS, progressInterval: 0, signal: controller.signal },
          onProgress: ({ iteration }) => {
            if (iteration === 5) controller.abort();
          },
        });
      } catch (thrown) {
        error = thrown as TrainingAbortedError;
      }
      expect(error).toMatchObject({ code: 'ABORT_ERR', cause: controller.signal.reason });
      const done = error?.history.lossHistory.length ?? 0;
      // The report may be followed by the one iteration that had begun.
      expect([5, 6]).toContain(done);
      expect(stateOf(net)).toStrictEqual(stateAfter(done, backend));
    });

    it('is not listened to any longer once training has ended', async () => {
      const { signal } = new AbortController();
      const net = newNet(backend);
      const training = net.train(X, y, null, null, { ...brisk, signal });
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      await training;
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });

    it('of a timeout is the cause', async () => {
      const options = { ...brisk, numIters: ENDLESS, signal: AbortSignal.timeout(5) };
      const error = await rejection<TrainingAbortedError>(newNet(backend).train(X, y, null, null, options));
      expect((error.cause as Error).name).toBe('TimeoutError');
    });
  });

  describe('one at a time', () => {
    it('refuses a net that is training, which goes on undisturbed', async () => {
      const net = newNet(backend);
      const training = net.train(X, y, null, null, { ...brisk, numIters: 300 });
      const second = rejection(net.train(X, y));
      expect(() => net.trainSync(X, y)).toThrow(/net is training already/);
      expect(await second).toMatchObject({
        code: 'ERR_BUSY',
        message: expect.stringMatching(/net is training already/),
      });
      await training;
      expect(stateOf(net)).toStrictEqual(stateAfter(300, backend));
      net.trainSync(X, y, null, null, { numIters: 1 });
    });

    it('refuses a stream that another training draws from', async () => {
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

    it('lets different nets train side by side, each to the bits that it would reach alone', async () => {
      const nets = ([1, 2, 3] as const).map(() => newNet(backend));
      const lengths = [700, 500, 300];
      await Promise.all(nets.map((net, i) => net.train(X, y, null, null, { ...brisk, numIters: lengths[i] })));
      for (const [i, net] of nets.entries()) expect(stateOf(net)).toStrictEqual(stateAfter(lengths[i], backend));
    });
  });

  it('lets timers, files and microtasks go on while train runs', async () => {
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

  it.each<[Dtype, number, string]>([
    ['float32', 1e3, '100'],
    ['float32', 1e10, '1000000000'],
    ['float32', 1e30, '1e+29'],
    ['float64', 1e10, '1000000000'],
    ['float64', 1e30, '1e+29'],
    ['float64', 1e100, '1e+99'],
  ])('ends with DivergedError in %s at a rate of %d, with the last finite parameters', async (dtype, rate, smaller) => {
    const options = { batchSize: 9, learningRate: rate, reg: 1e-5, numIters: 400 };
    const net = newNet(backend, dtype);
    const error = await rejection<DivergedError>(net.train(X, y, X, y, options));
    expect(error).toBeInstanceOf(DivergedError);
    expect(error).toMatchObject({ name: 'DivergedError', code: 'ERR_DIVERGED' });
    const { iteration, history } = error;
    expect(iteration).toBeGreaterThan(0);
    expect(error.message).toContain(`at iteration ${iteration} of 400`);
    expect(error.message).toContain(`try a smaller one, such as ${smaller}.`);
    expect(history.lossHistory).toHaveLength(iteration);
    expect(history.lossHistory.every(Number.isFinite)).toBe(true);

    // The steps up to that iteration, made again: all of them, or all but the one that went out of range.
    const states = [iteration, iteration - 1].map((numIters) => {
      const twin = newNet(backend, dtype);
      if (numIters > 0) twin.trainSync(X, y, X, y, { ...options, numIters });
      return copyOf(twin.params);
    });
    expect(copyOf(net.params)).toStrictEqual(states.find(allFinite));

    // The stream has drawn for that iteration too.
    const random = newNet(backend).random;
    for (let i = 0; i <= iteration; i++) random.choice(40, 9);
    expect(net.random.getState()).toStrictEqual(random.getState());
    // Free again.
    expect(() => net.trainSync(X, y)).not.toThrow(/training already/);
  });

  it('comes back to the last finite parameters after many good iterations', async () => {
    // Rows of zeros leave regularization alone at work: each step makes the weights −3 times what they were, until
    // float32 ends. The loss is noted in float64 and stays finite for as long as the weights do.
    const zeros = new Float32Array(40 * D);
    const options = { batchSize: 9, learningRate: 4, reg: 1, learningRateDecay: 1 };
    const net = newNet(backend, 'float32');
    const training = net.train(zeros, y, null, null, { ...options, numIters: 400 });
    const { iteration } = await rejection<DivergedError>(training);
    // 0.5 · 3^n is above 3.4e38 from n = 82 on; the largest of 35 draws is some way above 0.5.
    expect(iteration).toBeGreaterThan(75);
    expect(iteration).toBeLessThan(83);
    const twin = newNet(backend, 'float32');
    twin.trainSync(zeros, y, null, null, { ...options, numIters: iteration - 1 });
    expect(copyOf(net.params)).toStrictEqual(copyOf(twin.params));
    expect(allFinite(copyOf(net.params))).toBe(true);
  });

  it('tells when the last step, whose result meets no loss, made the parameters infinite', () => {
    const net = newNet(backend, 'float32');
    const before = copyOf(net.params);
    const training = () => net.trainSync(X, y, null, null, { numIters: 1, batchSize: 9, learningRate: 3e38, reg: 1e5 });
    expect(training).toThrow(DivergedError);
    expect(copyOf(net.params)).toStrictEqual(before);
  });

  it('names the parameters whose memory went to another thread meanwhile', async () => {
    const net = newNet(backend);
    const training = net.train(X, y, null, null, { numIters: 200, batchSize: 9 });
    structuredClone(net.params.W2, { transfer: [net.params.W2.buffer as ArrayBuffer] });
    await expect(training).rejects.toMatchObject({
      code: 'ERR_DETACHED',
      message: expect.stringMatching(/params\.W2/),
    });
  });

  it('names such parameters in trainSync too', () => {
    const net = newNet(backend);
    const options: TrainOptions = {
      ...{ numIters: 200, batchSize: 9, progressInterval: 0 },
      onProgress: () => structuredClone(0, { transfer: [net.params.b2.buffer as ArrayBuffer] }),
    };
    expect(() => net.trainSync(X, y, null, null, options)).toThrow(/params\.b2.*detached/);
  });

  it('stops soon when parameters go away between reports, and says so once', async () => {
    const net = newNet(backend);
    const warned = vi.fn();
    process.on('warning', warned);
    const options: TrainOptions = {
      ...{ numIters: 2 ** 31 - 1, batchSize: 9, progressInterval: 0 },
      onProgress: () => {
        if (net.params.b2.length > 0) structuredClone(0, { transfer: [net.params.b2.buffer as ArrayBuffer] });
      },
    };
    await expect(net.train(X, y, null, null, options)).rejects.toMatchObject({ code: 'ERR_DETACHED' });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
  });

  it('refuses rows whose memory could be taken away while it reads them', () => {
    // Node 20 has resizable buffers; the library of types for ES2022 has not.
    const Resizable = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
    const rows = new Float64Array(new Resizable(8 * 40 * D, { maxByteLength: 8 * 40 * D }));
    expect(() => newNet(backend).trainSync(rows, y)).toThrow(/resizable ArrayBuffer: pass a copy/);
    expect(newNet(backend).predict(rows)).toHaveLength(40);
  });

  it('says that the inputs are too large, not the rate, when the very first loss is not finite', () => {
    const net = newNet(backend, 'float32');
    const before = copyOf(net.params);
    expect(() => net.trainSync(new Float64Array(D).fill(1e300), [0])).toThrow(
      /iteration 0 of 100 before any step: the inputs or the parameters are too large/,
    );
    expect(copyOf(net.params)).toStrictEqual(before);
  });
});

describeOnNative('the threads of the addon', () => {
  it.each([
    { N: 1, D: 1, H: 1, C: 2, batchSize: 1 },
    { N: 333, D: 517, H: 13, C: 7, batchSize: 101 },
    { N: 120, D: 769, H: 31, C: 3, batchSize: 251 },
    { N: 700, D: 64, H: 1, C: 100, batchSize: 333 },
  ])('give the same bits whether they are 1, 2, 3, 4 or 7: N $N, D $D, H $H, C $C, batches of $batchSize', (shape) => {
    const data = rows(shape.N, shape.D);
    const labels = data.y.map((label) => label % shape.C);
    for (const dtype of ['float32', 'float64'] as const) {
      const [expected, ...others] = [1, 2, 3, 4, 7].map((threads) => {
        const net = new TwoLayerNet({
          ...{ inputSize: shape.D, hiddenSize: shape.H, numClasses: shape.C, std: 0.1 },
          ...{ random: new RandomState(6), dtype, backend: 'native', threads },
        });
        const options = { numIters: 3, batchSize: shape.batchSize, learningRate: 0.01, reg: 0.1 };
        const history = numbersOf(net.trainSync(data.X, labels, data.X, labels, options));
        const { loss, grads } = net.loss(data.X, labels, { reg: 0.1 });
        const arrays = { ...net.params, scores: net.scores(data.X), classes: net.predict(data.X) };
        return { history, loss, ...digests(arrays), grads: digests(grads) };
      });
      for (const other of others) expect(other).toStrictEqual(expected);
    }
  });

  it('leave the event loop free while a single iteration takes long', async () => {
    const random = new RandomState(0);
    const net = new TwoLayerNet({
      ...{ inputSize: 400, hiddenSize: 200, numClasses: 3, random },
      ...{ dtype: 'float64', backend: 'native', threads: 1 },
    });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    // About 4 billion multiplications per iteration on one thread.
    await net.train(rows(100, 400).X, rows(100, 400).y, null, null, { numIters: 3, batchSize: 20_000 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(5);
  });
});

/** The built package, as a program of its own imports it. */
const DIST = new URL('../../dist/index.js', import.meta.url).href;

/** A program's beginning: `net`, `X` and `y` of this file, and `endless`, options of a training that does not end. */
function program(backend: BackendName, body: string): string {
  return `
    const { RandomState, TwoLayerNet } = await import(${JSON.stringify(DIST)});
    const X = new RandomState(11).randn(40 * 7);
    const y = Array.from({ length: 40 }, (_, i) => (X[i * 7] < -0.4 ? 0 : X[i * 7] < 0.4 ? 1 : 2));
    const net = new TwoLayerNet({
      inputSize: 7, hiddenSize: 5, numClasses: 3, std: 0.5, random: new RandomState(3),
      dtype: 'float64', backend: '${backend}', threads: 2,
    });
    const brisk = { batchSize: 9, learningRate: 0.1, reg: 0.01 };
    const endless = { ...brisk, numIters: ${ENDLESS}, progressInterval: 0 };
    ${body}`;
}

/** Runs a program in a process of its own until that exits. */
async function run(source: string): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source]);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output, errors })));
}

/** The same in a worker thread, which has a `parentPort`. */
function workerProgram(backend: BackendName, body: string): string {
  // Imported, not required: what a Worker's program is, its parent's flags decide.
  const setup = "const { parentPort } = await import('node:worker_threads');";
  return `(async () => { ${setup} ${program(backend, body)} })();`;
}

describeOnBackends('training in other threads and processes', (backend) => {
  it('keeps the process alive until it ends, and no longer', async () => {
    const source = program(
      backend,
      "net.train(X, y, X, y, { ...brisk, numIters: 300 }).then(() => console.log('end'));",
    );
    expect(await run(source)).toStrictEqual({ code: 0, output: 'end\n', errors: '' });
  });

  it.each([
    ['process.exit(7)', 7, /^$/],
    ["throw new Error('from a timer')", 1, /from a timer/],
  ])('does not hold up or damage a process that ends by %s', async (end, code, errors) => {
    // Large enough to be in the middle of a product at nearly any time.
    const source = program(
      backend,
      `const large = new TwoLayerNet({ inputSize: 1024, hiddenSize: 64, numClasses: 3, backend: '${backend}', threads: 2 });
      let started = false;
      setTimeout(function look() { if (!started) return setTimeout(look, 1); ${end}; }, 1);
      const options = { ...endless, batchSize: 500, onProgress: () => { started = true; } };
      await large.train(new Uint8Array(40 * 1024), y, null, null, options);`,
    );
    // What the addon's threads do while the process is taken down around them is a matter of luck.
    for (let round = 0; round < (backend === 'native' ? 3 : 1); round++) {
      for (const ended of await Promise.all([1, 2, 3, 4].map(() => run(source)))) {
        expect(ended).toStrictEqual({ code, output: '', errors: expect.stringMatching(errors) });
      }
    }
  });

  it('ends with the process when onProgress itself exits', async () => {
    const source = program(
      backend,
      'await net.train(X, y, null, null, { ...endless, onProgress: () => process.exit(9) });',
    );
    expect(await run(source)).toStrictEqual({ code: 9, output: '', errors: '' });
  });

  it('works in a Worker, to the same bits, while this thread trains too', async () => {
    const body = 'await net.train(X, y, null, null, { ...brisk, numIters: 200 }); parentPort.postMessage(net.params);';
    const worker = new Worker(workerProgram(backend, body), { eval: true });
    const params = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    const net = newNet(backend);
    await net.train(X, y, null, null, { ...brisk, numIters: 200 });
    expect(await params).toStrictEqual(copyOf(net.params));
    await worker.terminate();
  });

  it('ends with a Worker that is terminated', async () => {
    const body = "await net.train(X, y, null, null, { ...endless, onProgress: () => parentPort.postMessage('on') });";
    const worker = workerProgram(backend, body);
    // In a process of its own: an error at a Worker's end may take the whole process with it.
    const source = `import { Worker } from 'node:worker_threads';
      async function startAndTerminate() {
        const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
        await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
        return worker.terminate();
      }
      for (let round = 0; round < 4; round++) {
        console.log((await Promise.all(Array.from({ length: 6 }, startAndTerminate))).join());
      }`;
    expect(await run(source)).toStrictEqual({ code: 0, output: '1,1,1,1,1,1\n'.repeat(4), errors: '' });
  });
});
