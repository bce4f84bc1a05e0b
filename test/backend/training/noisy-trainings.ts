/** Trainings with dropout and changed pictures, for programs that compute them on their own. */
import type { Picture, Products, TrainingCall } from '../../../binding.js';
import { RandomState } from '../../../src/random/random-state.js';
import type { EngineSettings } from '../../../src/training/settings.js';
import { parametersIn, trainingCall } from '../../support/training-call.js';

/** A training of plain gradient descent, with momentum or without. */
export interface NoisyTraining {
  readonly name: string;
  readonly D: number;
  readonly H: number;
  readonly C: number;
  readonly N: number;
  readonly batchSize: number;
  readonly numIters: number;
  readonly noiseSeed: number;
  /** Rows of bytes with a mean if they are pictures, else of reals. */
  readonly picture: Picture | null;
  readonly learningRate: number;
  readonly reg: number;
  readonly momentum: number;
  readonly dropout: number;
  readonly inputDropout: number;
  readonly flip: boolean;
  readonly shift: number;
  readonly sampling: EngineSettings['sampling'];
}

const REALS = {
  D: 21,
  H: 17,
  C: 3,
  N: 40,
  batchSize: 9,
  numIters: 12,
  noiseSeed: 2 ** 31 - 1,
  picture: null,
  learningRate: 0.1,
  reg: 0.01,
  momentum: 0,
  dropout: 0,
  inputDropout: 0,
  flip: false,
  shift: 0,
  sampling: 'replacement',
} as const;

const PICTURES = {
  ...REALS,
  D: 5 * 7 * 3,
  noiseSeed: 12345,
  picture: { height: 5, width: 7, channels: 3 },
  learningRate: 1e-3,
} as const;

/** Rows and layers whose length is no multiple of 16 numbers, more of them, and one that is. */
export const NOISY_TRAININGS: readonly NoisyTraining[] = [
  { ...REALS, name: 'dropout', dropout: 0.4 },
  { ...REALS, name: 'dropout of 32 units', H: 32, dropout: 0.5 },
  { ...REALS, name: 'dropout of 1 unit of 10', H: 5, dropout: 0.1, batchSize: 50 },
  { ...REALS, name: 'input dropout', inputDropout: 0.2 },
  { ...REALS, name: 'a rate that rounds to 0', dropout: 7e-6, inputDropout: 7e-6 },
  { ...REALS, name: 'a rate that rounds to 1', dropout: 1 - 7e-6, numIters: 3 },
  { ...REALS, name: 'permutations', sampling: 'permutation', numIters: 15 },
  { ...PICTURES, name: 'flips', flip: true },
  { ...PICTURES, name: 'shifts', shift: 2 },
  { ...PICTURES, name: 'the largest shifts', shift: 4 },
  { ...PICTURES, name: 'grey pictures', picture: { height: 15, width: 7, channels: 1 }, flip: true, shift: 1 },
  {
    ...PICTURES,
    name: 'everything',
    momentum: 0.9,
    dropout: 0.3,
    inputDropout: 0.1,
    flip: true,
    shift: 1,
    sampling: 'permutation',
  },
];

/** The start of a training: parameters and rows, in float64. The order of the draws is the order here. */
export function startOf({ D, H, C, N, picture }: NoisyTraining) {
  const random = new RandomState(5);
  const normal = (length: number, scale: number) => random.randn(length).map((draw) => scale * draw);
  const parameters = {
    W1: normal(D * H, picture ? 0.003 : 0.3),
    b1: normal(H, 0.1),
    W2: normal(H * C, 0.3),
    b2: normal(C, 0.1),
  };
  const data = picture ? Uint8Array.from(random.randint(0, 256, N * D)) : random.randn(N * D);
  const mean = picture && random.uniform(100, 155, D);
  const labels = Int32Array.from(random.randint(0, C, N));
  return { parameters, data, mean, labels };
}

/** The seed of the draws of minibatches. */
export const MINIBATCH_SEED = 9;

export function callOf(training: NoisyTraining, dtype: 'float32' | 'float64', products: Products): TrainingCall {
  const { D, H, C, N, noiseSeed, picture, name: _, ...settings } = training;
  const { parameters, data, mean, labels } = startOf(training);
  return trainingCall({
    net: {
      shape: { inputSize: D, hiddenSize: H, numClasses: C },
      parameters: parametersIn(dtype, parameters),
      products,
      threads: 2,
    },
    training: { rows: { data, count: N, mean }, labels },
    picture,
    noiseSeed,
    random: new RandomState(MINIBATCH_SEED).getState(),
    settings: { learningRateDecay: 1, ...settings },
  });
}

/** What a training comes to. */
export interface NoisyResult {
  readonly losses: readonly number[];
  readonly W1: readonly number[];
  readonly b1: readonly number[];
  readonly W2: readonly number[];
  readonly b2: readonly number[];
}
