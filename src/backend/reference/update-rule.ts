import type { CallSettings, Reals } from '../../../binding.js';

/** Everything that an update of an array depends on besides the gradient. */
export interface UpdateInputs {
  /** The settings of the training, with `reg`, `epsilon` and `weightDecay` as they are for this array. */
  readonly settings: CallSettings;
  /** The learning rate of this step and this array, in place of the one in `settings`. */
  readonly learningRate: number;
  /** The number of this update, from 1 at the start of training: for bias correction. */
  readonly step: number;
  /** Multiplies the gradient, regularization included; below 1 if the gradient is clipped. */
  readonly gradientFactor: number;
}

/** How a gradient changes the parameters. The engine's counterpart is native/engine/step/update_rule.h. */
export interface UpdateRule {
  readonly name: string;
  /** Arrays of state, each laid out like the parameters, that the rule keeps from one update to the next. */
  readonly slots: number;
  /**
   * For a rule that is linear in the gradient: parameters ← keep · parameters − rate · gradient. The update can then be
   * part of the matrix product, and the gradient is never stored.
   */
  linear?(inputs: UpdateInputs): { readonly keep: number; readonly rate: number };
  /** Changes one array of parameters in place, and its arrays of state. */
  apply(inputs: UpdateInputs, parameters: Reals, gradient: Float64Array, slots: readonly Reals[]): void;
  /**
   * The inputs for W1 if rows count as multiplied by s, the input scale: training is then that of a net with weights V
   * on rows s · x, and W1 is s · V. The gradient of V is s times that of W1 (native/engine/step/update_rule.h).
   */
  inputsOfW1(inputs: UpdateInputs): UpdateInputs;
}

/** The inputs for biases, which are neither regularized nor decay. */
export function inputsOfBiases(inputs: UpdateInputs): UpdateInputs {
  return { ...inputs, settings: { ...inputs.settings, reg: 0, weightDecay: 0 } };
}
