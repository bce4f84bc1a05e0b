import type { BestEpoch, ParameterArrays, Products } from '../../binding.js';
import type { RandomState, RandomStateSnapshot } from '../random/random-state.js';
import { checkAttached, isObject } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import type { ImageShape } from '../validation/image-shape.js';
import { copyParameters } from '../validation/parameters.js';
import type { TrainingHistory } from './history.js';
import type { Dtype } from './settings.js';

/**
 * A stopped training as a value: everything that is needed to continue it, except the data and the options. Plain data
 * that share no memory with the net, so that they can be kept, sent to another thread, or continued more than once.
 */
export interface TrainingState {
  /** Copies of W1 (D, H), b1 (H), W2 (H, C), b2 (C), row-major. */
  readonly params: ParameterArrays;
  /** Copies of the update rule's state, sets of arrays like `params`: as many as the rule in `history` keeps. */
  readonly slots: readonly ParameterArrays[];
  /** A copy of the best epoch so far of a training with `patience` that was stopped; undefined when there is none. */
  readonly best?: BestEpoch | undefined;
  /** The net's input scale. */
  readonly inputScale?: number | undefined;
  /** D, numbers per row. */
  readonly inputSize: number;
  /** H, hidden units. */
  readonly hiddenSize: number;
  /** C, classes. */
  readonly numClasses: number;
  /** The type of parameters and arithmetic. */
  readonly dtype: Dtype;
  /** The net's choice of matrix products: others would give other last bits. */
  readonly products: Products;
  /** A copy of the mean row (D) of the net; undefined if it has none. */
  readonly mean?: Float64Array | undefined;
  /** The class names of the net (C); undefined if it has none. */
  readonly classNames?: readonly string[] | undefined;
  /** How a row is a picture for the net; undefined if it does not know. */
  readonly imageShape?: ImageShape | undefined;
  /** The position of the stream that minibatches are drawn from. */
  readonly random: RandomStateSnapshot;
  /** The record so far: it says how many iterations were made, and the learning rate of the next. */
  readonly history: TrainingHistory;
}

/** What a state is taken of; a `TwoLayerNet` has all of it. */
export interface StateSource extends Omit<TrainingState, 'random' | 'history'> {
  /** The net's own stream. */
  readonly random: RandomState;
}

/**
 * The state of a training that has ended or was stopped (the history is the one that `train` returned, or that of its
 * {@link TrainingAbortedError}).
 *
 * @param random - the stream that the training drew from, if it was not the net's own
 * @example
 * const state = trainingState(net, await net.train(X, y, null, null, { numIters: 100, ...options }));
 * const same = restoreTraining(state);
 * await same.train(X, y, null, null, { numIters: 300, ...options, resume: state.history }); // 200 more
 */
export function trainingState(
  net: StateSource,
  history: TrainingHistory,
  random: RandomState = net?.random,
): TrainingState {
  if (!isObject(net) || !isObject(net.params)) throw wrongType('a TwoLayerNet for net', net);
  if (!isObject(history) || !Array.isArray(history.lossHistory)) {
    throw wrongType('the history of a training for history', history);
  }
  if (!isObject(random) || typeof random.getState !== 'function') throw wrongType('a RandomState for random', random);
  if (net.mean) checkAttached(net.mean, 'mean');
  const { params } = net;
  return {
    ...stateWithoutHistory({ params: copyParameters(params), ...copyLeft(net) }, net, random),
    history: structuredClone(history),
  };
}

/**
 * The same of a net that nobody uses any more: the state takes its memory over. A copy of large parameters would hold
 * up JavaScript's thread, and its memory the garbage collector.
 */
export function lastState(net: StateSource, history: TrainingHistory): TrainingState {
  return { ...stateWithoutHistory(net, net, net.random), history };
}

/** A state without its history, of parameters and what belongs to them. */
function stateWithoutHistory(
  { params, slots, best }: Pick<TrainingState, 'params' | 'slots' | 'best'>,
  net: StateSource,
  random: RandomState,
): Omit<TrainingState, 'history'> {
  return {
    params,
    slots,
    ...(best && { best }),
    ...(net.inputScale !== undefined && { inputScale: net.inputScale }),
    inputSize: net.inputSize,
    hiddenSize: net.hiddenSize,
    numClasses: net.numClasses,
    dtype: net.dtype,
    products: net.products,
    ...(net.mean && { mean: net.mean.slice() }),
    ...(net.classNames && { classNames: [...net.classNames] }),
    ...(net.imageShape && { imageShape: { ...net.imageShape } }),
    random: random.getState(),
  };
}

/** Copies of what a training leaves besides the parameters: the update rule's state, and the best epoch. */
export function copyLeft({ slots, best }: Pick<TrainingState, 'slots' | 'best'>) {
  return {
    slots: slots.map((slot, i) => copyParameters(slot, `slots[${i}]`)),
    best: best && { ...best, parameters: copyParameters(best.parameters, 'best.parameters') },
  };
}
