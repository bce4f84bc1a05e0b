import type { ParameterArrays } from '../../binding.js';
import { type Dtype, TwoLayerNet } from '../net/two-layer-net.js';
import { RandomState, type RandomStateSnapshot } from '../random/random-state.js';
import type { TrainingHistory } from './training.js';

/**
 * A stopped training as a value: all that going on with it needs, besides the data and the options. Plain data that share
 * no memory with the net, so that they may be kept, sent to another thread, or gone on with more than once.
 */
export interface TrainingState {
  /** Copies of W1 (D, H), b1 (H), W2 (H, C), b2 (C), row-major. */
  readonly params: ParameterArrays;
  /** D, numbers per row. */
  readonly inputSize: number;
  /** H, hidden units. */
  readonly hiddenSize: number;
  /** C, classes. */
  readonly numClasses: number;
  /** The type of parameters and arithmetic. */
  readonly dtype: Dtype;
  /** Where the stream that minibatches are drawn from stands. */
  readonly random: RandomStateSnapshot;
  /** What has been noted, how many iterations that were, and the learning rate of the next. */
  readonly history: TrainingHistory;
}

/**
 * The state of a training that has ended or was stopped (the history is the one that `train` gave, or its
 * {@link TrainingAbortedError}'s).
 *
 * @param random - the stream that the training drew from, if it was not the net's own
 * @example
 * const state = trainingState(net, await net.train(X, y, null, null, { numIters: 100, ...options }));
 * const same = restoreTraining(state);
 * await same.train(X, y, null, null, { numIters: 300, ...options, resume: state.history }); // 200 more
 */
export function trainingState(
  net: TwoLayerNet,
  history: TrainingHistory,
  random: RandomState = net.random,
): TrainingState {
  const { inputSize, hiddenSize, numClasses, dtype } = net;
  return {
    ...{ params: copyOf(net.params), inputSize, hiddenSize, numClasses, dtype },
    ...{ random: random.getState(), history: structuredClone(history) },
  };
}

/**
 * A net that goes on where the training of `state` stopped: pass `state.history` as `resume` to its `train`. The state is
 * copied and may be restored again.
 *
 * @param options - `backend` and `threads` of the net; results are the same to the last bit for any number of threads
 * @throws as the constructor of {@link TwoLayerNet} and `RandomState.setState`
 */
export function restoreTraining(
  state: TrainingState,
  options: Pick<ConstructorParameters<typeof TwoLayerNet>[0], 'backend' | 'threads'> = {},
): TwoLayerNet {
  const { inputSize, hiddenSize, numClasses, dtype } = state;
  const random = new RandomState(0);
  random.setState(state.random);
  const params = copyOf(state.params);
  return new TwoLayerNet({ ...options, inputSize, hiddenSize, numClasses, dtype, params, random });
}

/** The four arrays alone, each with no more memory than its own. */
function copyOf({ W1, b1, W2, b2 }: ParameterArrays): ParameterArrays {
  return { W1: W1.slice(), b1: b1.slice(), W2: W2.slice(), b2: b2.slice() };
}
