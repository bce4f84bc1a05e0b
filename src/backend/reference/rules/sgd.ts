import type { UpdateInputs, UpdateRule } from '../update-rule.js';

/** V ← V − lr · gradient of V, so that W1 ← W1 − s² · lr · gradient of W1; ½ · reg · ΣV² is ½ · reg / s² · ΣW1². */
function inputsOfW1(inputs: UpdateInputs): UpdateInputs {
  const { settings, learningRate } = inputs;
  const factor = settings.inputScale ** 2;
  return { ...inputs, settings: { ...settings, reg: settings.reg / factor }, learningRate: learningRate * factor };
}

function linear({ settings, learningRate, gradientFactor }: UpdateInputs): { keep: number; rate: number } {
  const rate = learningRate * gradientFactor;
  return { keep: 1 - rate * settings.reg, rate };
}

/**
 * Stochastic gradient descent: w ← w − lr · (gradient + reg · w), for weights as (1 − lr · reg) · w − lr · gradient.
 */
export const SGD: UpdateRule = {
  name: 'sgd',
  slots: 0,
  linear,
  apply(inputs, parameters, gradient) {
    const { keep, rate } = linear(inputs);
    for (let i = 0; i < parameters.length; i++) parameters[i] = keep * parameters[i] - rate * gradient[i];
  },
  inputsOfW1,
};

/**
 * Gradient descent with momentum, as PyTorch's: velocity ← momentum · velocity + g; w ← w − lr · velocity, or with
 * Nesterov's form w − lr · (g + momentum · velocity), where g is gradient + reg · w.
 */
export const MOMENTUM: UpdateRule = {
  name: 'momentum',
  slots: 1,
  apply({ settings, learningRate, gradientFactor }, parameters, gradient, [velocity]) {
    const { reg, momentum, nesterov } = settings;
    for (let i = 0; i < parameters.length; i++) {
      const g = gradientFactor * (gradient[i] + reg * parameters[i]);
      const moved = momentum * velocity[i] + g;
      velocity[i] = moved;
      parameters[i] -= learningRate * (nesterov ? g + momentum * moved : moved);
    }
  },
  inputsOfW1,
};
