import type { CallSettings, ParameterArrays } from '../../../binding.js';
import { PARAMETERS } from '../../validation/parameters.js';
import type { ReferenceMinibatch } from './minibatch.js';
import { inputsOfBiases, type UpdateInputs, type UpdateRule } from './update-rule.js';

/** The gradients of all parameters. */
type Gradients = ParameterArrays<Float64Array>;

/** What keeps a clipped gradient of norm 0 from a division by 0, as in PyTorch. */
const TINY_NORM = 1e-6;

/** Applies an update rule to the parameters, with the gradients that a minibatch has computed. */
export class ReferenceUpdate {
  private gradients: Gradients | undefined;
  /** Whether the gradients are those of shards, which have been taken. */
  private taken = false;

  /** @param state - the parameters, then the rule's slots */
  constructor(
    private readonly rule: UpdateRule,
    private readonly batch: ReferenceMinibatch,
    private readonly state: readonly ParameterArrays[],
  ) {}

  /**
   * @param learningRate - of this step
   * @param step - the number of this update, from 1 at the start of training
   */
  apply(settings: CallSettings, learningRate: number, step: number): void {
    const { rule } = this;
    const inputs = { settings, learningRate, step, gradientFactor: 1 };
    if (rule.linear && !(settings.clipNorm > 0) && !this.taken) {
      this.applyLinear(inputs);
      return;
    }
    const gradients = this.taken && this.gradients ? this.gradients : this.computeGradients();
    const clipped = { ...inputs, gradientFactor: clipFactor(settings, this.state[0], gradients) };
    const inputsOf = this.inputsOf(clipped);
    for (const name of PARAMETERS) {
      const [parameters, ...slots] = this.state.map((arrays) => arrays[name]);
      rule.apply(inputsOf[name], parameters, gradients[name], slots);
    }
  }

  /** Adds the gradients to the parameters while they are computed. */
  private applyLinear(inputs: UpdateInputs): void {
    const { batch, state, rule } = this;
    const [{ W1, b1, W2, b2 }] = state;
    const inputsOf = this.inputsOf(inputs);
    const linear = (name: keyof ParameterArrays) => rule.linear?.(inputsOf[name]) ?? { keep: 1, rate: 0 };
    const [ofW1, ofW2] = [linear('W1'), linear('W2')];
    batch.addGradientOfW1(-ofW1.rate, ofW1.keep, W1);
    batch.addGradientOfW2(-ofW2.rate, ofW2.keep, W2);
    rule.apply(inputsOf.b1, b1, batch.db1, []);
    rule.apply(inputsOf.b2, b2, batch.db2, []);
  }

  private inputsOf(inputs: UpdateInputs): Record<keyof ParameterArrays, UpdateInputs> {
    const ofBiases = inputsOfBiases(inputs);
    return { W1: this.rule.inputsOfW1(inputs), b1: ofBiases, W2: inputs, b2: ofBiases };
  }

  /**
   * Adds the gradients of one shard of a minibatch, one after the other: in float64, another order would hardly matter.
   *
   * @param first - whether it is the first shard of its minibatch
   */
  take(first: boolean): void {
    this.taken = true;
    const { b1, b2 } = this.computeGradients(first ? 0 : 1);
    const { db1, db2 } = this.batch;
    for (let i = 0; i < b1.length; i++) b1[i] = db1[i] + (first ? 0 : b1[i]);
    for (let i = 0; i < b2.length; i++) b2[i] = db2[i] + (first ? 0 : b2[i]);
  }

  /** @param beta - what the gradients of the weights so far are multiplied by before these are added */
  private computeGradients(beta = 0): Gradients {
    const { batch, state, taken } = this;
    const [{ W1, W2 }] = state;
    this.gradients ??= {
      W1: new Float64Array(W1.length),
      b1: taken ? batch.db1.slice() : batch.db1,
      W2: new Float64Array(W2.length),
      b2: taken ? batch.db2.slice() : batch.db2,
    };
    batch.addGradientOfW1(1, beta, this.gradients.W1);
    batch.addGradientOfW2(1, beta, this.gradients.W2);
    return this.gradients;
  }
}

/**
 * What a gradient, regularization included, is multiplied by so that its norm over all parameters is at most
 * `clipNorm`, as PyTorch's `clip_grad_norm_`. With an input scale s it is the norm of the net on scaled rows, whose
 * gradient of the first layer is s times that of W1.
 */
function clipFactor({ clipNorm, inputScale, reg }: CallSettings, { W1, W2 }: ParameterArrays, of: Gradients): number {
  if (!(clipNorm > 0)) return 1;
  const squares =
    inputScale ** 2 * squaresOf(of.W1, reg / inputScale ** 2, W1) +
    squaresOf(of.b1, 0, of.b1) +
    squaresOf(of.W2, reg, W2) +
    squaresOf(of.b2, 0, of.b2);
  return Math.min(1, clipNorm / (Math.sqrt(squares) + TINY_NORM));
}

/** Σ (gradient + reg · weights)² */
function squaresOf(gradient: Float64Array, reg: number, weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) sum += (gradient[i] + reg * weights[i]) ** 2;
  return sum;
}
