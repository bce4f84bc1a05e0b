/** The training of a classifier's net on further rows. */
import type { ParameterArrays } from '../../binding.js';
import type { TwoLayerNet } from '../net/two-layer-net.js';
import { withoutIdle } from '../training/concerns.js';
import { isTrainingAborted } from '../training/errors.js';
import type { TrainingHistory } from '../training/history.js';
import { iterationsPerEpoch, STEPS_BEFORE, type TrainOptions } from '../training/options.js';
import { type SettingsWith, type SettingValues, setting } from '../training/settings.js';
import { type ClassWeights, checkWeighting } from '../training/weights.js';
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

/**
 * How many steps the update rule's state of a net was made by, by its first slot: whoever trains the net in another way
 * gives it other slots, or none.
 */
const steps = new WeakMap<ParameterArrays, number>();

/** Notes that a net's state was made by so many steps, and that a further training may go on with it. */
export function noteSteps({ slots }: TwoLayerNet, made: number): void {
  if (slots.length > 0) steps.set(slots[0], made);
}

/** Steps of the net's state, as whole epochs: in their order rows are drawn anew at the beginning of each. */
function stepsBefore({ slots }: TwoLayerNet, epoch: number): number {
  const made = slots.length > 0 ? (steps.get(slots[0]) ?? 0) : 0;
  const whole = Math.ceil(made / epoch) * epoch;
  // After so many steps it does not matter how many there were; their number has to stay below 2³¹.
  return Math.min(whole, 2 ** 30 - (2 ** 30 % epoch));
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
export async function continueTraining(
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
  const classWeights = weightsOf(settings.classWeights);
  const learningRate = learningRateFor(net.inputSize, optimizer);
  const before = stepsBefore(net, iterationsPerEpoch(y.length, batchSize));
  const training = net.train(X, y, null, null, {
    learningRate,
    reg: DEFAULTS.reg,
    // Trials of a search record those too that mean nothing beside the others.
    ...withoutIdle({ momentum: 0, schedule: 'decay', patience: 0, ...earlier, optimizer }),
    ...given,
    epochs,
    batchSize,
    sampling: samplingFor(y.length, batchSize),
    learningRateDecay: 1,
    ...(classWeights !== undefined && { classWeights }),
    [STEPS_BEFORE]: before,
  } as TrainOptions);
  const ended = await training.catch((error: unknown) => {
    if (isTrainingAborted(error)) noteSteps(net, before + error.history.lossHistory.length);
    throw error;
  });
  noteSteps(net, before + ended.lossHistory.length);
  return ended;
}

/** The weights of classes in a model, which may come from anywhere; undefined if there are none. */
function weightsOf(value: unknown): ClassWeights | undefined {
  try {
    checkWeighting({ classWeights: value as ClassWeights });
    return typeof value === 'string' ? setting('classWeights', value) : (value as ClassWeights | undefined);
  } catch {
    return undefined;
  }
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
