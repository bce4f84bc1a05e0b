import type { LabelledRows, Net, Reals } from '../../../binding.js';
import {
  affine,
  affineInputsBackward,
  affineWeightsBackward,
  biasBackward,
  gather,
  type LossOptions,
  realsLike,
  relu,
  reluBackward,
  softmaxLoss,
} from './layers.js';
import type { MinibatchNoise } from './noise.js';

/**
 * The forward and backward pass over some rows, up to everything that the gradients are made of. It is reused for one
 * batch after another, of up to `capacity` rows.
 */
export class ReferenceMinibatch {
  readonly db1: Float64Array;
  readonly db2: Float64Array;
  private readonly labels: Int32Array;
  /** The gathered rows (n, D), mean subtracted. */
  private X: Reals;
  private readonly capacity: number;
  private readonly buffers: { X: Reals; hidden: Reals; dhidden: Reals; scores: Reals };
  private hidden: Reals;
  private dhidden: Reals;
  private scores: Reals;
  private n = 0;
  private noise: MinibatchNoise | null = null;

  constructor(
    private readonly net: Net,
    capacity: number,
  ) {
    const { inputSize: D, hiddenSize: H, numClasses: C } = net.shape;
    const like = net.parameters.W1;
    this.capacity = capacity;
    this.buffers = {
      X: realsLike(like, capacity * D),
      hidden: realsLike(like, capacity * H),
      dhidden: realsLike(like, capacity * H),
      scores: realsLike(like, capacity * C),
    };
    ({ X: this.X, hidden: this.hidden, dhidden: this.dhidden, scores: this.scores } = this.buffers);
    this.db1 = new Float64Array(H);
    this.db2 = new Float64Array(C);
    this.labels = new Int32Array(capacity);
  }

  /**
   * Gathers n rows: those at `indices`, or from `first` on if that is null.
   *
   * @param noise - changes these rows at random, and hidden units in {@link forward}
   */
  gather(
    data: LabelledRows,
    indices: Int32Array | null,
    first: number,
    n: number,
    noise: MinibatchNoise | null = null,
  ): void {
    const { inputSize: D, hiddenSize: H, numClasses: C } = this.net.shape;
    if (n > this.capacity) throw new RangeError(`Minibatch of ${this.capacity} rows cannot hold ${n}`);
    this.n = n;
    this.noise = noise;
    this.X = this.buffers.X.subarray(0, n * D);
    this.hidden = this.buffers.hidden.subarray(0, n * H);
    this.dhidden = this.buffers.dhidden.subarray(0, n * H);
    this.scores = this.buffers.scores.subarray(0, n * C);
    gather(data.rows, indices, first, n, this.X, noise?.copyRow);
    noise?.dropInputs(this.X);
    for (let i = 0; i < n; i++) this.labels[i] = data.labels[indices ? indices[i] : first + i];
  }

  /** Forward: the scores (n, C) of the gathered rows; they are overwritten by {@link backward}. */
  forward(): Reals {
    const { inputSize: D, hiddenSize: H, numClasses: C } = this.net.shape;
    const { W1, b1, W2, b2 } = this.net.parameters;
    affine(this.n, D, H, this.X, W1, b1, this.hidden);
    relu(this.hidden);
    this.noise?.dropHidden(this.hidden);
    affine(this.n, H, C, this.hidden, W2, b2, this.scores);
    return this.scores;
  }

  /**
   * Forward and backward through both layers, in the article's order. Returns the sum of the rows' losses, each times
   * its weight. Afterwards db1 and db2 hold the biases' gradients, and those of the weights can be computed.
   */
  backward(options: LossOptions): number {
    const { hiddenSize: H, numClasses: C } = this.net.shape;
    const dscores = this.forward();
    const loss = softmaxLoss(this.n, C, this.labels, options, dscores);
    biasBackward(this.n, C, dscores, this.db2);
    affineInputsBackward(this.n, H, C, dscores, this.net.parameters.W2, this.dhidden);
    reluBackward(this.hidden, this.dhidden); // a dropped unit is 0, as one that the ReLU has cut off
    this.noise?.dropHiddenBackward(this.dhidden);
    biasBackward(this.n, H, this.dhidden, this.db1);
    return loss;
  }

  /** out ← alpha · dW1 + beta · out, for the weights or a gradient. */
  addGradientOfW1(alpha: number, beta: number, out: Reals): void {
    const { inputSize: D, hiddenSize: H } = this.net.shape;
    affineWeightsBackward(this.n, D, H, this.X, this.dhidden, { alpha, beta }, out);
  }

  /** The same for W2. */
  addGradientOfW2(alpha: number, beta: number, out: Reals): void {
    const { hiddenSize: H, numClasses: C } = this.net.shape;
    affineWeightsBackward(this.n, H, C, this.hidden, this.scores, { alpha, beta }, out);
  }
}
