import type { Net, ParameterArrays, Products } from '../../binding.js';
import { checkModelKeys } from '../model/check-model.js';
import type { Model } from '../model/model-types.js';
import type { TrainingRows } from '../training/run-options.js';
import type { Dtype } from '../training/settings.js';
import { withCode, wrongType } from '../validation/errors.js';
import { checkMemory } from '../validation/inputs.js';
import { arrayType, checkParameters } from '../validation/parameters.js';
import { ofThisRealm } from '../validation/typed-arrays.js';

/** What a backend needs to know of a net; a `TwoLayerNet` has all of it. */
export interface NetFields {
  readonly params: ParameterArrays;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numClasses: number;
  readonly dtype: Dtype;
  readonly products: Products;
  readonly threads: number;
}

/**
 * The net as a backend expects it.
 *
 * @throws TypeError or RangeError for parameters that do not fit: they are checked each time, since the caller may
 * replace them
 */
export function netOf(net: NetFields): Net {
  const { params, inputSize, hiddenSize, numClasses, dtype, products, threads } = net;
  const shape = { inputSize, hiddenSize, numClasses };
  const { W1, b1, W2, b2 } = checkParameters(params, shape, arrayType(dtype));
  return {
    shape,
    parameters: { W1: ofThisRealm(W1), b1: ofThisRealm(b1), W2: ofThisRealm(W2), b2: ofThisRealm(b2) },
    products,
    bfloat16: dtype === 'bfloat16',
    threads,
  };
}

/** The error that a failed training throws: parameters and rows that lost their memory meanwhile are named. */
export function explain(net: NetFields, { training, validation }: TrainingRows, error: unknown): unknown {
  try {
    netOf(net);
    if (!isOfBinding(error)) return error;
    checkMemory(training.rows, net.inputSize, 'X');
    if (validation) checkMemory(validation.rows, net.inputSize, 'Xval');
    return error;
  } catch (cause) {
    return cause;
  }
}

/** Whether a backend refused a call, which is checked before it is made: what it was made of has changed since. */
function isOfBinding(error: unknown): boolean {
  return /^binding: /.test(String((error as Partial<Error> | undefined)?.message));
}

/**
 * A model of one net whose rows need no scaling, which a net alone does not do.
 *
 * @throws TypeError `ERR_INVALID_TYPE` for something else than a model, `ERR_UNKNOWN_OPTION`; Error `ERR_MODEL_FILE`
 */
export function checkUnscaled<M extends Pick<Model, 'scale' | 'others'>>(model: M): M {
  if (typeof model !== 'object' || model === null) throw wrongType('a model that loadModel read', model);
  checkModelKeys(model);
  if (!model.scale && !model.others?.length) return model;
  throw withCode(
    new Error('Expected a model of a TwoLayerNet but received that of a Classifier: use Classifier.fromModel or .load'),
    'ERR_MODEL_FILE',
  );
}

/** Some properties of an object, those alone that it has: an undefined one says that there is none. */
export function ownOf<T extends object, K extends keyof T>(object: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.filter((name) => name in object).map((name) => [name, object[name]])) as Pick<T, K>;
}

/** The error for a second training of a net. */
export function alreadyTraining(): Error {
  return withCode(
    new Error('This net is already training: await that training first, or train another net'),
    'ERR_BUSY',
  );
}
