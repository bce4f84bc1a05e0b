/** The settings that say how long a training goes on. */
import type { SettingsTable } from '../../validation/setting.js';
import { MAX_COUNT } from './max-count.js';
import { MONITORS } from './words.js';

/** Part of the table in ../settings.ts. */
export const DURATION = {
  /**
   * Iterations, one minibatch each; the total, including those that `resume` has made.
   * @defaultValue 100
   */
  numIters: {
    of: 'training',
    type: 'integer',
    min: 1,
    max: MAX_COUNT,
    default: 100,
    description: 'iterations, one minibatch each',
    label: 'iterations',
    flag: '--iterations <n>',
    engine: true,
  },
  /**
   * Passes over the training rows, max(⌊N/batchSize⌋, 1) iterations each, in place of `numIters`; 0 for as many
   * iterations as that says.
   * @defaultValue 0
   */
  epochs: {
    of: 'training',
    type: 'integer',
    min: 0,
    max: MAX_COUNT,
    default: 0,
    description: 'passes over the training rows, in place of iterations; 0 for as many iterations as those say',
    label: 'epochs',
    flag: '--epochs <n>',
  },
  /**
   * Training ends early after this many epochs in a row without a gain on the validation rows, and the net then has the
   * parameters of its best epoch, also when training ends later. 0 trains to the end and keeps the last parameters.
   * @defaultValue 0
   */
  patience: {
    of: 'training',
    type: 'integer',
    min: 0,
    max: MAX_COUNT,
    default: 0,
    description: 'epochs without a gain on the validation rows before training ends; 0 for never',
    label: 'patience',
    flag: '--patience <epochs>',
    search: true,
    engine: true,
  },
  /**
   * What `patience` waits for is a gain of more than this on the best epoch.
   * @defaultValue 0
   */
  minGain: {
    of: 'training',
    type: 'number',
    min: 0,
    default: 0,
    description: 'the least gain that patience waits for',
    label: 'least gain',
    flag: '--min-gain <number>',
    engine: true,
  },
  /**
   * What `patience` watches.
   * @defaultValue 'loss'
   */
  monitor: {
    of: 'training',
    type: 'choice',
    choices: MONITORS,
    default: 'loss',
    description: 'what patience watches on the validation rows',
    flag: '--monitor <what>',
    engine: true,
  },
} as const satisfies SettingsTable;
