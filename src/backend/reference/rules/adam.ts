import type { Reals } from '../../../../binding.js';
import type { UpdateInputs, UpdateRule } from '../update-rule.js';

/**
 * The mean of V's gradient is s times that of W1's, and the root of its mean square too. The step of V is therefore
 * lr · mean / (root + epsilon / s) of W1's, and W1 moves s times as far. Decay is the same share of V and of W1, so
 * that its product with the learning rate must not change.
 */
function inputsOfW1(inputs: UpdateInputs): UpdateInputs {
  const { settings, learningRate } = inputs;
  const { inputScale: s, reg, epsilon, weightDecay } = settings;
  return {
    ...inputs,
    settings: { ...settings, reg: reg / s ** 2, epsilon: epsilon / s, weightDecay: weightDecay / s },
    learningRate: learningRate * s,
  };
}

/** w ← (1 − lr · decay) · w, then Adam's step along g = gradient + reg · w of the weights before. */
function adam(
  { settings, learningRate, gradientFactor, step }: UpdateInputs,
  decay: number,
  parameters: Reals,
  gradient: Float64Array,
  [mean, meanSquare]: readonly Reals[],
): void {
  const { reg, beta1, beta2, epsilon } = settings;
  const keep = 1 - learningRate * decay;
  const rate = learningRate / (1 - beta1 ** step);
  const rootCorrection = Math.sqrt(1 - beta2 ** step);
  for (let i = 0; i < parameters.length; i++) {
    const g = gradientFactor * (gradient[i] + reg * parameters[i]);
    const m = beta1 * mean[i] + (1 - beta1) * g;
    const v = beta2 * meanSquare[i] + (1 - beta2) * g * g;
    mean[i] = m;
    meanSquare[i] = v;
    parameters[i] = keep * parameters[i] - (rate * m) / (Math.sqrt(v) / rootCorrection + epsilon);
  }
}

/**
 * Adam (Kingma and Ba 2015), as PyTorch's: m ← β1 · m + (1 − β1) · g, v ← β2 · v + (1 − β2) · g², and
 * w ← w − lr / (1 − β1ᵗ) · m / (√v / √(1 − β2ᵗ) + ε), where g is gradient + reg · w.
 */
export const ADAM: UpdateRule = {
  name: 'adam',
  slots: 2,
  apply: (inputs, parameters, gradient, slots) => adam(inputs, 0, parameters, gradient, slots),
  inputsOfW1,
};

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019), as PyTorch's AdamW. */
export const ADAMW: UpdateRule = {
  name: 'adamw',
  slots: 2,
  apply: (inputs, parameters, gradient, slots) =>
    adam(inputs, inputs.settings.weightDecay, parameters, gradient, slots),
  inputsOfW1,
};
