import type { EngineSettings } from '../../src/training/settings.js';

/** Settings that choose each update rule, and its form. */
export const UPDATE_RULES: Readonly<Record<string, Partial<EngineSettings>>> = {
  sgd: { optimizer: 'sgd' },
  momentum: { optimizer: 'sgd', momentum: 0.9 },
  nesterov: { optimizer: 'sgd', momentum: 0.8, nesterov: true },
  adam: { optimizer: 'adam' },
  adamw: { optimizer: 'adamw', weightDecay: 0.1 },
};
