/** The options of a classifier: the settings of its net and training with defaults for rows of one's own. */
import { type BackendChoice, CHOICES } from '../backend/choose.js';
import type { Label } from '../data/labels.js';
import type { Matrix } from '../data/matrix.js';
import { isRandomState, RandomState } from '../random/random-state.js';
import { asOptions } from '../training/as-options.js';
import { callbacksOf, type TrainingCallbacks } from '../training/callbacks.js';
import { checkCheckpointOptions } from '../training/checkpoint-options.js';
import { checkDuration, type GivenSettings, settingsOf, type TrainOptions } from '../training/options.js';
import {
  NET_SETTINGS,
  type Optimizer,
  resolveSettings,
  type Sampling,
  type SettingName,
  type SettingsWith,
  type SettingValues,
  setting,
  TRAINING_SETTINGS,
} from '../training/settings.js';
import { checkWeighting } from '../training/weights.js';
import { checkNumber, checkOneOf, checkOptions } from '../validation/check.js';
import { withCode, wrongType } from '../validation/errors.js';
import { checkSignal } from '../validation/signal.js';
import { checkClasses } from './training-data.js';

type Settings = SettingValues<SettingsWith<{ of: 'net' }> | SettingsWith<{ of: 'training' }>>;
/** Settings that follow from the rows. */
type FromRows = 'inputSize' | 'numClasses' | 'inputScale';

/** Options of `Classifier.fit`. Their defaults are for columns that were standardised, not the article's. */
export interface ClassifierOptions
  extends Partial<Omit<Settings, FromRows | 'schedule' | 'classWeights'>>,
    Pick<TrainOptions, 'schedule' | 'classWeights' | 'sampleWeights' | 'callbacks' | 'checkpoint' | 'group'>,
    TrainingCallbacks {
  /**
   * The name of a file that `checkpoint` wrote, of a training to continue: with the same data and the other options the
   * same, `seed` too, the result is that of one uninterrupted training, bit for bit.
   * @defaultValue none: a new training
   */
  resume?: string;
  /**
   * What is held out of the training rows, to end training when it no longer gains there: a share below 1, or a count;
   * 0 for nothing, and then training goes to its end. Data that have validation rows keep those.
   * @defaultValue 0.1, drawn by the seed with each class in proportion
   */
  validation?: number;
  /**
   * Whether columns are standardised: to mean 0 and standard deviation 1 on the training rows. Bytes stay bytes; of
   * them the mean of each column is subtracted, and all are divided by one deviation.
   * @defaultValue true
   */
  standardize?: boolean;
  /**
   * D, numbers per row, which a flat array of rows does not tell.
   * @defaultValue that of the rows, if they are a `Matrix`, an array of rows or a data set
   */
  inputSize?: number;
  /**
   * The label of each class, in the order of the probabilities, for rows that may lack some of them: others come later
   * with `partialFit`. A data set has its own classes.
   * @defaultValue the labels that occur, sorted
   */
  classes?: readonly Label[];
  /**
   * The seed of everything that is drawn: hold-out rows, first weights, minibatches.
   * @defaultValue 0
   */
  seed?: number;
  /**
   * The stream to draw from, in place of a seed.
   * @defaultValue a new stream of the seed
   */
  random?: RandomState;
  /**
   * Which arithmetic to use.
   * @defaultValue 'auto'
   */
  backend?: BackendChoice;
  /** Ends training after the current iteration: `fit` is then rejected with a `FitAbortedError`. */
  signal?: AbortSignal;
}

/** The options that are settings. */
type ClassifierSettings = Pick<ClassifierOptions, (typeof SETTINGS)[number]>;

/** {@link ClassifierOptions}, checked, except for the defaults that depend on the number of rows. */
export interface ResolvedClassifierOptions {
  readonly validation: number | undefined;
  readonly standardize: boolean;
  readonly inputSize: number | undefined;
  readonly classes: readonly Label[] | undefined;
  readonly random: RandomState;
  readonly backend: BackendChoice | undefined;
  /** The options of `train` that are no settings of the table. */
  readonly following: Pick<TrainOptions, (typeof FOLLOWING)[number]>;
  /** The options that are settings, of the net and of its training. */
  readonly given: ClassifierSettings;
  readonly signal: AbortSignal | undefined;
}

const FROM_ROWS: readonly string[] = ['inputSize', 'numClasses', 'inputScale'] satisfies FromRows[];
const SETTINGS = [...NET_SETTINGS, 'threads' as const, ...TRAINING_SETTINGS].filter(
  (name) => !FROM_ROWS.includes(name),
) as Exclude<keyof Settings, FromRows>[];
/** The options of `train` besides settings. */
const FOLLOWING = [
  ...(['sampleWeights', 'onProgress', 'onEpochEnd', 'callbacks'] as const),
  ...(['checkpoint', 'resume', 'group'] as const),
] as const;
/** The names of the {@link ClassifierOptions}. */
export const CLASSIFIER_OPTIONS = [
  ...SETTINGS,
  'validation',
  'standardize',
  'inputSize',
  'classes',
  'seed',
  'random',
  'backend',
  ...FOLLOWING,
  'signal',
] as const satisfies readonly (keyof ClassifierOptions)[];

/** The defaults that differ from those of the article; docs/classifier.md has the measurements behind them. */
export const DEFAULTS = {
  hiddenSize: 64,
  init: 'he',
  optimizer: 'adam',
  learningRateDecay: 1,
  reg: 0.01,
  epochs: 200,
} as const satisfies Partial<Settings>;

/**
 * The learning rate of rows with D columns. With many columns that say the same, such as neighbouring pixels, a step
 * changes the hidden units by as much more: gradient descent diverges above a bound that falls as 1/D, and
 * Adam learns the training rows by heart.
 */
export function learningRateFor(columns: number, optimizer: Optimizer): number {
  return optimizer === 'sgd' ? Math.min(0.1, 300 / columns) : Math.min(5e-3, 0.75 / columns);
}

/** How minibatches are drawn: from permutations, unless they are larger. */
export function samplingFor(rows: number, batchSize: number): Sampling {
  return batchSize > rows ? 'replacement' : 'permutation';
}

/** Epochs without a gain before training ends, if rows are held out. */
export const PATIENCE = 20;

/** The share of the rows that is held out. */
const HELD_OUT = 0.1;

/**
 * Checks the options.
 *
 * @throws TypeError or RangeError, for both a `seed` and a `random` `ERR_CONFLICT`
 */
export function resolveClassifierOptions(options: ClassifierOptions): ResolvedClassifierOptions {
  checkOptions(options, 'the options of Classifier.fit', CLASSIFIER_OPTIONS);
  const { validation, standardize = true, inputSize, classes, seed, random, backend, signal } = options;
  if (inputSize !== undefined) checkNumber(inputSize, 'inputSize', { integer: true, min: 1 });
  if (validation !== undefined)
    checkNumber(validation, 'validation', { min: 0, integer: checkNumber(validation, 'validation') >= 1 });
  if (typeof standardize !== 'boolean') throw wrongType('true or false for standardize', standardize);
  if (backend !== undefined) checkOneOf(backend, 'backend', CHOICES);
  if (seed !== undefined) checkNumber(seed, 'seed', { integer: true, min: 0, max: 2 ** 32 - 1 });
  callbacksOf(options);
  checkFiles(options);
  checkWeighting(options);
  checkSignal(signal);
  if (seed !== undefined && random !== undefined) {
    throw withCode(
      new TypeError('Expected either a seed or a random but received both: leave one of them out'),
      'ERR_CONFLICT',
    );
  }
  if (random !== undefined && !isRandomState(random)) throw wrongType('a RandomState for random', random);
  const given = pickGiven(SETTINGS, options);
  const { schedule, classWeights, ...plain } = given;
  for (const [name, value] of Object.entries(plain)) setting(name as SettingName, value);
  checkDuration(given);
  // Whether rows are held out is not known yet: if they are, there is a patience.
  settingsOf(trainingOptions(given), { ...DEFAULTS, patience: PATIENCE });
  return {
    given,
    validation,
    standardize,
    inputSize,
    classes: checkClasses(classes),
    random: random ?? new RandomState(seed ?? 0),
    backend,
    following: pickGiven(FOLLOWING, options),
    signal,
  };
}

/** Checks the names of files; a history cannot be continued here, since it says nothing of the weights. */
function checkFiles({ checkpoint, resume }: ClassifierOptions): void {
  if (checkpoint !== undefined) checkCheckpointOptions(checkpoint);
  if (resume !== undefined && typeof resume !== 'string') throw wrongType('the name of a file for resume', resume);
}

/** The options that were given. */
function pickGiven<Name extends keyof ClassifierOptions>(
  names: readonly Name[],
  options: ClassifierOptions,
): Pick<ClassifierOptions, Name> {
  const given = names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]);
  return Object.fromEntries(given) as Pick<ClassifierOptions, Name>;
}

/** The options of the training among all. */
function trainingOptions(options: ClassifierSettings): GivenSettings {
  return pickGiven(
    TRAINING_SETTINGS.filter((name) => !FROM_ROWS.includes(name)),
    options,
  );
}

/** How many rows are held out of N: the option, as `Dataset.split` takes it; 0 for none. */
export function heldOut(N: number, validation = HELD_OUT): number {
  // At least one row of each part must be left.
  return N < 2 ? 0 : validation;
}

/**
 * The settings of the net, the options of its training, and what is recorded of them.
 *
 * @param X - the training rows
 * @param hasValidation - whether there are validation rows
 */
export function settingsFor(
  { given }: Pick<ResolvedClassifierOptions, 'given'>,
  { rows, columns }: Matrix,
  hasValidation: boolean,
) {
  const { std, numIters, optimizer = DEFAULTS.optimizer, batchSize = batchSizeFor(rows) } = given;
  const defaults = {
    ...DEFAULTS,
    learningRate: learningRateFor(columns, optimizer),
    batchSize,
    sampling: samplingFor(rows, batchSize),
    patience: hasValidation ? PATIENCE : 0,
    // Given in place of a default.
    ...(std !== undefined && { init: 'std' as const }),
    ...(numIters !== undefined && { epochs: 0 }),
  };
  const net = resolveSettings(
    NET_SETTINGS.filter((name) => !FROM_ROWS.includes(name)),
    { ...defaults, ...given },
  );
  const { settings, custom } = settingsOf(trainingOptions(given), defaults);
  const options = asOptions(settings, custom);
  const training = { ...options, ...(given.classWeights !== undefined && { classWeights: given.classWeights }) };
  return { net, training, recorded: { ...net, ...training, ...(custom && { schedule: 'a function' }) } };
}

/** Some 20 minibatches an epoch: small ones find their way in few epochs, large ones use the processor. */
export function batchSizeFor(rows: number): number {
  return Math.min(256, rows, Math.max(8, 2 ** Math.round(Math.log2(rows / 20))));
}
