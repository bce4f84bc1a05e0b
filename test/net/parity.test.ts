import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Matrix, type MatrixData } from '../../src/data/matrix.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { copyParameters, PARAMETERS } from '../../src/validation/parameters.js';
import { describeOnNative, errorOfScale } from '../support/backends.js';

/** How rows are stored: as bytes, with or without a mean, or as reals. */
type Storage = 'bytes' | 'bytes and mean' | 'float32' | 'float64' | 'float64 and mean';

interface Case {
  N: number;
  D: number;
  H: number;
  C: number;
  batchSize: number;
  storage: Storage;
  dtype: (typeof dtypes)[number];
  /** Draws everything else. */
  seed: number;
}

const storages: readonly Storage[] = ['bytes', 'bytes and mean', 'float32', 'float64', 'float64 and mean'];
const dtypes = ['float32', 'float64'] as const;

const anyCase: fc.Arbitrary<Case> = fc.record({
  N: fc.integer({ min: 1, max: 70 }),
  D: fc.integer({ min: 1, max: 70 }),
  H: fc.integer({ min: 1, max: 40 }),
  C: fc.oneof(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 2, max: 100 })),
  batchSize: fc.integer({ min: 1, max: 120 }),
  storage: fc.constantFrom(...storages),
  dtype: fc.constantFrom(...dtypes),
  seed: fc.nat(1e6),
});

/** Sizes at and around which a backend divides its work: rows at 50, 128, 256 and 1000, columns at 64 and 256. */
const corners: readonly Case[] = [
  { N: 1, D: 1, H: 1, C: 2, batchSize: 1, storage: 'float64', dtype: 'float64', seed: 1 },
  { N: 1, D: 1, H: 1, C: 2, batchSize: 200, storage: 'bytes', dtype: 'float32', seed: 2 },
  { N: 1, D: 13, H: 7, C: 100, batchSize: 3, storage: 'float32', dtype: 'float64', seed: 3 },
  { N: 40, D: 5, H: 1, C: 2, batchSize: 40, storage: 'bytes and mean', dtype: 'float64', seed: 4 },
  { N: 7, D: 33, H: 9, C: 100, batchSize: 50, storage: 'float64', dtype: 'float32', seed: 5 },
  { N: 51, D: 63, H: 17, C: 5, batchSize: 51, storage: 'float32', dtype: 'float32', seed: 6 },
  { N: 101, D: 65, H: 31, C: 3, batchSize: 99, storage: 'bytes and mean', dtype: 'float32', seed: 7 },
  { N: 127, D: 3, H: 33, C: 11, batchSize: 101, storage: 'float32', dtype: 'float64', seed: 8 },
  { N: 128, D: 64, H: 16, C: 8, batchSize: 128, storage: 'bytes', dtype: 'float64', seed: 9 },
  { N: 129, D: 11, H: 10, C: 7, batchSize: 129, storage: 'float64', dtype: 'float64', seed: 10 },
  { N: 256, D: 8, H: 4, C: 4, batchSize: 256, storage: 'float32', dtype: 'float32', seed: 11 },
  { N: 257, D: 9, H: 5, C: 3, batchSize: 300, storage: 'bytes and mean', dtype: 'float64', seed: 12 },
  { N: 20, D: 255, H: 6, C: 3, batchSize: 10, storage: 'bytes', dtype: 'float64', seed: 13 },
  { N: 20, D: 257, H: 6, C: 3, batchSize: 10, storage: 'float64', dtype: 'float64', seed: 14 },
  { N: 12, D: 1031, H: 3, C: 2, batchSize: 13, storage: 'bytes and mean', dtype: 'float64', seed: 15 },
  { N: 1000, D: 4, H: 3, C: 3, batchSize: 200, storage: 'float64', dtype: 'float64', seed: 16 },
  { N: 1001, D: 5, H: 3, C: 2, batchSize: 1001, storage: 'bytes', dtype: 'float64', seed: 17 },
  { N: 2049, D: 3, H: 5, C: 4, batchSize: 3000, storage: 'float32', dtype: 'float64', seed: 18 },
];

/** `size` integers from −span to span, divided by 16: products and sums of a few thousand of them are exact. */
function grid(random: RandomState, size: number, span: number): Float64Array {
  return random.randint(-span, span + 1, size).map((integer) => integer / 16);
}

/** Both nets with the same parameters, in separate arrays. */
function pair({ D, H, C, dtype }: Case, values: { [Name in (typeof PARAMETERS)[number]]: Float64Array }) {
  const type = dtype === 'float32' ? Float32Array : Float64Array;
  const params = {
    W1: type.from(values.W1),
    b1: type.from(values.b1),
    W2: type.from(values.W2),
    b2: type.from(values.b2),
  };
  const options = { inputSize: D, hiddenSize: H, numClasses: C, dtype };
  return {
    native: new TwoLayerNet({ ...options, params, backend: 'native', threads: 3 }),
    js: new TwoLayerNet({ ...options, params: copyParameters(params), backend: 'js' }),
  };
}

/**
 * Nets and rows whose every product and sum up to the scores is exact in either arithmetic: rows and W1 are
 * multiples of 1/16 up to 1, W2 of 1/16 up to 1/4. Ties between classes and units at exactly 0 are frequent here.
 */
function exactCase(which: Case) {
  const { N, D, H, C, storage, seed } = which;
  const random = new RandomState(seed);
  const nets = pair(which, {
    W1: grid(random, D * H, D > 70 ? 1 : 16),
    b1: grid(random, H, 16),
    W2: grid(random, H * C, 4),
    b2: grid(random, C, 2),
  });
  const labels = random.randint(0, C, N);
  if (storage.startsWith('bytes')) {
    const mean = storage === 'bytes' ? {} : { mean: Float64Array.from(random.randint(0, 8, D)) };
    return { nets, labels, X: new Matrix(Uint8Array.from(random.randint(0, 8, N * D)), D, mean) };
  }
  const mean = storage === 'float64 and mean' ? { mean: grid(random, D, 16) } : {};
  const data = grid(random, N * D, 16);
  return { nets, labels, X: new Matrix(storage === 'float32' ? Float32Array.from(data) : data, D, mean) };
}

/** Nets and rows of normal draws. Bytes cover their whole range, around their mean, with weights to match. */
function realCase(which: Case) {
  const { N, D, H, C, storage, seed } = which;
  const random = new RandomState(seed);
  const bytes = storage.startsWith('bytes');
  const first = (bytes ? 1 / 128 : 1) / Math.sqrt(D);
  const nets = pair(which, {
    W1: random.randn(D * H).map((draw) => first * draw),
    b1: random.randn(H).map((draw) => 0.1 * draw),
    W2: random.randn(H * C).map((draw) => draw / Math.sqrt(H)),
    b2: random.randn(C).map((draw) => 0.1 * draw),
  });
  const labels = random.randint(0, C, N);
  const mean = storage.endsWith('mean') ? { mean: random.uniform(0, bytes ? 255 : 1, D) } : {};
  let data: MatrixData = bytes ? Uint8Array.from(random.randint(0, 256, N * D)) : random.randn(N * D);
  if (storage === 'float32') data = Float32Array.from(data);
  return { nets, labels, X: new Matrix(data, D, mean) };
}

/**
 * Both backends sum the same terms in another order: the error of a sum is below its number of terms (a few thousand
 * here) times the arithmetic's half unit, 1.1e-16 or 6e-8, of the largest partial sum, and far below for terms of
 * either sign. Found at most: 6e-15 and 6e-7 of an array's largest entry. A wrong term costs 1e-3 and more.
 */
const SUMS = { float64: 1e-12, float32: 1e-5 };

/**
 * The same after five steps, each of which carries on the errors of the steps before. In float32 a hidden unit within
 * rounding of 0 may also be on in one backend and off in the other, which costs its share of one row's gradient.
 * Found at most: 8e-15 and 4e-6.
 */
const STEPS = { float64: 1e-11, float32: 1e-3 };

/** A forward pass without rounding is the same to the last bit. The exp, log and sums after it are close. */
function compareExact(which: Case): void {
  const { nets, labels, X } = exactCase(which);
  const scores = nets.js.scores(X);
  expect(nets.native.scores(X)).toStrictEqual(scores);
  const classes = nets.native.predict(X);
  expect(classes).toStrictEqual(nets.js.predict(X));
  for (let i = 0; i < which.N; i++) {
    const row = Array.from(scores.subarray(i * which.C, (i + 1) * which.C));
    expect(classes[i], `row ${i}: the first of the highest`).toBe(row.indexOf(Math.max(...row)));
  }
  const native = nets.native.loss(X, labels, { reg: 0.25 });
  const js = nets.js.loss(X, labels, { reg: 0.25 });
  expect(errorOfScale([native.loss], [js.loss])).toBeLessThan(SUMS[which.dtype]);
  for (const name of PARAMETERS) {
    expect(errorOfScale(native.grads[name], js.grads[name]), `d${name}`).toBeLessThan(SUMS[which.dtype]);
  }
}

/** Realistic rows: scores are close, and so is a short training with the same draws. */
function compareReal(which: Case): void {
  const { nets, labels, X } = realCase(which);
  expect(errorOfScale(nets.native.scores(X), nets.js.scores(X))).toBeLessThan(SUMS[which.dtype]);
  const options = { numIters: 5, batchSize: which.batchSize, learningRate: 0.01, reg: 0.1 };
  const native = nets.native.trainSync(X, labels, X, labels, options);
  const js = nets.js.trainSync(X, labels, X, labels, options);
  const near = STEPS[which.dtype];
  expect(errorOfScale(native.lossHistory, js.lossHistory)).toBeLessThan(near);
  for (const name of PARAMETERS) {
    expect(errorOfScale(nets.native.params[name], nets.js.params[name]), name).toBeLessThan(near);
  }
  expect(native.learningRate).toBe(js.learningRate);
  expect(nets.native.random.getState()).toStrictEqual(nets.js.random.getState());
  if (which.dtype === 'float64') {
    // In float32, a row whose two best scores differ by rounding may be correct on one backend only.
    expect(native.trainAccHistory).toStrictEqual(js.trainAccHistory);
    expect(native.valAccHistory).toStrictEqual(js.valAccHistory);
  }
}

describeOnNative('the addon and TypeScript agree', () => {
  const runs = { seed: 9_471, numRuns: 100 };

  it('bit for bit on exact scores and classes, ties included, and closely on loss and gradients', () => {
    fc.assert(fc.property(anyCase, compareExact), runs);
  });

  it('closely on real numbers, through a short training', () => {
    fc.assert(fc.property(anyCase, compareReal), runs);
  });

  it.each(corners)('at the corner N $N, D $D, H $H, C $C, batches of $batchSize, $storage, $dtype', (corner) => {
    compareExact(corner);
    compareReal(corner);
  });

  it('on ties: the first class with the highest score wins, even if all scores are equal', () => {
    for (const backend of ['native', 'js'] as const) {
      const zeros = { W1: new Float32Array(6), b1: new Float32Array(3), W2: new Float32Array(12) };
      const tied = TwoLayerNet.fromParams({ ...zeros, b2: Float32Array.of(1, 2, 2, -1) }, { backend });
      expect(tied.predict(new Float32Array(2 * 300)), backend).toStrictEqual(new Int32Array(300).fill(1));
      const equal = TwoLayerNet.fromParams({ ...zeros, b2: new Float32Array(4) }, { backend });
      expect(equal.predict(new Float32Array(2 * 300)), backend).toStrictEqual(new Int32Array(300));
    }
  });

  it('on rows and parameters that are views of larger buffers, shared ones included', () => {
    const random = new RandomState(5);
    for (const Buffer of [ArrayBuffer, SharedArrayBuffer]) {
      const view = (size: number) => {
        const array = new Float64Array(new Buffer(8 * (size + 7)), 8 * 3, size);
        array.set(random.randn(size));
        return array;
      };
      const params = { W1: view(4 * 5), b1: view(5), W2: view(5 * 3), b2: view(3) };
      const X = view(4 * 9);
      const native = TwoLayerNet.fromParams(params, { backend: 'native' }).scores(X);
      const js = TwoLayerNet.fromParams(params, { backend: 'js' }).scores(X.slice());
      expect(errorOfScale(native, js)).toBeLessThan(SUMS.float64);
      expect(errorOfScale(native, new Float64Array(native.length)), 'scores that are not all 0').toBe(
        Number.POSITIVE_INFINITY,
      );
    }
  });
});
