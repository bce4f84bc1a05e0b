/** The parameters of a new net, and how large they may be. */
import type { ParameterArrays, Shape } from '../../binding.js';
import type { RandomState } from '../random/random-state.js';
import { withCode } from '../validation/errors.js';
import { arrayType, checkParameterTypes, type ParameterArrayType } from '../validation/parameters.js';
import { isArrayOf } from '../validation/typed-arrays.js';

/** The largest number of elements in one buffer of the engine; 8 GiB in float64. */
const MAX_ELEMENTS = 2 ** 30;

/** Random weights, W1 before W2 as in the article, and biases of 0. */
export function initialParameters(
  { inputSize: D, hiddenSize: H, numClasses: C }: Shape,
  type: ParameterArrayType,
  std: number,
  random: RandomState,
): ParameterArrays {
  const normal = (size: number) => type.from(random.randn(size).map((value) => std * value));
  const W1 = normal(D * H);
  return { W1, b1: new type(H), W2: normal(H * C), b2: new type(C) };
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
