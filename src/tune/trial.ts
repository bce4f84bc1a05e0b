/** One trial of a search: a pure function of its settings, its seed and the data. */
import type { BackendChoice } from '../backend/choose.js';
import type { Dataset } from '../data/dataset.js';
import type { DatasetPart } from '../data/part.js';
import { evaluateAsync } from '../net/evaluation.js';
import type { ComputeOptions } from '../net/options.js';
import { onThreads, restoreTraining } from '../net/restore-training.js';
import { TwoLayerNet } from '../net/two-layer-net.js';
import { giveTurn } from '../platform/turns.js';
import { RandomState } from '../random/random-state.js';
import { asOptions } from '../training/as-options.js';
import { isDiverged, isTrainingAborted, TrainingAbortedError } from '../training/errors.js';
import type { TrainingHistory, TrainingProgress } from '../training/history.js';
import { iterationsPerEpoch, type TrainOptions } from '../training/options.js';
import { isOfBackend, scheduleOf } from '../training/schedule.js';
import { pickSettings, type SettingsWith, settingNames } from '../training/settings.js';
import { lastState, type TrainingState } from '../training/state.js';
import type { TrainingWarning } from '../training/warnings/warning.js';
import type { TrialSettings } from './settings.js';
import { trialId } from './trial-id.js';

/** The settings of a trial that its net takes, and those that its training takes. */
const NET = settingNames(({ search, of }) => search === true && of === 'net') as SettingsWith<{
  search: true;
  of: 'net';
}>[];
const TRAINING = settingNames(({ search, of }) => search === true && of === 'training') as SettingsWith<{
  search: true;
  of: 'training';
}>[];

/** Settings and a seed to train with. */
export interface Trial {
  /** Twelve hexadecimal digits, the same for the same settings and seed on any machine. */
  readonly id: string;
  readonly settings: TrialSettings;
  /** The seed of the stream that weights and minibatches are drawn from, as in `two-layer-net train --seed`. */
  readonly seed: number;
}

/** The result of a trial after some iterations. Plain data, for JSON. */
export interface TrialResult extends Trial {
  /** Iterations made: all of `numIters`, or those before patience ended or the loss was no longer finite. */
  readonly iterations: number;
  /** Iterations requested. */
  readonly numIters: number;
  /** `diverged`: the loss became NaN or infinite, so there is no net to evaluate. */
  readonly status: 'done' | 'diverged';
  /** Accuracy on all validation rows at the end, 0 … 1; null if the trial diverged. */
  readonly valAccuracy: number | null;
  /** Accuracy on all training rows at the end; null if the trial diverged or the accuracy was not requested. */
  readonly trainAccuracy: number | null;
  /** The last iteration's loss; null if there was no iteration. */
  readonly loss: number | null;
  /** Wall time of the training in seconds: the only part that differs between runs. */
  readonly seconds: number;
  /** What its training warned of; undefined if it did not. */
  readonly warnings?: readonly TrainingWarning[] | undefined;
  /**
   * A fingerprint of the rows, labels and means that it was trained and judged on. A search has it in all its results,
   * and refuses earlier ones without it or with another.
   */
  readonly data?: string | undefined;
}

/** The trial of these settings, with its id. */
export function makeTrial(settings: TrialSettings, seed: number): Trial {
  return { id: trialId(settings, seed), settings, seed };
}

/** How a trial runs; this does not change its result. */
export interface TrialRun {
  readonly backend: BackendChoice;
  /**
   * The threads to compute with. Called again each time that `changed` interrupts the training, and for each part of
   * the data that the net is judged by.
   */
  readonly threads: () => { readonly count: number; readonly changed: AbortSignal };
  /** Aborts the trial; its promise is then rejected with an `AbortError` whose `cause` is the reason of the signal. */
  readonly signal: AbortSignal;
  /** What it returns is awaited, as by `train`. */
  readonly onProgress: (progress: TrainingProgress) => unknown;
}

/** A net in training, and the record so far. */
interface Training {
  readonly net: TwoLayerNet;
  readonly history: TrainingHistory;
}

/**
 * Trains `trial` for `numIters` iterations in all, from the start or from an earlier state, and evaluates it. All of it
 * happens beside JavaScript's thread.
 *
 * @param from - the trial's state after fewer iterations
 * @param planned - iterations of the whole search, which a schedule is for: a round of a halving may have fewer
 * @param withTrainAccuracy - whether to evaluate the training rows, too: this takes longer than the validation rows
 * @returns the result, and the state to continue from, which is undefined if the trial diverged
 */
export async function runTrial(
  trial: Trial,
  numIters: number,
  data: Dataset,
  run: TrialRun,
  { from, planned = numIters, withTrainAccuracy = true, onStopped }: TrialOptions = {},
): Promise<{ result: TrialResult; state: TrainingState | undefined }> {
  let trained: Training;
  try {
    trained = await train({ ...trial, numIters, planned }, data, run, { from, onStopped });
  } catch (error) {
    if (!isDiverged(error)) throw error;
    const none = { valAccuracy: null, trainAccuracy: null };
    const result = { status: 'diverged', ...numbersOf(error.history), ...none } as const;
    return { result: { ...trial, numIters, ...result }, state: undefined };
  }
  const { net, history } = trained;
  let valAccuracy: number;
  let trainAccuracy: number | null;
  try {
    valAccuracy = await accuracy(net, data.part('validation'), run);
    trainAccuracy = withTrainAccuracy ? await accuracy(net, data.train, run) : null;
  } catch (error) {
    // A training that ended early could not be told from one that was stopped.
    if (run.signal.aborted && history.lossHistory.length === numIters) await onStopped?.(lastState(net, history));
    throw error;
  }
  const result = { status: 'done', ...numbersOf(history), valAccuracy, trainAccuracy } as const;
  return { result: { ...trial, numIters, ...result }, state: lastState(net, history) };
}

/** See {@link runTrial}. */
interface TrialOptions {
  readonly from?: TrainingState | undefined;
  readonly planned?: number;
  readonly withTrainAccuracy?: boolean;
  /** Called with the state of a training that the signal has stopped, and awaited. */
  readonly onStopped?: ((state: TrainingState) => Promise<void>) | undefined;
}

/** A trial for some iterations of those that are planned. */
interface PlannedTrial extends Trial {
  readonly numIters: number;
  readonly planned: number;
}

/** Trains until all iterations are done, each time that the threads change on a net of that many threads. */
async function train(
  trial: PlannedTrial,
  data: Dataset,
  run: TrialRun,
  { from, onStopped }: Pick<TrialOptions, 'from' | 'onStopped'>,
): Promise<Training> {
  let { count, changed } = run.threads();
  const how = { backend: run.backend, threads: count };
  let training = from ? { net: restoreTraining(from, how), history: from.history } : await begin(trial, data, how);
  // It was stopped while it was judged.
  if (training.history.lossHistory.length === trial.numIters) return training;
  for (;;) {
    await giveTurn();
    try {
      return { ...training, history: await trainOn(training, trial, data, run, changed) };
    } catch (error) {
      // Continue only after a change of cores, not after an error that a callback has thrown.
      const moved = isTrainingAborted(error) && changed.aborted && error.cause === changed.reason;
      if (run.signal.aborted && isTrainingAborted(error) && error.history.lossHistory.length > 0) {
        await onStopped?.(lastState(training.net, error.history));
      }
      if (!moved) throw error;
      // Both have ended it, the change of cores first: what the search looks for is its own reason.
      if (run.signal.aborted) throw new TrainingAbortedError(error.numIters, run.signal.reason, error.history);
      ({ count, changed } = run.threads());
      training = { net: onThreads(training.net, count), history: error.history };
    }
  }
}

/** A new net with a stream of the trial's seed, before the first iteration. */
async function begin({ settings, seed }: Trial, data: Dataset, how: ComputeOptions): Promise<Training> {
  const { inputSize, numClasses } = data;
  const random = new RandomState(seed);
  const net = await TwoLayerNet.create({ ...pickSettings(NET, settings), inputSize, numClasses, random, ...how });
  const { learningRate } = settings;
  const history = {
    lossHistory: [],
    trainAccHistory: [],
    valAccHistory: [],
    valLossHistory: [],
    learningRateHistory: [],
    seconds: 0,
    samplesPerSecond: 0,
    warnings: [],
  };
  return { net, history: { ...history, learningRate } };
}

function trainOn(
  { net, history }: Training,
  trial: PlannedTrial,
  data: Dataset,
  run: TrialRun,
  changed: AbortSignal,
): Promise<TrainingHistory> {
  return net.train(data, {
    ...optionsOf(trial, data.train.X.rows),
    numIters: trial.numIters,
    // The rows are judged when training has ended, on the threads that there are then.
    finalAccuracies: false,
    resume: history,
    onProgress: run.onProgress,
    signal: AbortSignal.any([run.signal, changed]),
  });
}

/** The settings as options, with the schedule of all iterations that are planned. */
function optionsOf({ settings, numIters, planned }: PlannedTrial, rows: number): TrainOptions {
  const training = pickSettings(TRAINING, settings);
  // The backend's own decay must be its own in all rounds: only it knows the rate with which the next round goes on.
  if (numIters === planned || isOfBackend(settings)) return asOptions(training);
  const epoch = iterationsPerEpoch(rows, settings.batchSize);
  return asOptions(training, scheduleOf({ ...settings, numIters: planned, iterationsPerEpoch: epoch }));
}

/** The share of rows that the net predicts right, on the threads that the trial has now. */
async function accuracy(net: TwoLayerNet, part: DatasetPart, { threads, signal }: TrialRun): Promise<number> {
  await giveTurn();
  return (await evaluateAsync(onThreads(net, threads().count), part, { signal })).accuracy;
}

function numbersOf({ lossHistory, seconds, warnings }: TrainingHistory) {
  const numbers = { iterations: lossHistory.length, loss: lossHistory.at(-1) ?? null, seconds };
  return { ...numbers, ...(warnings.length > 0 && { warnings }) };
}
