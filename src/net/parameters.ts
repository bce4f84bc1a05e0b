/** The parameters of a new net, and how large they may be. */
import type { Binding, ParameterArrays, Shape } from '../../binding.js';
import { keepStream, releaseStream } from '../random/busy-streams.js';
import { drawNormal, drawNormalAsync } from '../random/draw-normal.js';
import type { RandomState } from '../random/random-state.js';
import { SETTINGS, setting } from '../training/settings.js';
import { conflict, withCode } from '../validation/errors.js';
import { arrayType, checkParameterTypes, type ParameterArrayType } from '../validation/parameters.js';
import { allocated } from '../validation/system-limits.js';
import { isArrayOf } from '../validation/typed-arrays.js';
import type { TwoLayerNetOptions } from './options.js';

/** The largest number of elements in one buffer of the engine; 8 GiB in float64. */
const MAX_ELEMENTS = 2 ** 30;

/** Parameters of 0. */
export function zeroParameters(
  { inputSize: D, hiddenSize: H, numClasses: C }: Shape,
  type: ParameterArrayType,
): ParameterArrays {
  const make = () => ({ W1: new type(D * H), b1: new type(H), W2: new type(H * C), b2: new type(C) });
  return allocated(`the parameters of a net of ${D} · ${H} · ${C}`, make);
}

/** The standard deviations of the first weights, of W1 and of W2. */
export type Deviations = readonly [ofW1: number, ofW2: number];

/**
 * The standard deviations that the options of a net ask for. Those of W1 count for rows multiplied by the input scale.
 *
 * @throws TypeError or RangeError for an `init`, `std` or `inputScale` that is not allowed; TypeError `ERR_CONFLICT`
 * for an `init` beside a `std`
 */
export function deviationsOf(options: TwoLayerNetOptions): Deviations {
  const init = setting('init', options.init);
  const std = setting('std', options.std);
  const inputScale = setting('inputScale', options.inputScale);
  if (init === 'std') return [std * inputScale, std];
  if (options.std !== undefined && options.std !== SETTINGS.std.default) {
    throw conflict(
      (name) =>
        `Expected no ${name('std')} beside ${name('init')} '${init}', which decides it, but received ${std}: leave ` +
        'one out',
    );
  }
  const { inputSize: D, hiddenSize: H, numClasses: C } = options;
  const [ofW1, ofW2] = init === 'he' ? [2 / D, 2 / H] : [2 / (D + H), 2 / (H + C)];
  return [Math.sqrt(ofW1) * inputScale, Math.sqrt(ofW2)];
}

/** Draws random weights: deviation · randn, W1 before W2 as in the article. Biases stay. */
export function drawWeights(
  { W1, W2 }: ParameterArrays,
  [ofW1, ofW2]: Deviations,
  random: RandomState,
  binding: Binding,
): void {
  const between = drawNormal(binding, { random: random.getState(), scale: ofW1, draws: W1 });
  random.setState(drawNormal(binding, { random: between, scale: ofW2, draws: W2 }));
}

/**
 * The same while JavaScript continues.
 *
 * @throws (as a rejection) Error `ERR_BUSY` when something else draws from the stream
 */
export async function drawWeightsAsync(
  { W1, W2 }: ParameterArrays,
  [ofW1, ofW2]: Deviations,
  random: RandomState,
  binding: Binding,
): Promise<void> {
  keepStream(random);
  try {
    const between = await drawNormalAsync(binding, { random: random.getState(), scale: ofW1, draws: W1 });
    random.setState(await drawNormalAsync(binding, { random: between, scale: ofW2, draws: W2 }));
  } finally {
    releaseStream(random);
  }
}

/**
 * The sizes that the lengths of the four arrays give, and the dtype that their type gives.
 *
 * @throws TypeError `ERR_INVALID_TYPE` when they are not all of one type
 */
export function shapeAndDtypeOf(params: ParameterArrays): Shape & { readonly dtype: 'float32' | 'float64' } {
  const dtype = isArrayOf(params.W1, 'Float64Array') ? 'float64' : 'float32';
  checkParameterTypes(params, arrayType(dtype));
  // An empty array gives a size of 1, which its own length then does not fit.
  const hiddenSize = Math.max(1, params.b1.length);
  const numClasses = Math.max(1, params.b2.length);
  const inputSize = Math.max(1, Math.floor(params.W1.length / hiddenSize));
  return { inputSize, hiddenSize, numClasses, dtype };
}

/**
 * Checks that the parameters of a net fit into buffers of the engine.
 *
 * @throws RangeError `ERR_OUT_OF_RANGE`
 */
export function checkShape({ inputSize: D, hiddenSize: H, numClasses: C }: Shape): void {
  checkElements(D * H, `inputSize · hiddenSize (${D} · ${H})`);
  checkElements(H * C, `hiddenSize · numClasses (${H} · ${C})`);
}

/**
 * Checks that the buffers of a minibatch fit into the engine: rows, hidden units (in parts and whole, forward and
 * backward) and scores in whole vectors, and W2's gradient once for each fifty rows.
 *
 * @throws RangeError `ERR_OUT_OF_RANGE`
 */
export function checkMinibatch({ inputSize: D, hiddenSize: H, numClasses: C }: Shape, batchSize: number): void {
  checkElements(batchSize * (D + 6 * (H + 16) + C + 16 + (H * C) / 50), `a minibatch of ${batchSize} rows`);
}

/**
 * Checks that `elements` numbers fit into one buffer of the engine.
 *
 * @throws RangeError `ERR_OUT_OF_RANGE`
 */
export function checkElements(elements: number, what: string): void {
  if (elements <= MAX_ELEMENTS) return;
  throw withCode(
    new RangeError(`Expected at most ${MAX_ELEMENTS} numbers for ${what} but received ${elements}`),
    'ERR_OUT_OF_RANGE',
  );
}
