/** Nets of dtype bfloat16: float32 nets whose training multiplies bfloat16 numbers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNative } from '../../src/backend/native/native.js';
import { loadModel, Matrix, RandomState, saveModel, TwoLayerNet } from '../../src/index.js';

const native = loadNative();
const missing =
  native.binding === undefined
    ? 'the addon does not load'
    : native.binding.info().bfloat16
      ? undefined
      : 'this processor or build has no bfloat16 products';

const [D, H, C, N] = [100, 20, 4, 300];

/** Bytes around a mean, each class brighter in a quarter of its own. */
function brightQuarters(seed: number) {
  const random = new RandomState(seed);
  const y = Int32Array.from({ length: N }, (_, i) => i % C);
  const noise = random.randn(N * D);
  const data = Uint8Array.from(noise, (value, i) => {
    const quarter = Math.floor((((i % D) * C) / D) | 0);
    return Math.min(255, Math.max(0, 100 + 40 * value + (quarter === y[Math.floor(i / D)] ? 40 : 0)));
  });
  const mean = new Float64Array(D).fill(110.3);
  return { X: new Matrix(data, D, { mean }), y };
}

function trained(dtype: 'float32' | 'bfloat16', threads = 2, iterations = 300) {
  const { X, y } = brightQuarters(1);
  const net = new TwoLayerNet({
    inputSize: D,
    hiddenSize: H,
    numClasses: C,
    std: 1e-3,
    dtype,
    threads,
    backend: 'native',
  });
  const history = net.trainSync(X, y, X, y, {
    numIters: iterations,
    batchSize: 53,
    learningRate: 3e-4,
    learningRateDecay: 1,
    reg: 0.01,
  });
  return { net, history };
}

describe("dtype 'bfloat16' where it cannot be had", () => {
  it('is refused with what to do', () => {
    const make = () =>
      new TwoLayerNet({ inputSize: 2, hiddenSize: 2, numClasses: 2, dtype: 'bfloat16', backend: 'js' });
    expect(make).toThrow(
      expect.objectContaining({
        code: 'ERR_BFLOAT16_UNAVAILABLE',
        message: expect.stringMatching(/TypeScript backend has no bfloat16 products\. Use float32/),
      }),
    );
  });
});

describe.skipIf(missing !== undefined)(`dtype 'bfloat16' beside blas${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('is refused, since the BLAS has no such products', () => {
    const before = process.env.TWO_LAYER_NET_PRODUCTS;
    process.env.TWO_LAYER_NET_PRODUCTS = 'blas';
    try {
      expect(() => new TwoLayerNet({ inputSize: 2, hiddenSize: 2, numClasses: 2, dtype: 'bfloat16' })).toThrow(
        expect.objectContaining({
          code: 'ERR_BFLOAT16_UNAVAILABLE',
          message: expect.stringMatching(/asks for the BLAS/),
        }),
      );
    } finally {
      if (before === undefined) delete process.env.TWO_LAYER_NET_PRODUCTS;
      else process.env.TWO_LAYER_NET_PRODUCTS = before;
    }
  });
});

describe.skipIf(missing !== undefined)(`dtype 'bfloat16'${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('learns what float32 learns, with losses that differ by rounding', () => {
    const exact = trained('float32'),
      rounded = trained('bfloat16');
    expect(rounded.net.params.W1).toBeInstanceOf(Float32Array);
    rounded.history.lossHistory.forEach((loss, i) => {
      expect(Math.abs(loss - exact.history.lossHistory[i])).toBeLessThan(0.02);
    });
    expect(rounded.history.lossHistory).not.toStrictEqual(exact.history.lossHistory);
    expect(rounded.history.valAccHistory.at(-1)).toBeGreaterThan(0.9);
  });

  it('gives the same bits on any number of threads', () => {
    const { net } = trained('bfloat16', 1);
    for (const threads of [2, 3, 7]) expect(trained('bfloat16', threads).net.params).toStrictEqual(net.params);
  });

  it('takes rows of reals, and gives up on a rate that diverges', () => {
    const { y } = brightQuarters(1);
    const X = new Matrix(Float32Array.from(new RandomState(3).randn(N * D)), D);
    const options = { inputSize: D, hiddenSize: H, numClasses: C, std: 1e-2, backend: 'native' } as const;
    const losses = (dtype: 'float32' | 'bfloat16') =>
      new TwoLayerNet({ ...options, dtype }).trainSync(X, y, null, null, { numIters: 50, learningRate: 0.1 })
        .lossHistory;
    const exact = losses('float32');
    losses('bfloat16').forEach((loss, i) => {
      expect(Math.abs(loss - exact[i])).toBeLessThan(0.02);
    });
    const net = new TwoLayerNet({ ...options, dtype: 'bfloat16' });
    expect(() => net.trainSync(X, y, null, null, { numIters: 500, learningRate: 1e20 })).toThrow(
      expect.objectContaining({ code: 'ERR_DIVERGED' }),
    );
    expect(net.params.W1.every(Number.isFinite)).toBe(true);
  });

  it('is written and read as the float32 that its parameters are', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bfloat16-'));
    try {
      const { net, history } = trained('bfloat16', 1, 3);
      await saveModel(join(folder, 'model.safetensors'), { ...net, history });
      const model = await loadModel(join(folder, 'model.safetensors'));
      expect(model.dtype).toBe('float32');
      expect(model.params).toStrictEqual({ ...net.params });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
