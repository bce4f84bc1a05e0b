/** A training in which everything that happens at random, and everything that can, happens. */
import type { Binding, Products, TrainingCall } from '../../../binding.js';
import { RandomState } from '../../../src/random/random-state.js';
import type { EngineSettings } from '../../../src/training/settings.js';
import { productsOf } from '../../support/backends.js';
import { parametersIn, trainingCall } from '../../support/training-call.js';

/** Sizes, and what the net computes with. */
export interface Kind {
  readonly picture: { readonly height: number; readonly width: number; readonly channels: number };
  readonly H: number;
  readonly C: number;
  readonly N: number;
  readonly dtype: 'float32' | 'float64';
  readonly products: Products;
  readonly bfloat16?: boolean;
  readonly threads: number;
}

/** The same call each time, with dropout, changed pictures, permutations, weights, smoothing and clipping. */
export function callWithEverything(kind: Kind, settings: Partial<EngineSettings>): TrainingCall {
  const { picture, H, C, N, dtype, products, bfloat16 = false, threads } = kind;
  const D = picture.height * picture.width * picture.channels;
  const random = new RandomState(8);
  const normal = (length: number, scale: number) => random.randn(length).map((draw) => scale * draw);
  const parameters = {
    W1: normal(D * H, 0.1 / Math.sqrt(D)),
    b1: normal(H, 0.1),
    W2: normal(H * C, 0.3),
    b2: normal(C, 0.1),
  };
  const data = Uint8Array.from(random.randint(0, 256, N * D));
  const labels = Int32Array.from(random.randint(0, C, N));
  const rows = { data, count: N, mean: random.uniform(100, 155, D) };
  return trainingCall({
    net: {
      shape: { inputSize: D, hiddenSize: H, numClasses: C },
      parameters: parametersIn(dtype, parameters),
      products,
      bfloat16,
      threads,
    },
    training: { rows, labels },
    validation: { rows, labels },
    weights: random.uniform(0, 3, N),
    picture,
    noiseSeed: 77,
    finalAccuracies: true,
    random: random.getState(),
    settings: {
      learningRate: 1e-3,
      learningRateDecay: 0.9,
      reg: 0.01,
      dropout: 0.3,
      inputDropout: 0.1,
      flip: true,
      shift: 2,
      sampling: 'permutation',
      labelSmoothing: 0.1,
      clipNorm: 1,
      ...settings,
    },
  });
}

/** The types and products with which a backend trains. */
export function kindsOf(binding: Binding): Pick<Kind, 'dtype' | 'products' | 'bfloat16'>[] {
  const kinds = productsOf(binding).flatMap((products) =>
    (['float32', 'float64'] as const).map((dtype) => ({ dtype, products })),
  );
  return binding.info().bfloat16 ? [...kinds, { dtype: 'float32', products: 'simd', bfloat16: true }] : kinds;
}
