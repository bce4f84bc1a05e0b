/** The article's toy model: a net small enough to check by hand. */

import { TwoLayerNet } from '../net/two-layer-net.js';
import { RandomState } from '../random/random-state.js';

/** `init_toy_model`: 4 inputs, 10 hidden units, 3 classes, drawn from `np.random.seed(0)`. */
export function toyModel(): TwoLayerNet {
  const sizes = { inputSize: 4, hiddenSize: 10, numClasses: 3 };
  return new TwoLayerNet({ ...sizes, std: 1e-1, random: new RandomState(0), dtype: 'float64' });
}

/** `init_toy_data`: five rows, drawn from `np.random.seed(1)`. */
export function toyData(): { X: Float64Array; y: number[] } {
  return { X: new RandomState(1).randn(5 * 4).map((draw) => 10 * draw), y: [0, 1, 2, 2, 1] };
}

/** The regularization strength with which the notebook checks the loss. */
export const TOY_REG = 0.1;

/** The notebook's training of the toy model. */
export const TOY_TRAINING = { learningRate: 1e-1, reg: 1e-5, numIters: 100 } as const;
