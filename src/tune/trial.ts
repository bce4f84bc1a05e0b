/** One trial of a search: a pure function of its settings, its seed and the data. */
import type { BackendChoice } from '../backend/choose.js';
import type { Dataset } from '../data/dataset.js';
import { evaluate } from '../net/evaluation.js';
import { restoreTraining } from '../net/restore-training.js';
import { TwoLayerNet } from '../net/two-layer-net.js';
import { RandomState } from '../random/random-state.js';
import { DivergedError, TrainingAbortedError } from '../training/errors.js';
import type { TrainingHistory, TrainingProgress } from '../training/history.js';
import { pickSettings, type SettingsWith, settingNames } from '../training/settings.js';
import { type TrainingState, trainingState } from '../training/state.js';
import { TRIAL_SETTINGS, type TrialSettings } from './settings.js';
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
  /** Iterations made: all of `numIters`, or those before the loss was no longer finite. */
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
}

/** The trial of these settings, with its id. */
export function makeTrial(settings: TrialSettings, seed: number): Trial {
  return { id: trialId(settings, seed), settings, seed };
}

/** Whether this is the result of a trial with all its settings, whose id is theirs. */
export function isTrialResult(value: unknown): value is TrialResult {
  if (typeof value !== 'object' || value === null) return false;
  const { id, settings, seed, numIters, iterations, status, valAccuracy } = value as Partial<TrialResult>;
  if (typeof settings !== 'object' || settings === null || seed === undefined) return false;
  if (!TRIAL_SETTINGS.every((name) => settings[name] !== undefined)) return false;
  const judged = status === 'diverged' ? valAccuracy === null : status === 'done' && typeof valAccuracy === 'number';
  return judged && Number.isInteger(numIters) && Number.isInteger(iterations) && trialId(settings, seed) === id;
}

/** How a trial runs; this does not change its result. */
export interface TrialRun {
  readonly backend: BackendChoice;
  /** The threads to train with; called again each time that `changed` interrupts the training. */
  readonly threads: () => { readonly count: number; readonly changed: AbortSignal };
  /**
   * Threads to judge with: all there are. Judging holds JavaScript's thread, so that trials that end together are
   * judged one after the other, while the cores of those that wait are idle.
   */
  readonly judgingThreads: number;
  /** Aborts the trial; its promise then rejects with the {@link TrainingAbortedError}. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TrainingProgress) => void;
}

/**
 * Trains `trial` for `numIters` iterations in all, from the start or from an earlier state, and evaluates it.
 *
 * @param from - the trial's state after fewer iterations
 * @param withTrainAccuracy - whether to evaluate the training rows, too: this takes longer than the validation rows
 * @returns the result, and the state to continue from, which is undefined if the trial diverged
 */
export async function runTrial(
  trial: Trial,
  numIters: number,
  data: Dataset,
  run: TrialRun,
  { from, withTrainAccuracy = true }: { from?: TrainingState | undefined; withTrainAccuracy?: boolean } = {},
): Promise<{ result: TrialResult; state: TrainingState | undefined }> {
  let state = from ?? initialState(trial, data, run.backend);
  for (;;) {
    const { count, changed } = run.threads();
    const net = restoreTraining(state, { backend: run.backend, threads: count });
    try {
      const history = await trainOn(net, state, trial, numIters, data, run, changed);
      const ended = trainingState(net, history);
      const judged = restoreTraining(ended, { backend: run.backend, threads: run.judgingThreads });
      const valAccuracy = evaluate(judged, data.part('validation')).accuracy;
      const trainAccuracy = withTrainAccuracy ? evaluate(judged, data.train).accuracy : null;
      const result = { status: 'done', ...numbersOf(history), valAccuracy, trainAccuracy } as const;
      return { result: { ...trial, numIters, ...result }, state: ended };
    } catch (error) {
      if (error instanceof DivergedError) {
        const result = {
          status: 'diverged',
          ...numbersOf(error.history),
          valAccuracy: null,
          trainAccuracy: null,
        } as const;
        return { result: { ...trial, numIters, ...result }, state: undefined };
      }
      // Continue only after a change of cores, not after an error that a callback has thrown.
      const moved = error instanceof TrainingAbortedError && changed.aborted && error.cause === changed.reason;
      if (!moved || run.signal.aborted) throw error;
      state = trainingState(net, error.history);
    }
  }
}

/** The state of a new net with a stream of the trial's seed, before the first iteration. */
function initialState(trial: Trial, data: Dataset, backend: BackendChoice): TrainingState {
  const { settings, seed } = trial;
  const { inputSize, numClasses } = data;
  const random = new RandomState(seed);
  const net = new TwoLayerNet({ ...pickSettings(NET, settings), inputSize, numClasses, backend, random });
  const history = { lossHistory: [], trainAccHistory: [], valAccHistory: [], seconds: 0, samplesPerSecond: 0 };
  return trainingState(net, { ...history, learningRate: settings.learningRate });
}

function trainOn(
  net: TwoLayerNet,
  { history }: TrainingState,
  { settings }: Trial,
  numIters: number,
  data: Dataset,
  run: TrialRun,
  changed: AbortSignal,
): Promise<TrainingHistory> {
  return net.train(data, {
    ...pickSettings(TRAINING, settings),
    numIters,
    resume: history,
    onProgress: run.onProgress,
    signal: AbortSignal.any([run.signal, changed]),
  });
}

function numbersOf({ lossHistory, seconds }: TrainingHistory) {
  return { iterations: lossHistory.length, loss: lossHistory.at(-1) ?? null, seconds };
}
