/** The options of a training: its settings, and who follows it. */
import { isRandomState, type RandomState } from '../random/random-state.js';
import { checkOptions } from '../validation/check.js';
import { conflict, wrongType } from '../validation/errors.js';
import { checkSignal } from '../validation/signal.js';
import { callbacksOf, type TrainingCallbacks } from './callbacks.js';
import { checkHistory } from './checked-history.js';
import { type CheckpointOptions, refuseFiles } from './checkpoint-options.js';
import { checkConcerns } from './concerns.js';
import { checkGroup, type GroupOption } from './group-option.js';
import type { TrainingHistory } from './history.js';
import { checkSameRates, checkSameSettings, rememberedOf } from './made-by.js';
import { checkSampling } from './rows-needed.js';
import { ratesOf, readSchedule, type Schedule, type ScheduleFunction, scheduleOf } from './schedule.js';
import {
  resolveSettings,
  type SettingName,
  type SettingsWith,
  type SettingValues,
  setting,
  TRAINING_SETTINGS,
} from './settings.js';
import { checkSameRule } from './slots.js';
import { type ClassWeights, checkWeighting, type SampleWeights, type Weighting } from './weights.js';

type Settings = SettingValues<SettingsWith<{ of: 'training' }>>;

/** Options of `train` and `trainSync`. */
export interface TrainOptions
  extends Partial<Omit<Settings, 'schedule' | 'classWeights'>>,
    TrainingCallbacks,
    GroupOption {
  /**
   * How the learning rate changes while training goes on: the name of a schedule, whose numbers are other options; the
   * same in one object, `{ kind: 'cosine', warmup: 100, final: 1e-5 }`; or a function `(iteration, numIters) => rate`.
   * A continued training takes the same schedule, of the total `numIters`.
   * @defaultValue 'decay'
   */
  schedule?: Schedule;
  /**
   * How much each training row counts, by its class: `'balanced'`, a number for each class, or an object of numbers by
   * class name, in which classes that are left out have 1. The loss of a minibatch is the weighted mean of its rows.
   * Accuracies and the validation loss count rows alike.
   * @defaultValue 'none'
   */
  classWeights?: ClassWeights;
  /**
   * How much each training row counts: N numbers of at least 0, which are multiplied by those of the classes.
   * @defaultValue 1 for each
   */
  sampleWeights?: SampleWeights;
  /**
   * Prints `iteration 100 / 1000: loss 2.302…` to standard output for every hundredth iteration, as the article does.
   * @defaultValue false
   */
  verbose?: boolean;
  /**
   * The stream that minibatches are drawn from; it continues where training ends. Do not draw from it meanwhile.
   * @defaultValue the net's own stream
   */
  random?: RandomState;
  /**
   * Further callbacks. Those of one kind are called one after the other: `onProgress` or `onEpochEnd` of the options
   * first, then those of this list in its order.
   * @defaultValue none
   */
  callbacks?: readonly TrainingCallbacks[];
  /** Ends training after the current iteration; see {@link TrainingAbortedError}. */
  signal?: AbortSignal;
  /**
   * Keeps the training in a file while it runs, from which `resume` goes on after a crash. For `train` only.
   * @defaultValue none: when the process dies, the training is lost
   */
  checkpoint?: CheckpointOptions | undefined;
  /**
   * The training to continue, so that the result is that of one uninterrupted training, bit for bit.
   *
   * The name of a file that `checkpoint` wrote: with the same data and the other options the same, the net, its state
   * and the stream become those of the file, whatever they were. What is different is refused by name. For `train`
   * only.
   *
   * Or the history of a training that ended after fewer iterations, or was stopped, on a net and a stream as it left
   * them, with the other options the same. Without a schedule the learning rate continues from `resume.learningRate`,
   * whatever `learningRate` says. The history passed is not changed. Other settings, another schedule and other rows
   * or labels are refused by name: for these, leave `resume` out, and the net as it is begins a new training. See
   * {@link trainingState} for a stopped training as a value.
   * @defaultValue none: a new training
   */
  resume?: TrainingHistory | string | undefined;
  /**
   * Whether to measure, at the end, the accuracies of the net that is returned, over all rows: `trainAccuracy` and
   * `valAccuracy` of the history.
   * @defaultValue whether the training makes an epoch or more in all, in which it takes a small part of the time
   */
  finalAccuracies?: boolean;
}

/** {@link TrainOptions}, checked, with every default in place. */
export interface ResolvedOptions extends Weighting, GroupOption {
  readonly settings: Readonly<Settings>;
  /** What the history remembers of the settings. */
  readonly madeBy: Required<Pick<TrainingHistory, 'settings' | 'schedule'>>;
  /** The learning rates of the iterations to make; null where the backend's own decay makes them. */
  readonly rates: Float64Array | null;
  readonly verbose: boolean;
  readonly random: RandomState;
  readonly callbacks: readonly TrainingCallbacks[];
  readonly signal: AbortSignal | undefined;
  readonly resume: TrainingHistory | undefined;
  readonly finalAccuracies: boolean;
  /** See {@link STEPS_BEFORE}. */
  readonly stepsBefore: number;
}

/**
 * The key of an option for this package alone: how many steps the state of the update rule that the net has was made
 * by. A training with it goes on with this state, though it is a new one in all else, its history too.
 */
export const STEPS_BEFORE: unique symbol = Symbol('steps before');

/** The names of the {@link TrainOptions}. */
export const TRAIN_OPTIONS = [
  ...TRAINING_SETTINGS,
  'sampleWeights',
  'verbose',
  'random',
  'onProgress',
  'onEpochEnd',
  'callbacks',
  'signal',
  'checkpoint',
  'resume',
  'finalAccuracies',
  'group',
] as const;

/**
 * Checks every option before any work. Files are the concern of what calls this.
 *
 * @param own - the stream to draw from if the options name none
 * @param rows - N, training rows
 */
export function resolveOptions(options: TrainOptions, own: RandomState, rows: number): ResolvedOptions {
  checkOptions(options, 'the options of train', TRAIN_OPTIONS);
  refuseFiles(options);
  const { verbose = false, random = own, signal, classWeights, sampleWeights } = options;
  const resume = options.resume as TrainingHistory | undefined;
  if (typeof verbose !== 'boolean') throw wrongType('true or false for verbose', verbose);
  if (!isRandomState(random)) throw wrongType('a RandomState for random', random);
  const callbacks = callbacksOf(options);
  checkSignal(signal);
  const { settings: given, custom } = settingsOf(options);
  checkWeighting({ classWeights, sampleWeights });
  const settings = { ...given, numIters: iterationsOf(given, rows) };
  checkTogether(options, settings, rows);
  const done = resume === undefined ? 0 : checkHistory(resume, settings.numIters);
  if (resume !== undefined && done > 0) checkSameRule(resume, settings.optimizer);
  const epoch = iterationsPerEpoch(rows, settings.batchSize);
  const { finalAccuracies = settings.numIters >= epoch } = options;
  if (typeof finalAccuracies !== 'boolean') throw wrongType('true or false for finalAccuracies', finalAccuracies);
  const rates = ratesOf({ ...settings, iterationsPerEpoch: epoch }, custom, done);
  // A rate that stays is one without decay.
  const learningRateDecay = settings.schedule === 'decay' ? settings.learningRateDecay : 1;
  const all = { ...settings, learningRateDecay };
  const madeBy = { settings: rememberedOf(all, rates !== null), schedule: scheduleName(all, custom, rates) };
  if (resume !== undefined && done > 0) {
    checkSameSettings(resume, madeBy.settings);
    const rateAt = rates
      ? rateFrom(custom ?? scheduleOf({ ...all, iterationsPerEpoch: epoch }), all.numIters)
      : undefined;
    checkSameRates(resume, { schedule: madeBy.schedule, rateAt, epoch });
  }
  return {
    settings: all,
    madeBy,
    rates,
    classWeights,
    sampleWeights,
    verbose,
    random,
    callbacks,
    signal,
    resume,
    finalAccuracies,
    group: checkGroup(options.group, settings.shards),
    stepsBefore: (options as { [STEPS_BEFORE]?: number })[STEPS_BEFORE] ?? 0,
  };
}

function rateFrom(schedule: ScheduleFunction, numIters: number): (iteration: number) => number {
  return (iteration) => schedule(iteration, numIters);
}

/** What a history calls the schedule. */
function scheduleName(
  { schedule }: Settings,
  custom: ScheduleFunction | undefined,
  rates: Float64Array | null,
): string {
  if (!rates) return 'decay';
  return custom ? 'function' : schedule;
}

/** The options that are settings, in which some may also be objects or a function. */
export type GivenSettings = Pick<TrainOptions, keyof Settings & keyof TrainOptions>;

/**
 * The settings that the options ask for, checked, with every default in place.
 *
 * @returns the settings, and the schedule if it is a function
 * @throws TypeError or RangeError; `ERR_CONFLICT` for a setting that means nothing beside the others
 */
export function settingsOf(options: GivenSettings, defaults: { readonly [Name in SettingName]?: unknown } = {}) {
  const { settings: scheduled, custom } = readSchedule(options);
  const { schedule: _, classWeights, ...others } = options;
  const given = { ...others, ...scheduled, ...(typeof classWeights === 'string' && { classWeights }) };
  const settings = resolveSettings(TRAINING_SETTINGS, { ...defaults, ...given });
  checkConcerns(given, settings);
  if (custom && (options.learningRateDecay ?? 1) !== 1) {
    throw conflict(
      `learningRateDecay ${options.learningRateDecay} only works with schedule "decay", but schedule is a function. ` +
        'To fix this, let the function decay the rates, and leave learningRateDecay out',
    );
  }
  return { settings, custom };
}

/**
 * Checks that at most one of two options says how long to train.
 *
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkDuration({ epochs = 0, numIters }: GivenSettings): void {
  if (epochs === 0 || numIters === undefined) return;
  throw conflict(
    (name) =>
      `Expected either ${name('epochs')} or ${name('numIters')} but received both (${epochs} and ${numIters}): leave ` +
      'one of them out',
  );
}

/** Settings that fit each one by itself, and contradict each other. */
function checkTogether(options: TrainOptions, settings: Settings, rows: number): void {
  const { numIters, warmup } = settings;
  checkDuration(options);
  if (warmup >= numIters) {
    throw conflict(
      (name) =>
        `Expected a ${name('warmup')} below the ${numIters} iterations (${name('numIters')}) but received ${warmup}`,
    );
  }
  checkSampling(settings, rows);
}

/**
 * The iterations that the settings ask for.
 *
 * @param rows - N, training rows
 */
export function iterationsOf(
  { epochs, numIters, batchSize }: Pick<Settings, 'epochs' | 'numIters' | 'batchSize'>,
  rows: number,
): number {
  if (epochs === 0) return numIters;
  return setting('numIters', epochs * iterationsPerEpoch(rows, batchSize));
}

/** The iterations of an epoch: about as many rows as there are, drawn with replacement. */
export function iterationsPerEpoch(rows: number, batchSize: number): number {
  return Math.max(Math.floor(rows / batchSize), 1);
}
