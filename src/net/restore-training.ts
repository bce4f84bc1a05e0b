import { RandomState } from '../random/random-state.js';
import type { TrainingState } from '../training/state.js';
import { checkOptions, isObject } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import { copyParameters } from '../validation/parameters.js';
import type { ComputeOptions } from './options.js';
import { TwoLayerNet } from './two-layer-net.js';

/**
 * A net that continues where the training of `state` stopped: pass `state.history` as `resume` to its `train`. The
 * state is copied and can be restored again.
 *
 * @param options - how the net computes; the results are the same to the last bit for any number of threads
 * @throws as the constructor of {@link TwoLayerNet} and `RandomState.setState`
 */
export function restoreTraining(state: TrainingState, options: Omit<ComputeOptions, 'random'> = {}): TwoLayerNet {
  if (!isObject(state)) throw wrongType('a training state, as trainingState returns it, for state', state);
  checkOptions(options, 'the options of restoreTraining', ['backend', 'products', 'threads']);
  const { inputSize, hiddenSize, numClasses, dtype, products, classNames, imageShape, inputScale, best } = state;
  const mean = state.mean?.slice();
  const random = new RandomState(0);
  random.setState(state.random);
  const params = copyParameters(state.params);
  const net = new TwoLayerNet({
    products,
    ...options,
    inputSize,
    hiddenSize,
    numClasses,
    dtype,
    ...(inputScale !== undefined && { inputScale }),
    params,
    mean,
    classNames,
    imageShape,
    random,
  });
  net.slots.push(...state.slots.map((slot) => copyParameters(slot)));
  net.best = best && { ...best, parameters: copyParameters(best.parameters) };
  return net;
}

/** The same net, in the same memory and with the same stream, on another number of threads. */
export function onThreads(net: TwoLayerNet, threads: number): TwoLayerNet {
  const { inputSize, hiddenSize, numClasses, dtype, products, backend, params, mean, classNames, random } = net;
  const { inputScale, imageShape } = net;
  const shape = { inputSize, hiddenSize, numClasses, inputScale, imageShape };
  const other = new TwoLayerNet({ ...shape, dtype, products, backend, params, mean, classNames, random, threads });
  other.slots.push(...net.slots);
  other.best = net.best;
  return other;
}
