import type { CallSettings, Reals } from '../../../binding.js';

/** Everything that an update depends on besides the gradient. */
export interface UpdateInputs {
  /** The settings of the training. */
  readonly settings: CallSettings;
  /** The learning rate of this step, in place of the one in `settings`. */
  readonly learningRate: number;
  /** The number of this update, from 1 at the start of training: for bias correction. */
  readonly step: number;
}

/** The inputs for W1; native/engine/step/update_rule.h says why they differ. */
export function inputsOfW1({ settings, learningRate, step }: UpdateInputs): UpdateInputs {
  const factor = settings.inputScale ** 2;
  return { settings: { ...settings, reg: settings.reg / factor }, learningRate: learningRate * factor, step };
}

/** How a gradient changes the parameters. The engine's counterpart is native/engine/step/update_rule.h. */
export interface UpdateRule {
  readonly name: string;
  /** Arrays of state, each laid out like the parameters, that the rule keeps from one update to the next. */
  readonly slots: number;
  /**
   * For a rule that is linear in the gradient: weights ← keep · weights − rate · gradient, and biases likewise with a
   * `keep` of 1. The update is then part of the matrix product, and the gradient is never stored.
   */
  linear?(inputs: UpdateInputs): { keep: number; rate: number };
  /** For any other rule: changes one array in place, and its arrays of state. Biases are not regularized. */
  apply?(inputs: UpdateInputs, isWeight: boolean, parameters: Reals, gradient: Float64Array, slots: Reals[]): void;
}

/**
 * Stochastic gradient descent: w ← w − lr · (gradient + reg · w), for weights as (1 − lr · reg) · w − lr · gradient.
 */
export const SGD: UpdateRule = {
  name: 'sgd',
  slots: 0,
  linear: ({ settings, learningRate }) => ({ keep: 1 - learningRate * settings.reg, rate: learningRate }),
};
