/** The settings of the update rule. */
import type { SettingsTable } from '../../validation/setting.js';
import { OPTIMIZERS } from './words.js';

/** Part of the table in ../settings.ts. */
export const UPDATE = {
  /**
   * How a gradient changes the parameters.
   * @defaultValue 'sgd'
   */
  optimizer: {
    of: 'training',
    type: 'choice',
    choices: OPTIMIZERS,
    default: 'sgd',
    description: 'how a gradient changes the parameters',
    flag: '--optimizer <name>',
    search: true,
    engine: true,
  },
  /**
   * Share of the last step that the next one keeps, for `sgd`; from 0 to below 1. The velocity v ← momentum · v +
   * gradient takes the gradient's place, as in PyTorch: with 0.9, steps become about ten times as long.
   * @defaultValue 0
   */
  momentum: {
    of: 'training',
    type: 'number',
    min: 0,
    max: 1,
    exclusiveMax: true,
    default: 0,
    description: 'share of the last step that the next one keeps, for sgd',
    flag: '--momentum <share>',
    search: true,
    engine: true,
  },
  /**
   * Whether momentum looks ahead (Sutskever et al. 2013, as PyTorch computes it): the step is along gradient +
   * momentum · velocity.
   * @defaultValue false
   */
  nesterov: {
    of: 'training',
    type: 'boolean',
    default: false,
    description: 'use momentum in the form of Nesterov',
    flag: '--nesterov',
    search: true,
    engine: true,
  },
  /**
   * How slowly Adam's mean of the gradients forgets; from 0 to below 1.
   * @defaultValue 0.9
   */
  beta1: {
    of: 'training',
    type: 'number',
    min: 0,
    max: 1,
    exclusiveMax: true,
    default: 0.9,
    description: "how slowly Adam's mean of gradients forgets",
    flag: '--beta1 <number>',
    search: true,
    engine: true,
  },
  /**
   * How slowly Adam's mean of the squared gradients forgets; from 0 to below 1.
   * @defaultValue 0.999
   */
  beta2: {
    of: 'training',
    type: 'number',
    min: 0,
    max: 1,
    exclusiveMax: true,
    default: 0.999,
    description: "how slowly Adam's mean of squared gradients forgets",
    flag: '--beta2 <number>',
    search: true,
    engine: true,
  },
  /**
   * What Adam adds to the root of the mean square before it divides; above 0.
   * @defaultValue 1e-8
   */
  epsilon: {
    of: 'training',
    type: 'number',
    min: 0,
    exclusiveMin: true,
    default: 1e-8,
    description: 'what Adam adds to the root of the mean square before it divides',
    flag: '--epsilon <number>',
    search: true,
    engine: true,
  },
  /**
   * Decoupled weight decay, for `adamw`: each step also multiplies the weights, not the biases, by 1 − learning rate ·
   * weightDecay (Loshchilov and Hutter 2019). It is not part of the loss, as `reg` is.
   * @defaultValue 0.01
   */
  weightDecay: {
    of: 'training',
    type: 'number',
    min: 0,
    default: 0.01,
    description: 'decoupled weight decay, for adamw',
    label: 'weight decay',
    flag: '--weight-decay <number>',
    search: true,
    engine: true,
  },
  /**
   * The longest gradient: one whose norm over all parameters, regularization included, is more than this is shortened
   * to it, as PyTorch's `clip_grad_norm_` does. 0 for any length.
   * @defaultValue 0
   */
  clipNorm: {
    of: 'training',
    type: 'number',
    min: 0,
    default: 0,
    description: 'the largest norm of a gradient; longer ones are shortened to it; 0 for any',
    label: 'gradient norm',
    flag: '--clip-norm <norm>',
    search: true,
    engine: true,
  },
} as const satisfies SettingsTable;
