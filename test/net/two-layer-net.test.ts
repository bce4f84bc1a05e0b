import { describe, expect, it, vi } from 'vitest';
import { backendInfo, chooseBackend } from '../../src/backend/choose.js';
import { Matrix } from '../../src/data/matrix.js';
import { gradientCheck } from '../../src/net/gradient-check.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { defaultThreads } from '../../src/platform/processors.js';
import { RandomState } from '../../src/random/random-state.js';
import type { Dtype } from '../../src/training/settings.js';
import { copyParameters, PARAMETERS } from '../../src/validation/parameters.js';
import { describeOnBackends, nativeMissing } from '../support/backends.js';

const sizes = { inputSize: 4, hiddenSize: 6, numClasses: 3 };

describeOnBackends('a new net', (backend) => {
  it('draws W1, then W2, from its stream and starts its biases at 0', () => {
    const random = new RandomState(5);
    const net = new TwoLayerNet({ ...sizes, std: 0.25, random, dtype: 'float64', backend });
    const expected = new RandomState(5);
    expect(net.params).toStrictEqual({
      W1: expected.randn(24).map((draw) => 0.25 * draw),
      b1: new Float64Array(6),
      W2: expected.randn(18).map((draw) => 0.25 * draw),
      b2: new Float64Array(3),
    });
    expect(random.getState()).toStrictEqual(expected.getState());
    expect(net.random).toBe(random);
  });

  it.each(['', 'auto', 'simd', 'blas'])('reads the default of its products from the environment: %j', (products) => {
    vi.stubEnv('TWO_LAYER_NET_PRODUCTS', products);
    const net = new TwoLayerNet({ ...sizes, backend });
    vi.unstubAllEnvs();
    expect(net.predict(new Float32Array(4))).toHaveLength(1);
  });

  it('takes its products from the option rather than from the environment', () => {
    vi.stubEnv('TWO_LAYER_NET_PRODUCTS', 'fast');
    for (const products of ['auto', 'simd', 'blas'] as const) {
      expect(new TwoLayerNet({ ...sizes, products, backend }).predict(new Float32Array(4))).toHaveLength(1);
    }
    vi.unstubAllEnvs();
    // @ts-expect-error products that do not exist
    expect(() => new TwoLayerNet({ ...sizes, products: 'fast', backend })).toThrow(
      'Expected one of "auto", "simd", "blas" for products but received "fast"',
    );
  });

  it('refuses unknown products', () => {
    vi.stubEnv('TWO_LAYER_NET_PRODUCTS', 'fast');
    const make = () => new TwoLayerNet({ ...sizes, backend });
    expect(make).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_TYPE',
        message:
          'Expected one of "auto", "simd", "blas" for the environment variable TWO_LAYER_NET_PRODUCTS ' +
          'but received "fast"',
      }),
    );
    vi.unstubAllEnvs();
  });

  it('is float32, of std 1e-4 and seed 0, with one thread for each processor by default', () => {
    const net = new TwoLayerNet({ ...sizes, backend });
    expect(net).toMatchObject({ ...sizes, dtype: 'float32', threads: defaultThreads(), backend });
    expect(net.params.W1).toStrictEqual(Float32Array.from(new RandomState(0).randn(24).map((draw) => 1e-4 * draw)));
  });

  it('accepts parameters, and then draws nothing', () => {
    const random = new RandomState(5);
    const before = random.getState();
    const { params } = new TwoLayerNet({ ...sizes, backend });
    const net = new TwoLayerNet({ ...sizes, params, random, backend });
    expect(net.params).toBe(params);
    expect(random.getState()).toStrictEqual(before);
  });

  it.each<Dtype>(['float32', 'float64'])('is made from parameters, which determine its sizes and type: %s', (dtype) => {
    const { params } = new TwoLayerNet({ ...sizes, dtype, backend });
    const net = TwoLayerNet.fromParams(params, { backend, threads: 3 });
    expect(net.params).toBe(params);
    expect(net).toMatchObject({ ...sizes, dtype, threads: 3, backend });
  });

  it('computes with values that are written to its parameters', () => {
    const net = new TwoLayerNet({ ...sizes, backend });
    net.params.W1.fill(0);
    net.params.b2.set([1, 3, 2]);
    expect(Array.from(net.scores(new Float32Array(4)))).toStrictEqual([1, 3, 2]);
    expect(Array.from(net.predict(new Float32Array(4)))).toStrictEqual([1]);
  });
});

describeOnBackends('scores, classes and loss', (backend) => {
  /** Four inputs, two hidden units, two classes: small enough to compute by hand. */
  const byHand = () =>
    TwoLayerNet.fromParams(
      {
        W1: Float64Array.of(1, -1, 2, 0, 0, 3, -1, 1),
        b1: Float64Array.of(0.5, -0.5),
        W2: Float64Array.of(1, -1, 2, 0.5),
        b2: Float64Array.of(0, 1),
      },
      { backend },
    );

  it('match the formula, computed by hand', () => {
    // Row 0: z = (1 + 4 + 0 − 4 + 0.5, −1 + 0 + 9 + 4 − 0.5) = (1.5, 11.5); scores = (1.5 + 23, −1.5 + 5.75 + 1).
    // Row 1: z = (0.5, −0.5), the second unit is inactive; scores = (0.5, −0.5 + 1).
    const X = [
      [1, 2, 3, 4],
      [0, 0, 0, 0],
    ];
    const net = byHand();
    expect(Array.from(net.scores(X))).toStrictEqual([24.5, 5.25, 0.5, 0.5]);
    expect(Array.from(net.predict(X))).toStrictEqual([0, 0]);
    const [first, second] = [Math.log(1 + Math.exp(5.25 - 24.5)), Math.log(2)];
    expect(net.loss(X, [0, 1]).loss).toBeCloseTo((first + second) / 2, 14);
    // ΣW1² + ΣW2² = 17 + 6.25.
    expect(net.loss(X, [0, 1], { reg: 2 }).loss).toBeCloseTo((first + second) / 2 + 23.25, 13);
    // Row 1 alone: dscores = (0.5, −0.5). W2 passes (1, ·) to the first unit and nothing to the inactive one.
    expect(copyParameters(net.loss([X[1]], [1]).grads)).toStrictEqual({
      W1: new Float64Array(8),
      b1: Float64Array.of(1, 0),
      W2: Float64Array.of(0.25, -0.25, 0, 0),
      b2: Float64Array.of(0.5, -0.5),
    });
  });

  it('are the same for nested arrays, typed arrays, and a Matrix, with the mean subtracted or not', () => {
    const net = byHand();
    const expected = net.scores([
      [1, 2, 3, 4],
      [8, 7, 6, 5],
    ]);
    const numbers = [1, 2, 3, 4, 8, 7, 6, 5];
    for (const type of [Uint8Array, Uint8ClampedArray, Int8Array, Int16Array, Uint16Array, Int32Array, Uint32Array]) {
      expect(net.scores(type.from(numbers)), type.name).toStrictEqual(expected);
    }
    for (const type of [Uint8Array, Float32Array, Float64Array]) {
      expect(net.scores(new Matrix(type.from(numbers), 4)), type.name).toStrictEqual(expected);
      const mean = Float64Array.of(10, 20, 30, 40);
      const shifted = type.from(numbers.map((value, i) => value + mean[i % 4]));
      expect(net.scores(new Matrix(shifted, 4, { mean })), `${type.name} and mean`).toStrictEqual(expected);
      const padded = type.from([99, 99, 99, 99, ...numbers]);
      expect(net.scores(new Matrix(padded, 4).slice(1)), `a slice of ${type.name}`).toStrictEqual(expected);
      expect(net.scores([Float64Array.from(numbers.slice(0, 4)), numbers.slice(4)])).toStrictEqual(expected);
    }
    expect(net.scores(Buffer.from(numbers))).toStrictEqual(expected);
  });

  it('accept labels in any array', () => {
    const net = byHand();
    const X = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const { loss } = net.loss(X, [1, 0]);
    for (const type of [Uint8Array, Int8Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array]) {
      expect(net.loss(X, type.of(1, 0)).loss, type.name).toBe(loss);
    }
  });
});

// The largest float32 is 3.4e38. If every step of the formula is far below it, nothing may overflow on the way.
describeOnBackends('finite results', (backend) => {
  const dtypes: readonly Dtype[] = ['float32', 'float64'];

  it.each(dtypes)('from scores of 1e4, whose exponential is too large for a float: %s', (dtype) => {
    const type = dtype === 'float32' ? Float32Array : Float64Array;
    const params = { W1: type.of(1), b1: type.of(0), W2: type.of(1, -1), b2: type.of(0, 0) };
    const net = TwoLayerNet.fromParams(params, { backend });
    const X = [[1e4], [1e4]];
    expect(Array.from(net.scores(X))).toStrictEqual([1e4, -1e4, 1e4, -1e4]);
    // Correct for the first row, at no loss, and wrong for the second, by the whole distance.
    const { loss, grads } = net.loss(X, [0, 1]);
    expect(loss).toBe(1e4);
    expect(Array.from(grads.b2)).toStrictEqual([0.5, -0.5]);
    expect(Array.from(grads.W2)).toStrictEqual([5e3, -5e3]);
    expect(Array.from(net.predict(X))).toStrictEqual([0, 0]);
  });

  it.each<[Dtype, number]>([
    ['float32', 1e15],
    ['float32', 1e30],
    ['float32', 1e37],
    ['float64', 1e15],
    ['float64', 1e300],
  ])('from inputs as large as %s allows: %d', (dtype, large) => {
    const net = new TwoLayerNet({ ...sizes, dtype, backend, random: new RandomState(2) });
    const X = new RandomState(3).uniform(-1, 1, 4 * 20).map((value) => value * large);
    const y = Array.from({ length: 20 }, (_, i) => i % 3);
    expect(net.scores(X).every(Number.isFinite)).toBe(true);
    const { loss, grads } = net.loss(X, y);
    expect(loss).toBeGreaterThan(large * 1e-9);
    expect(loss).toBeLessThan(large);
    for (const name of PARAMETERS) expect(grads[name].every(Number.isFinite), name).toBe(true);
    expect(net.predict(X).every((label) => label >= 0 && label < 3)).toBe(true);
  });

  it('from tiny inputs: the loss of a guess, log 3', () => {
    const net = new TwoLayerNet({ ...sizes, backend });
    const { loss } = net.loss(new Float64Array(8).fill(1e-300), [0, 1]);
    expect(loss).toBeCloseTo(Math.log(3), 6);
  });
});

describeOnBackends('gradientCheck', (backend) => {
  const X = new RandomState(1).randn(4 * 5);
  const y = [0, 1, 2, 2, 1];
  const random = () => new RandomState(0);

  it('does not change the net', () => {
    const net = new TwoLayerNet({ ...sizes, std: 0.5, random: random(), dtype: 'float64', backend });
    const params = copyParameters(net.params);
    const state = net.random.getState();
    gradientCheck(net, X, y, { reg: 0.1 });
    expect(copyParameters(net.params)).toStrictEqual(params);
    expect(net.random.getState()).toStrictEqual(state);
  });

  it('finds the gradients of a float32 net correct to float32', () => {
    const net = new TwoLayerNet({ ...sizes, std: 0.5, random: random(), backend });
    const errors = gradientCheck(net, X, y, { reg: 0.1 });
    for (const name of PARAMETERS) expect(errors[name], name).toBeLessThan(1e-4);
  });

  /** A net whose gradient is wrong by a thousandth at one place of W1. */
  function wrongNet(index: number): TwoLayerNet {
    const net = new TwoLayerNet({ ...sizes, std: 0.5, random: random(), dtype: 'float64', backend });
    const right = net.loss.bind(net);
    net.loss = (...args) => {
      const result = right(...args);
      result.grads.W1[index] *= 1.001;
      return result;
    };
    return net;
  }

  it('finds a wrong gradient', () => {
    const { W1, ...others } = gradientCheck(wrongNet(7), X, y);
    expect(W1).toBeCloseTo(0.0005, 6);
    for (const error of Object.values(others)) expect(error).toBeLessThan(1e-7);
  });

  it('checks the requested number of entries, drawn with seed 0', () => {
    const drawn = random().permutation(24);
    expect(gradientCheck(wrongNet(drawn[2]), X, y, { samples: 3 }).W1).toBeGreaterThan(1e-4);
    expect(gradientCheck(wrongNet(drawn[3]), X, y, { samples: 3 }).W1).toBeLessThan(1e-7);
    expect(gradientCheck(wrongNet(drawn[3]), X, y, { samples: 1000 }).W1).toBeGreaterThan(1e-4);
  });
});

describeOnBackends('peak', (backend) => {
  it.each(['float32', 'float64'] as const)('of %s is a number of GFLOP/s', (dtype) => {
    const gflops = chooseBackend(backend).binding.peak(dtype, 2, 0.02);
    expect(gflops).toBeGreaterThan(0);
    expect(gflops).toBeLessThan(1e6);
  });
});

describe('backendInfo', () => {
  it('describes the TypeScript backend', () => {
    expect(backendInfo('js')).toStrictEqual({
      backend: 'js',
      blas: 'none',
      blasCore: 'TypeScript',
      blasCoreReason: 'there is no BLAS',
      blasCoreOlder: false,
      simdTarget: 'none',
      products: 'auto',
      bfloat16: false,
      threads: 1,
      file: undefined,
      reasons: [],
    });
  });

  it.skipIf(nativeMissing !== undefined)(
    `tells of the addon${nativeMissing ? ` (skipped: ${nativeMissing})` : ''}`,
    () => {
      const info = backendInfo('native');
      expect(info).toMatchObject({ backend: 'native', threads: defaultThreads(), reasons: [] });
      expect(info.file).toMatch(/\.node$/);
      expect(info.blas).not.toBe('');
      expect(info.blasCore).not.toBe('');
      expect(info.blasCoreReason).not.toBe('');
      expect(info.simdTarget).toMatch(/^(AVX3|AVX2|SSE4|SSSE3|SCALAR|NEON|none)/);
      expect(backendInfo()).toStrictEqual(info);
    },
  );
});
