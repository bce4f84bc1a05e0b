/** The parameters of a new net, and how large they may be. */
import type { ParameterArrays, Shape } from '../../binding.js';
import type { RandomState } from '../random/random-state.js';
import { withCode } from '../validation/errors.js';
import type { ParameterArrayType } from '../validation/parameters.js';

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
