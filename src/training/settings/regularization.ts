/** The settings by which training sees other minibatches, labels and hidden units, so that a net overfits less. */
import type { SettingsTable } from '../../validation/setting.js';
import { SAMPLINGS } from './words.js';

/** Part of the table in ../settings.ts. */
export const REGULARIZATION = {
  /**
   * How the rows of minibatches are drawn.
   * @defaultValue 'replacement'
   */
  sampling: {
    of: 'training',
    type: 'choice',
    choices: SAMPLINGS,
    default: 'replacement',
    description: 'draw the rows of minibatches with replacement, or from a new permutation in each epoch',
    flag: '--sampling <how>',
    search: true,
    engine: true,
  },
  /**
   * Share of the hidden units that each row of a minibatch loses, from 0 to below 1; the others are divided by 1 − this
   * (Srivastava et al. 2014, inverted). Predictions use all units.
   * @defaultValue 0
   */
  dropout: {
    of: 'training',
    type: 'number',
    min: 0,
    max: 1,
    exclusiveMax: true,
    default: 0,
    description: 'share of the hidden units that each row of a minibatch loses',
    flag: '--dropout <share>',
    search: true,
    engine: true,
  },
  /**
   * The same for the inputs of each row, after the mean is subtracted.
   * @defaultValue 0
   */
  inputDropout: {
    of: 'training',
    type: 'number',
    min: 0,
    max: 1,
    exclusiveMax: true,
    default: 0,
    description: 'share of the inputs that each row of a minibatch loses',
    label: 'input dropout',
    flag: '--input-dropout <share>',
    search: true,
    engine: true,
  },
  /**
   * Probability that is taken from a row's label and spread evenly over all classes, from 0 to below 1 (Szegedy et al.
   * 2016, as PyTorch's `label_smoothing`).
   * @defaultValue 0
   */
  labelSmoothing: {
    of: 'training',
    type: 'number',
    min: 0,
    max: 1,
    exclusiveMax: true,
    default: 0,
    description: "probability that is spread from a row's label over all classes",
    label: 'label smoothing',
    flag: '--label-smoothing <share>',
    search: true,
    engine: true,
  },
  /**
   * Whether each picture of a minibatch is flipped, left to right, with probability ½. Needs to know how rows are
   * pictures: `imageShape`, of the data or of the net.
   * @defaultValue false
   */
  flip: {
    of: 'training',
    type: 'boolean',
    default: false,
    description: 'flip pictures at random, left to right',
    flag: '--flip',
    search: true,
    engine: true,
  },
  /**
   * The content of each picture of a minibatch is moved by up to this many pixels, down or up and left or right, drawn
   * evenly; pixels that come in repeat those of the border. Needs `imageShape`, and must be less than the height and
   * the width.
   * @defaultValue 0
   */
  shift: {
    of: 'training',
    type: 'integer',
    min: 0,
    max: 1000,
    default: 0,
    description: 'most pixels by which pictures are moved at random',
    flag: '--shift <pixels>',
    search: true,
    engine: true,
  },
} as const satisfies SettingsTable;
