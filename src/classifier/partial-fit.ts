/** The training of a classifier's net on further rows. */
import type { TwoLayerNet } from '../net/two-layer-net.js';
import type { TrainingHistory } from '../training/history.js';
import type { TrainOptions } from '../training/options.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import type { MatrixRows } from '../validation/inputs.js';
import { batchSizeFor, DEFAULTS, learningRateFor } from './options.js';

/** Options of `Classifier.partialFit`. */
export interface PartialFitOptions extends Pick<TrainOptions, 'random' | 'onProgress' | 'signal'> {
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
   * Rows per minibatch, drawn with replacement.
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
  const earlier = (name: 'learningRate' | 'reg') => {
    const value = settings[name];
    return typeof value === 'number' ? value : undefined;
  };
  const { epochs = 1, batchSize = batchSizeFor(y.length), ...others } = options;
  const { learningRate = earlier('learningRate') ?? learningRateFor(net.inputSize), ...rest } = others;
  const { reg = earlier('reg') ?? DEFAULTS.reg, ...following } = rest;
  return net.train(X, y, null, null, { ...following, epochs, batchSize, learningRate, reg, learningRateDecay: 1 });
}
