import { RandomState } from '../random/random-state.js';
import { resolveSettings, setting } from '../training/settings.js';
import { copyLeft, type TrainingState } from '../training/state.js';
import { checkOptions, isObject } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import { addAll } from '../validation/long-lists.js';
import { arrayType, checkParameters, copyParameters } from '../validation/parameters.js';
import { checkLeft } from './left.js';
import type { ComputeOptions } from './options.js';
import { TwoLayerNet } from './two-layer-net.js';

/**
 * A net that continues where the training of `state` stopped: pass `state.history` as `resume` to its `train`. The
 * state is copied and can be restored again.
 *
 * @param options - how the net computes; the results are the same to the last bit for any number of threads
 * @throws TypeError or RangeError for a state that is incomplete or was changed; as the constructor of
 * {@link TwoLayerNet} and `RandomState.setState`
 */
export function restoreTraining(state: TrainingState, options: Omit<ComputeOptions, 'random'> = {}): TwoLayerNet {
  checkState(state);
  checkOptions(options, 'the options of restoreTraining', ['backend', 'products', 'threads']);
  const { inputSize, hiddenSize, numClasses, dtype, products, classNames, imageShape, inputScale } = state;
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
  const { slots, best } = copyLeft(state);
  addAll(net.slots, slots);
  net.best = best;
  return net;
}

/** The names of what a state has. */
const STATE_KEYS = [
  ...(['params', 'slots', 'best', 'inputScale', 'inputSize', 'hiddenSize', 'numClasses', 'dtype', 'products'] as const),
  ...(['mean', 'classNames', 'imageShape', 'random', 'history'] as const),
];

/** Checks what the constructor of a net does not: names, parameters, the state of the update rule, the best epoch. */
function checkState(state: TrainingState): void {
  checkOptions(state, 'a training state', STATE_KEYS);
  if (state.params === undefined) throw wrongType('a training state, as trainingState returns it, for state', state);
  const { inputSize, hiddenSize, numClasses, dtype, params, slots, best, random, history } = state;
  const shape = resolveSettings(['inputSize', 'hiddenSize', 'numClasses'], { inputSize, hiddenSize, numClasses });
  const type = arrayType(setting('dtype', dtype));
  checkParameters(params, shape, type, 'params of the state');
  if (!isObject(history)) throw wrongType('the history of a training for history of the state', history);
  if (!isObject(random)) throw wrongType('the position of a stream for random of the state', random);
  checkLeft(shape, type, { slots, best });
}

/** The same net, in the same memory and with the same stream, on another number of threads. */
export function onThreads(net: TwoLayerNet, threads: number): TwoLayerNet {
  const { inputSize, hiddenSize, numClasses, dtype, products, backend, params, mean, classNames, random } = net;
  const { inputScale, imageShape } = net;
  const shape = { inputSize, hiddenSize, numClasses, inputScale, imageShape };
  const other = new TwoLayerNet({ ...shape, dtype, products, backend, params, mean, classNames, random, threads });
  addAll(other.slots, net.slots);
  other.best = net.best;
  return other;
}
