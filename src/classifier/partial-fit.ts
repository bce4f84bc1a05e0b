/** The training of a classifier's net on further rows. */
import type { TwoLayerNet } from '../net/two-layer-net.js';
import { withoutIdle } from '../training/concerns.js';
import type { TrainingHistory } from '../training/history.js';
import type { TrainOptions } from '../training/options.js';
import { type SettingsWith, type SettingValues, setting } from '../training/settings.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import type { MatrixRows } from '../validation/inputs.js';
import type { AnyValue } from '../validation/setting.js';
import { batchSizeFor, DEFAULTS, learningRateFor, samplingFor } from './options.js';

/** Options of `Classifier.partialFit`. */
export interface PartialFitOptions
  extends Pick<TrainOptions, 'random' | 'onProgress' | 'onEpochEnd' | 'callbacks' | 'sampleWeights' | 'signal'> {
  /**
   * Passes over the rows.
   * @defaultValue 1
   */
  epochs?: number;
  /**
   * Step along the negative gradient.
   * @defaultValue that of its training; as in `Classifier.fit` for a model that does not say
   */
  learningRate?: number;
  /**
   * Regularization strength.
   * @defaultValue that of its training; 0.01 for a model that does not say
   */
  reg?: number;
  /**
   * Rows per minibatch.
   * @defaultValue a twentieth of the rows, 8 … 256, as in `Classifier.fit`
   */
  batchSize?: number;
}

const KNOWN = [
  'epochs',
  'learningRate',
  'reg',
  'batchSize',
  'random',
  'onProgress',
  'onEpochEnd',
  'callbacks',
  'sampleWeights',
  'signal',
] as const satisfies readonly (keyof PartialFitOptions)[];

/**
 * Checks what `train` would not: the names of the options, and that there is an epoch.
 *
 * @throws TypeError or RangeError
 */
export function checkPartialFit(options: PartialFitOptions): PartialFitOptions {
  checkOptions(options, 'the options of partialFit', KNOWN);
  if (options.epochs !== undefined) checkNumber(options.epochs, 'epochs', { integer: true, min: 1 });
  return options;
}

/** The settings of the first training that go on, if the options do not say otherwise. */
const CONTINUED = [
  'optimizer',
  'momentum',
  'nesterov',
  'beta1',
  'beta2',
  'epsilon',
  'weightDecay',
  'clipNorm',
  'dropout',
  'inputDropout',
  'labelSmoothing',
  'flip',
  'shift',
  'learningRate',
  'reg',
] as const satisfies readonly SettingsWith<{ of: 'training' }>[];
type Continued = SettingValues<(typeof CONTINUED)[number]>;

/**
 * Trains a net on further rows.
 *
 * @param X - N rows as the net takes them
 * @param y - the class of each (N)
 * @param settings - what the net was trained with
 */
export function continueTraining(
  net: TwoLayerNet,
  X: MatrixRows,
  y: Int32Array,
  options: PartialFitOptions,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<TrainingHistory> {
  const { epochs = 1, batchSize = batchSizeFor(y.length), ...given } = options;
  const known = CONTINUED.map((name) => [name, valid(name, settings[name])]).filter(([, value]) => value !== undefined);
  const earlier: Partial<Continued> = Object.fromEntries(known);
  // A model that has a learning rate without an optimizer was trained by gradient descent.
  const { optimizer = earlier.learningRate === undefined ? DEFAULTS.optimizer : 'sgd' } = earlier;
  const learningRate = learningRateFor(net.inputSize, optimizer);
  return net.train(X, y, null, null, {
    learningRate,
    reg: DEFAULTS.reg,
    // Trials of a search record those too that mean nothing beside the others.
    ...withoutIdle({ momentum: 0, schedule: 'decay', patience: 0, ...earlier, optimizer }),
    ...given,
    epochs,
    batchSize,
    sampling: samplingFor(y.length, batchSize),
    learningRateDecay: 1,
  });
}

/** The value of a setting in a model, which may come from anywhere; undefined if it is none. */
function valid(name: (typeof CONTINUED)[number], value: unknown): AnyValue | undefined {
  if (value === undefined) return undefined;
  try {
    return setting(name, value);
  } catch {
    return undefined;
  }
}
