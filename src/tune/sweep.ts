/** Searches for good settings: trials run in parallel on the processor's cores, over one data set in memory. */
import { type BackendChoice, chooseBackend } from '../backend/choose.js';
import { Dataset, type DatasetInput } from '../data/dataset.js';
import { defaultThreads } from '../platform/processors.js';
import { inTurns } from '../platform/turns.js';
import { setting } from '../training/settings.js';
import { disown } from '../validation/callback.js';
import { checkOptions } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import { checkSignal, isAbortOf, throwIfAborted, unlessAborted } from '../validation/signal.js';
import { checkingEarlier, originOf } from './earlier.js';
import type { TrialExecutor, TrialRunner, TrialWork } from './executor.js';
import { hashing } from './results-file.js';
import { MEANT_IN_SEARCH, resolveSearch, SEARCH_OPTIONS, type SearchOptions } from './search.js';
import type { SweepProgress } from './sweep-progress.js';
import { beforeTrials, type SweepResults } from './sweep-results.js';
import { SweepRun } from './sweep-run.js';
import type { TrialResult } from './trial.js';
import { checkSweepCheckpoint, type SweepCheckpointOptions, TrialStates } from './trial-states.js';

/** Options of {@link sweep}. */
export interface SweepOptions extends SearchOptions {
  /**
   * Which arithmetic to use. Without the addon, trials run one after the other.
   * @defaultValue 'auto'
   */
  backend?: BackendChoice;
  /**
   * Threads in all, 1 … 1024: one trial on each while there are enough trials, otherwise several for each. The results
   * are the same for any number.
   * @defaultValue one for each processor that this process may use
   */
  threads?: number | undefined;
  /**
   * Results of an earlier run of the same search; those trials do not run again. Results of other data are refused, and
   * so are numbers out of their ranges.
   */
  earlier?: readonly TrialResult[];
  /**
   * Called with each new result as soon as it is known. What it throws, or rejects with, ends the search. A promise
   * that it returns is awaited before another callback is called, and before the search ends; trials go on meanwhile.
   */
  onResult?: (result: TrialResult) => unknown;
  /** Called several times a second; otherwise as `onResult`. While a promise is awaited, it is not called. */
  onProgress?: (progress: SweepProgress) => unknown;
  /** Aborts the running trials and ends the search; see {@link SweepAbortedError}. */
  signal?: AbortSignal | undefined;
  /**
   * Where the states of trials are kept that may go on, so that a search with `earlier` results trains nothing twice.
   * @defaultValue memory alone: a search that is continued trains those trials again, to the same results
   */
  checkpoint?: SweepCheckpointOptions | undefined;
  /**
   * Runs the trials somewhere else, such as on many machines: `queue` of `two-layer-net/study` makes one. Only the best
   * trial is trained here once more, for its net.
   * @defaultValue the cores of this process
   */
  executor?: TrialExecutor | undefined;
}

/**
 * Trains nets with many settings and ranks the settings by accuracy on the validation rows.
 *
 * Each trial has the numbers of a separate training with the same settings and seed, bit for bit. All trials share one
 * copy of the data set. A trial whose loss becomes NaN or infinite is marked as diverged, and the search continues.
 *
 * Nets are trained and evaluated on threads of the engine: timers and I/O go on. (The TypeScript backend computes on
 * this thread and gives the event loop a turn every few milliseconds.) Do not change the data meanwhile.
 *
 * @throws (as a rejection) TypeError or RangeError for options or data that do not fit, before any work; a
 * {@link SweepAbortedError} when `signal` ends it; what `onResult` or `onProgress` throws; for `checkpoint`, Error
 * `ERR_NOT_WRITABLE` and `ERR_LOCKED`
 * @example
 * const { best, ranking } = await sweep(data, {
 *   search: 'random', trials: 20, numIters: 1000,
 *   space: {
 *     learningRate: { low: 1e-4, high: 1e-2, scale: 'log' },
 *     reg: { low: 0.1, high: 1 },
 *     hiddenSize: [50, 100],
 *   },
 * });
 */
export async function sweep(data: Dataset | DatasetInput, options: SweepOptions = {}): Promise<SweepResults> {
  const { backend, threads, earlier, onResult, onProgress, signal, checkpoint, executor, ...rest } = checkOptions(
    options,
    'the options of sweep',
    SWEEP_OPTIONS,
    MEANT_IN_SEARCH,
  );
  const search = resolveSearch(rest);
  if (onResult !== undefined && typeof onResult !== 'function') throw wrongType('a function for onResult', onResult);
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw wrongType('a function for onProgress', onProgress);
  checkSignal(signal);
  if (checkpoint !== undefined) checkSweepCheckpoint(checkpoint);
  if (executor !== undefined) checkExecutor(executor);
  const { name, capabilities } = chooseBackend(backend);
  const cores = setting('threads', threads === undefined ? defaultThreads() : threads);
  const ended = (error: unknown) => {
    throw beforeTrials(search, signal, error);
  };
  const trialData = await inTurns(Dataset.from(data).lasting(), signal).catch(ended);
  trialData.part('validation');
  const print = await inTurns(hashing(trialData), signal).catch(ended);
  const origin = originOf(print);
  if (earlier !== undefined) await inTurns(checkingEarlier(earlier, origin), signal).catch(ended);
  const following = {
    origin,
    backend: name,
    cores: capabilities.threads && capabilities.offMainThread ? cores : 1,
    earlier: earlier ?? [],
    onResult,
    onProgress,
    signal,
  };
  const states = await TrialStates.open(checkpoint, { data: print, backend: name }, signal);
  let elsewhere: TrialRunner | undefined;
  let done = false;
  try {
    const work = { search, data: trialData, fingerprint: print, backend: name };
    elsewhere = executor && (await beginElsewhere(executor, work, signal).catch(ended));
    const run = await SweepRun.begin(search, trialData, { ...following, states, elsewhere });
    const results = await run.run();
    done = true;
    return results;
  } finally {
    try {
      await states.close(done);
    } finally {
      await elsewhere?.close(done);
    }
  }
}

/** Begins a search elsewhere, unless the signal is aborted before that is done: then what has begun is closed. */
async function beginElsewhere(
  executor: TrialExecutor,
  work: TrialWork,
  signal: AbortSignal | undefined,
): Promise<TrialRunner> {
  throwIfAborted(signal, 'The search');
  const begun = Promise.resolve(executor.begin(work));
  if (!signal) return begun;
  try {
    return await unlessAborted(begun, signal, 'The search');
  } catch (error) {
    if (isAbortOf(error, signal)) disown(begun.then((runner) => runner.close(false)));
    throw error;
  }
}

function checkExecutor(executor: TrialExecutor): void {
  if (typeof executor?.begin === 'function') return;
  throw wrongType('what runs trials, such as queue(url) of two-layer-net/study, for executor', executor);
}

/** The names of the {@link SweepOptions}. */
export const SWEEP_OPTIONS = [
  ...SEARCH_OPTIONS,
  'backend',
  'threads',
  'earlier',
  'onResult',
  'onProgress',
  'signal',
  'checkpoint',
  'executor',
] as const satisfies readonly (keyof SweepOptions)[];
