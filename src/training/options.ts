/** The options of a training: its settings, and who follows it. */
import { RandomState } from '../random/random-state.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import { withCode, wrongType } from '../validation/errors.js';
import { checkSignal } from '../validation/signal.js';
import type { TrainingHistory, TrainingProgress } from './history.js';
import { resolveSettings, type SettingsWith, type SettingValues, setting, TRAINING_SETTINGS } from './settings.js';

type Settings = SettingValues<SettingsWith<{ of: 'training' }>>;

/** Options of `train` and `trainSync`. */
export interface TrainOptions extends Partial<Settings> {
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
  /** Called while training runs, after `net.params` were brought up to date. What it throws ends training. */
  onProgress?: (progress: TrainingProgress) => void;
  /** Ends training after the current iteration; see {@link TrainingAbortedError}. */
  signal?: AbortSignal;
  /**
   * The history of a training to continue: one that ended after fewer iterations, or was stopped. On a net and a stream
   * as it left them, with the other options the same, the result is that of one uninterrupted training, bit for bit.
   * The learning rate continues from `resume.learningRate`, whatever `learningRate` says. The history passed is not
   * changed. See {@link trainingState} for a stopped training as a value.
   * @defaultValue none: a new training
   */
  resume?: TrainingHistory | undefined;
}

/** {@link TrainOptions}, checked, with every default in place. */
export interface ResolvedOptions {
  readonly settings: Readonly<Settings>;
  readonly verbose: boolean;
  readonly random: RandomState;
  readonly onProgress: ((progress: TrainingProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly resume: TrainingHistory | undefined;
}

/** The names of the {@link TrainOptions}. */
export const TRAIN_OPTIONS = [...TRAINING_SETTINGS, 'verbose', 'random', 'onProgress', 'signal', 'resume'] as const;

/**
 * Checks every option before any work.
 *
 * @param own - the stream to draw from if the options name none
 * @param rows - N, training rows
 */
export function resolveOptions(options: TrainOptions, own: RandomState, rows: number): ResolvedOptions {
  checkOptions(options, 'the options of train', TRAIN_OPTIONS);
  const { verbose = false, random = own, onProgress, signal, resume } = options;
  if (typeof verbose !== 'boolean') throw wrongType('true or false for verbose', verbose);
  if (!(random instanceof RandomState)) throw wrongType('a RandomState for random', random);
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw wrongType('a function for onProgress', onProgress);
  checkSignal(signal);
  const given = resolveSettings(TRAINING_SETTINGS, options);
  if (given.epochs > 0 && options.numIters !== undefined) {
    throw withCode(
      new TypeError(
        `Expected either epochs or numIters but received both (${given.epochs} and ${options.numIters}): ` +
          'leave one of them out',
      ),
      'ERR_CONFLICT',
    );
  }
  const settings = { ...given, numIters: iterationsOf(given, rows) };
  if (resume !== undefined) checkHistory(resume, settings.numIters);
  return { settings, verbose, random, onProgress, signal, resume };
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

/** A history that a training for `numIters` iterations can continue. */
function checkHistory(history: TrainingHistory, numIters: number): void {
  if (typeof history !== 'object' || history === null) throw wrongType('the history of a training for resume', history);
  for (const name of ['lossHistory', 'trainAccHistory', 'valAccHistory'] as const) {
    const list: unknown = history[name];
    if (!Array.isArray(list)) throw wrongType(`an array for resume.${name}`, list);
    // Naming each number would take longer than a small training.
    const bad = list.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) checkNumber(list[bad], `resume.${name}[${bad}]`);
  }
  // A rate that decays for long becomes 0.
  checkNumber(history.learningRate, 'resume.learningRate', { min: 0 });
  checkNumber(history.seconds, 'resume.seconds', { min: 0 });
  const done = history.lossHistory.length;
  if (done < numIters) return;
  throw withCode(
    new RangeError(
      `Expected numIters above the ${done} iterations that resume has made but received ${numIters}: ` +
        'it is the total, including those',
    ),
    'ERR_OUT_OF_RANGE',
  );
}
