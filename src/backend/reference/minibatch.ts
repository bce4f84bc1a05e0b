import type { LabelledRows, Net, ParameterArrays, Reals } from '../../../binding.js';
import { PARAMETERS } from '../../validation/parameters.js';
import {
  affine,
  affineInputsBackward,
  affineWeightsBackward,
  biasBackward,
  gather,
  realsLike,
  relu,
  reluBackward,
  softmaxLoss,
} from './layers.js';
import { inputsOfW1, type UpdateInputs, type UpdateRule } from './update-rule.js';

/**
 * The forward and backward pass over some rows, up to everything that the gradients are made of. It is reused for one
 * batch after another, of up to `capacity` rows.
 */
export class ReferenceMinibatch {
  readonly db1: Float64Array;
  readonly db2: Float64Array;
  readonly labels: Int32Array;
  /** The gathered rows (n, D), mean subtracted. */
  X: Reals;
  private readonly capacity: number;
  private readonly buffers: { X: Reals; hidden: Reals; dhidden: Reals; scores: Reals };
  private hidden: Reals;
  private dhidden: Reals;
  private scores: Reals;
  private n = 0;
  private weightGradients: { W1: Float64Array; W2: Float64Array } | undefined;

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

  /** Gathers n rows: those at `indices`, or from `first` on if that is null. */
  gather(data: LabelledRows, indices: Int32Array | null, first: number, n: number): void {
    const { inputSize: D, hiddenSize: H, numClasses: C } = this.net.shape;
    if (n > this.capacity) throw new RangeError(`Minibatch of ${this.capacity} rows cannot hold ${n}`);
    this.n = n;
    this.X = this.buffers.X.subarray(0, n * D);
    this.hidden = this.buffers.hidden.subarray(0, n * H);
    this.dhidden = this.buffers.dhidden.subarray(0, n * H);
    this.scores = this.buffers.scores.subarray(0, n * C);
    gather(data.rows, indices, first, n, this.X);
    for (let i = 0; i < n; i++) this.labels[i] = data.labels[indices ? indices[i] : first + i];
  }

  /** Forward: the scores (n, C) of the gathered rows; they are overwritten by {@link backward}. */
  forward(): Reals {
    const { inputSize: D, hiddenSize: H, numClasses: C } = this.net.shape;
    const { W1, b1, W2, b2 } = this.net.parameters;
    affine(this.n, D, H, this.X, W1, b1, this.hidden);
    relu(this.hidden);
    affine(this.n, H, C, this.hidden, W2, b2, this.scores);
    return this.scores;
  }

  /**
   * Forward and backward through both layers, in the article's order; `scale` is 1 / N of the whole batch. Returns
   * Σ_n −log p(label). Afterwards db1 and db2 hold the biases' gradients, and those of the weights can be computed.
   */
  backward(scale: number): number {
    const { hiddenSize: H, numClasses: C } = this.net.shape;
    const dscores = this.forward();
    const loss = softmaxLoss(this.n, C, this.labels, scale, dscores);
    biasBackward(this.n, C, dscores, this.db2);
    affineInputsBackward(this.n, H, C, dscores, this.net.parameters.W2, this.dhidden);
    reluBackward(this.hidden, this.dhidden);
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

  /**
   * Applies `rule` to all parameters, with the gradients of the last {@link backward}.
   *
   * @param state - the parameters, then the rule's slots
   */
  update(rule: UpdateRule, state: readonly ParameterArrays[], inputs: UpdateInputs): void {
    const [parameters] = state;
    if (rule.linear) {
      const { keep, rate } = rule.linear(inputs);
      const ofW1 = rule.linear(inputsOfW1(inputs));
      this.addGradientOfW1(-ofW1.rate, ofW1.keep, parameters.W1);
      this.addGradientOfW2(-rate, keep, parameters.W2);
      subtractMultiple(rate, this.db1, parameters.b1);
      subtractMultiple(rate, this.db2, parameters.b2);
      return;
    }
    const { W1, W2 } = parameters;
    this.weightGradients ??= { W1: new Float64Array(W1.length), W2: new Float64Array(W2.length) };
    this.addGradientOfW1(1, 0, this.weightGradients.W1);
    this.addGradientOfW2(1, 0, this.weightGradients.W2);
    const gradients = { ...this.weightGradients, b1: this.db1, b2: this.db2 };
    const ofW1 = inputsOfW1(inputs);
    for (const name of PARAMETERS) {
      const [values, ...slots] = state.map((arrays) => arrays[name]);
      rule.apply?.(name === 'W1' ? ofW1 : inputs, name === 'W1' || name === 'W2', values, gradients[name], slots);
    }
  }
}

/** to ← to − factor · values */
function subtractMultiple(factor: number, values: Float64Array, to: Reals): void {
  for (let i = 0; i < to.length; i++) to[i] -= factor * values[i];
}
