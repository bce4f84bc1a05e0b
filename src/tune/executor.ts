/** What runs the trials of a search: this process, unless the option `executor` names something else. */
import type { Dataset } from '../data/dataset.js';
import { wrongType } from '../validation/errors.js';
import { throwIfAborted } from '../validation/signal.js';
import { flawOf } from './earlier.js';
import type { Search } from './search.js';
import type { Trial, TrialResult } from './trial.js';

/** What the trials of a search have in common. */
export interface TrialWork {
  /** The search, with all defaults in place. */
  readonly search: Search;
  /** What trials are trained and judged on. */
  readonly data: Dataset;
  /** The fingerprint of these data. Results are from data with the same one. */
  readonly fingerprint: string;
  /** What trials run on here, in words: another arithmetic gives other last digits. */
  readonly backend: string;
}

/** The trials of a search that has begun. */
export interface TrialRunner {
  /** Trials that may be asked for at a time. */
  readonly places: number;
  /**
   * Runs a trial until it has made `numIters` iterations. The trial is a pure function of its settings, its seed and
   * the data: the result is the same wherever it runs.
   *
   * @throws (as a rejection) Error when there will be no result; what `signal` was aborted with
   */
  run(trial: Trial, numIters: number, signal: AbortSignal): Promise<TrialResult>;
  /** Ends it. @param done - whether the search has all its results */
  close(done: boolean): Promise<void>;
}

/** Runs the trials of searches somewhere else than on the cores of this process: see `two-layer-net/study`. */
export interface TrialExecutor {
  /** Begins a search. */
  begin(work: TrialWork): Promise<TrialRunner>;
}

/**
 * The result of a trial that a runner runs.
 *
 * @throws (as a rejection) what the runner throws; an `AbortError` once `signal` is aborted, whatever the runner makes
 * of it; TypeError `ERR_INVALID_TYPE` for something else than the result of this trial
 */
export async function resultFrom(
  runner: TrialRunner,
  trial: Trial,
  numIters: number,
  signal: AbortSignal,
): Promise<TrialResult> {
  let result: TrialResult;
  try {
    result = await runner.run(trial, numIters, signal);
  } catch (error) {
    throwIfAborted(signal, 'The trial');
    throw error;
  }
  const flaw = flawOf(result);
  if (flaw === undefined && result.id === trial.id && result.numIters === numIters) return result;
  const wanted = `the result of the trial ${trial.id} after ${numIters} iterations from the executor`;
  throw wrongType(wanted, result, flaw === undefined ? ' of another one' : `: ${flaw}`);
}
