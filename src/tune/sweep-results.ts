/** The outcome of a search. */
import type { TwoLayerNet } from '../net/two-layer-net.js';
import type { TrainingHistory } from '../training/history.js';
import { hasCode } from '../validation/kinds.js';
import { isAbortOf } from '../validation/signal.js';
import type { RankedSettings } from './ranking.js';
import { type Search, trialCount } from './search.js';
import type { TrialResult } from './trial.js';

/** The outcome of a search. */
export interface SweepResults {
  /** What was searched, with all defaults in place. */
  readonly search: Search;
  /** Every result, in the order of rounds, combinations and seeds, whichever was ready first. */
  readonly results: readonly TrialResult[];
  /** The combinations, best first. */
  readonly ranking: readonly RankedSettings[];
  /** The best trial of the best combination, with its net; undefined if every trial diverged. */
  readonly best: BestTrial | undefined;
  /**
   * What a person should know, in sentences: what trainings warned of, each kind once with the number of trials that
   * had it, and classes without a training row.
   */
  readonly warnings: readonly string[];
  /** Wall time in seconds. */
  readonly seconds: number;
  /** The rows that the accuracies were measured on; undefined if the search ended before it began. */
  readonly validationRows?: number | undefined;
}

/** The best trial, with its net. */
export interface BestTrial {
  readonly result: TrialResult;
  /** The trained net: bit for bit that of a separate training with these settings and this seed. */
  readonly net: TwoLayerNet;
  readonly history: TrainingHistory;
}

/** A search was ended by its `signal`. */
export class SweepAbortedError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'ABORT_ERR';
  /** The results so far. `best` is undefined if the net of the best trial is from an earlier run. */
  readonly results: SweepResults;

  /** @param reason - the signal's reason, kept as `cause` */
  constructor(trials: number, reason: unknown, results: SweepResults) {
    super(`The search was aborted after ${results.results.length} of ${trials} trials`, { cause: reason });
    this.results = results;
  }
}

/** What a search ends with that was ended before its first trial: its signal's error has no results. */
export function beforeTrials(search: Search, signal: AbortSignal | undefined, error: unknown): unknown {
  if (!isAbortOf(error, signal)) return error;
  const none = { search, results: [], ranking: [], best: undefined, warnings: [], seconds: 0 };
  return new SweepAbortedError(trialCount(search), signal.reason, none);
}

/** Whether it is a {@link SweepAbortedError}, of any copy of the package. */
export function isSweepAborted(error: unknown): error is SweepAbortedError {
  return hasCode(error, 'ABORT_ERR') && 'results' in error;
}
