/** The nets and rows of the self-test, and a backend's results for them. */
import type {
  Binding,
  LabelledRows,
  Net,
  Outcome,
  ParameterArrays,
  Products,
  Reals,
  TrainingCall,
} from '../../binding.js';
import { RandomState } from '../random/random-state.js';
import { engineSettings } from '../training/settings.js';
import { copyParameters } from '../validation/parameters.js';
import { isArrayOf } from '../validation/typed-arrays.js';

/** Sizes to test with: N rows of D numbers, H hidden units, C classes. */
export interface TestShape {
  readonly D: number;
  readonly H: number;
  readonly C: number;
  readonly N: number;
  /** Whether rows are bytes with a mean, like pictures; otherwise they are reals. */
  readonly bytes: boolean;
  /** The number of training steps. */
  readonly steps: number;
}

/**
 * The smallest net; sizes that are not a multiple of any vector; sizes next to those at which the backends split their
 * work; and the article's, which takes the reference a second.
 */
export const TEST_SHAPES: readonly TestShape[] = [
  { D: 1, H: 1, C: 2, N: 1, bytes: false, steps: 5 },
  { D: 33, H: 9, C: 3, N: 7, bytes: false, steps: 5 },
  { D: 65, H: 31, C: 11, N: 101, bytes: true, steps: 5 },
  { D: 257, H: 17, C: 100, N: 129, bytes: false, steps: 5 },
  { D: 3072, H: 50, C: 10, N: 200, bytes: true, steps: 3 },
];

/** How a backend must compute. */
export interface TestSettings {
  readonly products: Products;
  readonly bfloat16: boolean;
  readonly threads: number;
}

/** A net with rows and labels; always the same for a shape. */
export interface TestCase {
  readonly shape: TestShape;
  readonly parameters: ParameterArrays;
  readonly data: LabelledRows;
}

/**
 * With this seed no hidden unit comes closer to 0, in any step of any training, than 5e-6 of the largest: ten times
 * float32's rounding. A unit that is on in one backend and off in the other would change a row's gradient, which is not
 * an error but looks like one.
 */
const SEED = 0;

/** Draws a case, with weights that keep the numbers between its layers near 1. */
export function testCase(shape: TestShape, dtype: 'float32' | 'float64'): TestCase {
  const { D, H, C, N, bytes } = shape;
  const random = new RandomState(SEED + D);
  const reals = (size: number, scale: number): Reals => {
    const draws = random.randn(size).map((draw) => scale * draw);
    return dtype === 'float32' ? Float32Array.from(draws) : draws;
  };
  // With rows of bytes the steps are small. Biases and W2 must be small too, or rounding would hide their change.
  const bias = bytes ? 1e-3 : 0.1;
  const parameters = {
    W1: reals(D * H, (bytes ? 1 / 64 : 1) / Math.sqrt(D)),
    b1: reals(H, bias),
    W2: reals(H * C, (bytes ? 1 / 8 : 1) / Math.sqrt(H)),
    b2: reals(C, bias),
  };
  const data = bytes ? Uint8Array.from(random.randint(0, 256, N * D)) : random.randn(N * D);
  const mean = bytes ? random.uniform(100, 155, D) : null;
  const labels = Int32Array.from(random.randint(0, C, N));
  return { shape, parameters, data: { rows: { data, count: N, mean }, labels } };
}

function netOf({ shape, parameters }: TestCase, settings: TestSettings): Net {
  const { D: inputSize, H: hiddenSize, C: numClasses } = shape;
  return { shape: { inputSize, hiddenSize, numClasses }, parameters, ...settings };
}

/** Scores (N, C). */
export function scoresBy(binding: Binding, test: TestCase, settings: TestSettings): Reals {
  const type = isArrayOf(test.parameters.W1, 'Float32Array') ? Float32Array : Float64Array;
  const scores = new type(test.shape.N * test.shape.C);
  binding.scores(netOf(test, settings), test.data.rows, scores);
  return scores;
}

/** Classes (N). */
export function classesBy(binding: Binding, test: TestCase, settings: TestSettings): Int32Array {
  const classes = new Int32Array(test.shape.N);
  binding.predict(netOf(test, settings), test.data.rows, classes);
  return classes;
}

/** The regularization strength, large enough to have a visible effect. */
const REG = 0.1;

/** Loss and gradients. */
export function gradientsBy(binding: Binding, test: TestCase, settings: TestSettings) {
  const gradients = copyParameters(test.parameters);
  const loss = binding.lossAndGradients(netOf(test, settings), test.data, REG, gradients);
  return { loss, gradients };
}

/** A short training: its losses and its final parameters. */
export interface TestTraining {
  readonly losses: Float64Array;
  readonly parameters: ParameterArrays;
}

/** Trains on the calling thread. */
export function trainingBy(binding: Binding, test: TestCase, settings: TestSettings): TestTraining {
  const call = callOf(test, settings);
  return trained(call, binding.trainSync(call, null));
}

/** Trains in the background, on the backend's threads. */
export async function trainingBesideBy(
  binding: Binding,
  test: TestCase,
  settings: TestSettings,
): Promise<TestTraining> {
  const call = callOf(test, settings);
  return trained(call, await binding.train(call, null));
}

function trained(call: TrainingCall, { losses, status, iterations }: Outcome): TestTraining {
  if (status !== 'done') throw new Error(`the training ended as ${status} after ${iterations} iterations`);
  return { losses, parameters: call.net.parameters };
}

function callOf(test: TestCase, settings: TestSettings): TrainingCall {
  const parameters = copyParameters(test.parameters);
  return {
    net: { ...netOf(test, settings), parameters },
    training: test.data,
    validation: test.data,
    settings: engineSettings({
      numIters: test.shape.steps,
      batchSize: test.shape.N,
      // Rows of bytes are large numbers, and so are their gradients.
      learningRate: test.shape.bytes ? 1e-3 : 0.05,
      learningRateDecay: 0.95,
      reg: REG,
    }),
    slots: [],
    weights: null,
    picture: null,
    rates: null,
    noiseSeed: 0,
    finalAccuracies: false,
    firstIteration: 0,
    best: null,
    random: new RandomState(7).getState(),
    stop: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    reportInterval: 0,
    profile: false,
    group: null,
  };
}
