/** Predictions beside JavaScript's thread: the same results as on it, while other JavaScript runs. */
import { expect, it } from 'vitest';
import type { Reals } from '../../binding.js';
import { Matrix } from '../../src/data/matrix.js';
import { evaluate, evaluateAsync } from '../../src/net/evaluation.js';
import type { TwoLayerNetOptions } from '../../src/net/options.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import type { Dtype } from '../../src/training/settings.js';
import { describeInTiers } from '../support/backends.js';
import { detached } from '../support/bad-input.js';
import { brisk, rejection } from '../support/training.js';
import { givesTurns } from '../support/turns.js';

const dtypes: readonly Dtype[] = ['float32', 'float64'];
const normal = (size: number, seed = 5) => new RandomState(seed).randn(size);

/** Faster than toStrictEqual on a million numbers. */
function expectBits(actual: Reals | Int32Array, expected: Reals | Int32Array): void {
  expect(actual.constructor).toBe(expected.constructor);
  expect(actual.length).toBe(expected.length);
  expect(Buffer.compare(Buffer.from(actual.buffer), Buffer.from(expected.buffer))).toBe(0);
}

describeInTiers('an asynchronous prediction', (backend) => {
  const newNet = (D: number, H: number, C: number, options: Partial<TwoLayerNetOptions> = {}) =>
    new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: C, std: 0.3, backend, threads: 2, ...options });

  it.each(dtypes)('has the bits of a synchronous one, however many parts it has: %s', async (dtype) => {
    for (const [D, H, C] of [
      [5, 4, 3],
      [300, 40, 2],
      [90, 70, 500],
    ]) {
      const mean = normal(D, 8);
      const net = newNet(D, H, C, { dtype, mean });
      const all = normal(3000 * D);
      for (const N of [1, 2, 255, 3000]) {
        const X = Float32Array.from(all.subarray(0, N * D));
        expectBits(await net.scoresAsync(X), net.scores(X));
        expectBits(await net.predictAsync(X), net.predict(X));
        expectBits(await net.probabilitiesAsync(X), net.probabilities(X));
      }
    }
  });

  it('reads rows of any form, part by part', async () => {
    const D = 700;
    const net = newNet(D, 50, 4, { mean: new Float64Array(D).fill(100) });
    const bytes = Uint8Array.from({ length: 3000 * D }, (_, i) => (i * 7919) % 251);
    const expected = net.scores(bytes);
    const nested = Array.from({ length: 3000 }, (_, i) => [...bytes.subarray(i * D, (i + 1) * D)]);
    for (const X of [bytes, Float64Array.from(bytes), Int16Array.from(bytes), Buffer.from(bytes), nested]) {
      expect(await net.scoresAsync(X)).toStrictEqual(expected);
    }
    const own = new Matrix(bytes, D, { mean: new Float64Array(D).fill(7) });
    expect(await net.scoresAsync(own)).toStrictEqual(net.scores(own));
    expect(await net.scoresAsync(own)).not.toStrictEqual(expected);
  });

  it('predicts with the net as it was when it was called', async () => {
    for (const products of ['blas', 'auto'] as const) {
      const net = newNet(300, 40, 3, { products });
      const X = normal(2000 * 300);
      const expected = net.scores(X);
      const promise = net.scoresAsync(X);
      for (const array of Object.values(net.params)) array.fill(1);
      expect(await promise).toStrictEqual(expected);
      expect(net.scores(X)).not.toStrictEqual(expected);
    }
  });

  it('lets timers run, and trainings and other predictions', async () => {
    const D = 1000;
    const net = newNet(D, 100, 3);
    const X = normal(4000 * D);
    const y = new Int32Array(4000).map((_, i) => i % 3);
    const history = newNet(D, 10, 3).train(X, y, null, null, { ...brisk, numIters: 20 });
    const predictions = () => Promise.all([net.predictAsync(X), net.probabilitiesAsync(X)]);
    const [classes, probabilities] = await predictions();
    expect(await givesTurns(predictions)).toBe(true);
    expect(classes).toStrictEqual(net.predict(X));
    expect(probabilities).toStrictEqual(net.probabilities(X));
    expect((await history).lossHistory).toHaveLength(20);
  });

  it('says where an input is not finite, first of all parts', async () => {
    const D = 1500;
    const net = newNet(D, 100, 3);
    for (const type of [Float32Array, Float64Array]) {
      const X = type.from(normal(1000 * D));
      X[900 * D + 3] = Number.POSITIVE_INFINITY;
      X[999 * D] = Number.NaN;
      for (const name of ['predictAsync', 'scoresAsync', 'probabilitiesAsync'] as const) {
        expect(await rejection(net[name](X))).toMatchObject({
          name: 'RangeError',
          code: 'ERR_NOT_FINITE',
          message: 'Expected finite numbers for X but received Infinity at row 900, column 3',
        });
      }
    }
  });

  it('says which row has a result that is not finite', async () => {
    const net = newNet(100, 20, 3);
    net.params.W1.fill(1e38);
    const X = new Float32Array(1000 * 100);
    X.fill(1e30, 700 * 100);
    for (const [sync, call] of [
      [() => net.predict(X), () => net.predictAsync(X)],
      [() => net.scores(X), () => net.scoresAsync(X)],
      [() => net.probabilities(X), () => net.probabilitiesAsync(X)],
    ] as const) {
      const error = await rejection(call());
      expect(error.message).toMatch(/for row 700 of X: a parameter is not finite, or/);
      expect(sync).toThrow(error.message);
    }
  });

  it('is rejected when its rows lose their memory, or shrink, meanwhile', async () => {
    const D = 1500;
    const net = newNet(D, 100, 3);
    const X = Float32Array.from(normal(2000 * D));
    const promise = net.predictAsync(X);
    detached(X);
    expect(await rejection(promise)).toMatchObject({ name: 'TypeError', code: 'ERR_DETACHED' });

    const Buffer = ArrayBuffer as unknown as new (
      bytes: number,
      options: { maxByteLength: number },
    ) => ArrayBuffer & { resize(bytes: number): void };
    const buffer = new Buffer(2000 * D, { maxByteLength: 4000 * D });
    const shrinking = net.predictAsync(new Uint8Array(buffer));
    buffer.resize(3 * D);
    expect(await rejection(shrinking)).toMatchObject({ name: 'RangeError', code: 'ERR_SHAPE' });

    const shared = new Uint8Array(new SharedArrayBuffer(20 * D)).fill(3);
    expect(await net.predictAsync(shared)).toStrictEqual(net.predict(shared));
  });

  it('rejects, and does not throw, bad arguments', async () => {
    const net = newNet(2, 2, 2);
    const calls: [() => Promise<unknown>, string, RegExp][] = [
      [() => net.predictAsync([[1, 2, 3]]), 'ERR_SHAPE', /2 numbers for row 0 of X but received an array of 3/],
      [() => net.scoresAsync(new Float32Array(3)), 'ERR_SHAPE', /N·2 numbers/],
      [() => net.predictAsync('rows' as never), 'ERR_INVALID_TYPE', /received "rows"/],
      [
        () => net.predictAsync([[1, 2]], null as never),
        'ERR_INVALID_TYPE',
        /an object for the options of predictAsync/,
      ],
      [() => net.scoresAsync([[1, 2]], { signl: 1 } as never), 'ERR_UNKNOWN_OPTION', /did you mean signal\?/],
      [
        () => net.probabilitiesAsync([[1, 2]], { signal: {} as never }),
        'ERR_INVALID_TYPE',
        /an AbortSignal for signal/,
      ],
      [() => evaluateAsync(net, [[1, 2]], [0, 1]), 'ERR_SHAPE', /1 labels for y, one per row,/],
      [() => evaluateAsync(net, [[1, 2]], [2]), 'ERR_LABEL', /from 0 to 1 for each label but received 2/],
      [() => evaluateAsync(net, { X: [[1, 2]], y: [0] }, { sgnal: 1 } as never), 'ERR_UNKNOWN_OPTION', /signal/],
    ];
    for (const [call, code, message] of calls) {
      expect(await rejection(call())).toMatchObject({ code, message: expect.stringMatching(message) });
    }
  });

  it('ends when its signal aborts, before or meanwhile', async () => {
    const D = 1500;
    const net = newNet(D, 200, 3);
    const X = normal(4000 * D);
    const y = new Int32Array(4000);
    const aborted = { name: 'AbortError', code: 'ABORT_ERR', message: 'The prediction was aborted' };
    const signal = AbortSignal.abort('no need');
    for (const name of ['predictAsync', 'scoresAsync'] as const) {
      expect(await rejection(net[name](X, { signal }))).toMatchObject({ ...aborted, cause: 'no need' });
    }
    for (const start of [
      (options: object) => net.probabilitiesAsync(X, options),
      (options: object) => evaluateAsync(net, X, y, options),
      (options: object) => evaluateAsync(net, { X, y }, options),
    ]) {
      const controller = new AbortController();
      const reason = new Error('the user left');
      const call = start({ signal: controller.signal });
      setImmediate(() => controller.abort(reason));
      const error = await rejection(call);
      expect(error).toMatchObject(aborted);
      expect(error.cause).toBe(reason);
    }
  });

  it('evaluates as evaluate does, rows and parts of data sets', async () => {
    const net = newNet(20, 30, 3);
    const X = normal(5000 * 20);
    const y = new Int32Array(5000).map((_, i) => (i * 7) % 3);
    const expected = evaluate(net, X, y);
    expect(await evaluateAsync(net, X, y)).toStrictEqual(expected);
    expect(await evaluateAsync(net, { X, y })).toStrictEqual(expected);
    expect(await evaluateAsync(net, { X, y }, {})).toStrictEqual(expected);
  });
});
