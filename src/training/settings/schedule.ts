/** The settings of the learning rate's schedule. */
import type { SettingsTable } from '../../validation/setting.js';
import { MAX_COUNT } from './max-count.js';
import { SCHEDULES } from './words.js';

/** Part of the table in ../settings.ts. */
export const SCHEDULE = {
  /**
   * How the learning rate changes while training goes on.
   * @defaultValue 'decay'
   */
  schedule: {
    of: 'training',
    type: 'choice',
    choices: SCHEDULES,
    default: 'decay',
    description: 'how the learning rate changes: by --learning-rate-decay per epoch (decay), or by a schedule',
    flag: '--schedule <kind>',
    search: true,
  },
  /**
   * Iterations before the schedule begins, in which the learning rate rises in equal steps to `learningRate`; less than
   * there are iterations.
   * @defaultValue 0
   */
  warmup: {
    of: 'training',
    type: 'integer',
    min: 0,
    max: MAX_COUNT,
    default: 0,
    description: 'iterations in which the learning rate rises to its start, before the schedule',
    label: 'warm-up',
    flag: '--warmup <iterations>',
    search: true,
  },
  /**
   * Where the schedule `cosine` ends: the learning rate that the iteration after the last would have.
   * @defaultValue 0
   */
  finalRate: {
    of: 'training',
    type: 'number',
    min: 0,
    default: 0,
    description: 'learning rate at which the schedule cosine ends',
    label: 'final learning rate',
    flag: '--final-rate <number>',
    search: true,
  },
  /**
   * Iterations after which the schedule `step` multiplies the learning rate by `rateFactor`; 0 for a third of those
   * after the warm-up.
   * @defaultValue 0
   */
  stepEvery: {
    of: 'training',
    type: 'integer',
    min: 0,
    max: MAX_COUNT,
    default: 0,
    description: 'iterations between the steps of the schedule step; 0 for a third of all',
    label: 'iterations between rate steps',
    flag: '--step-every <iterations>',
    search: true,
  },
  /**
   * What the schedule `step` multiplies the learning rate by at each step, and `exponential` after each iteration. 0
   * stands for 0.1 with `step`, and with `exponential` for the factor that leaves a hundredth at the end.
   * @defaultValue 0
   */
  rateFactor: {
    of: 'training',
    type: 'number',
    min: 0,
    default: 0,
    description: 'factor of the schedules step (0 for 0.1) and exponential (0 for a hundredth of the rate at the end)',
    label: 'rate factor',
    flag: '--rate-factor <factor>',
    search: true,
  },
} as const satisfies SettingsTable;
