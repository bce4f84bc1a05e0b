/** Both backends agree on any training: any sizes, rows, rule and settings that the contract has. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Binding, Products, TrainingCall } from '../../../binding.js';
import { chooseBackend } from '../../../src/backend/choose.js';
import { RandomState } from '../../../src/random/random-state.js';
import { describeOnNative, errorOfScale, productsOf } from '../../support/backends.js';
import { allOf, parametersIn, trainingCall } from '../../support/training-call.js';
import { UPDATE_RULES } from '../../support/update-rules.js';

const anyCase = fc.record({
  picture: fc.option(
    fc.record({
      height: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 9 }),
      channels: fc.integer({ min: 1, max: 4 }),
      flip: fc.boolean(),
      shift: fc.nat(8),
    }),
  ),
  columns: fc.integer({ min: 1, max: 130 }),
  H: fc.integer({ min: 1, max: 70 }),
  C: fc.integer({ min: 2, max: 20 }),
  N: fc.integer({ min: 1, max: 90 }),
  batchSize: fc.integer({ min: 1, max: 120 }),
  bytes: fc.boolean(),
  mean: fc.boolean(),
  weighted: fc.boolean(),
  dtype: fc.constantFrom('float64', 'float64', 'float32'),
  rates: fc.boolean(),
  settings: fc.record({
    numIters: fc.integer({ min: 1, max: 7 }),
    sampling: fc.constantFrom('replacement', 'permutation'),
    reg: fc.constantFrom(0, 0.1),
    inputScale: fc.constantFrom(1, 0.05),
    dropout: fc.constantFrom(0, 0.21, 0.5, 0.9),
    inputDropout: fc.constantFrom(0, 0.3),
    labelSmoothing: fc.constantFrom(0, 0.2),
    clipNorm: fc.constantFrom(0, 0.5, 100),
    shards: fc.constantFrom(1, 1, 2, 8),
    // Not Adam's default: a gradient of rounding errors would make steps as long as any.
    epsilon: fc.constant(1e-2),
  }),
  rule: fc.constantFrom(...Object.values(UPDATE_RULES)),
  /** Draws everything else. */
  seed: fc.nat(1e6),
});

type Case = typeof anyCase extends fc.Arbitrary<infer T> ? T : never;

/** Float64 sums in another order; in float32, also a unit within rounding of 0. Found at most: 4e-13. */
const TOLERANCE = { float64: 1e-10, float32: 1e-3 };

function callOf(which: Case, products: Products, threads: number): TrainingCall {
  const { H, C, N, bytes, dtype, seed, settings } = which;
  const { flip = false, shift: most = 0, ...picture } = which.picture ?? {};
  const { height = 1, width = which.columns, channels = 1 } = picture as Partial<NonNullable<TrainingCall['picture']>>;
  const D = height * width * channels;
  const random = new RandomState(seed);
  const normal = (length: number, scale: number) => random.randn(length).map((draw) => scale * draw);
  const parameters = {
    W1: normal(D * H, (bytes ? 0.01 : 1) / Math.sqrt(D)),
    b1: normal(H, 0.3),
    W2: normal(H * C, 1 / Math.sqrt(H)),
    b2: normal(C, 0.3),
  };
  const data = bytes ? Uint8Array.from(random.randint(0, 256, N * D)) : random.randn(N * D);
  const mean = which.mean ? random.uniform(bytes ? 100 : -1, bytes ? 150 : 1, D) : null;
  const rows = { data, count: N, mean };
  const labels = Int32Array.from(random.randint(0, C, N));
  return trainingCall({
    net: {
      shape: { inputSize: D, hiddenSize: H, numClasses: C },
      parameters: parametersIn(dtype, parameters),
      products,
      threads,
    },
    training: { rows, labels },
    validation: { rows, labels },
    weights: which.weighted ? random.uniform(-0.5, 2, N).map((weight) => Math.max(weight, 0)) : null,
    picture: { height, width, channels },
    rates: which.rates ? random.uniform(0, 2e-3, settings.numIters) : null,
    noiseSeed: seed,
    finalAccuracies: true,
    random: random.getState(),
    settings: {
      ...which.rule,
      ...settings,
      batchSize: settings.sampling === 'permutation' ? Math.min(which.batchSize, N) : which.batchSize,
      learningRate: bytes ? 1e-4 : 1e-2,
      learningRateDecay: 0.9,
      flip,
      shift: Math.min(most, height - 1, width - 1),
    },
  });
}

/** Trains, and returns all that is the same in float32, and all that is close. */
function trained(binding: Binding, call: TrainingCall) {
  const { losses, validationLosses, seconds: _, profile: __, ...outcome } = binding.trainSync(call, null);
  const { accuracies, trainAccuracies, validationAccuracies, learningRate, ...exact } = outcome;
  return {
    exact: { ...exact, key: call.random.key },
    shares: { accuracies, trainAccuracies, validationAccuracies },
    close: [
      losses,
      validationLosses,
      Float64Array.of(learningRate),
      ...[call.net.parameters, ...call.slots].map(allOf),
    ],
  };
}

describeOnNative('the backends', () => {
  const js = () => chooseBackend('js').binding;
  const native = () => chooseBackend('native').binding;

  it('agree on any training', () => {
    fc.assert(
      fc.property(anyCase, (which) => {
        const expected = trained(js(), callOf(which, 'auto', 1));
        for (const products of productsOf(native())) {
          const got = trained(native(), callOf(which, products, 1 + (which.seed % 3)));
          expect(got.exact).toStrictEqual(expected.exact);
          if (which.dtype === 'float64') expect(got.shares).toStrictEqual(expected.shares);
          const errors = got.close.map((values, i) => errorOfScale(values, expected.close[i]));
          expect(Math.max(...errors)).toBeLessThan(TOLERANCE[which.dtype]);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});
