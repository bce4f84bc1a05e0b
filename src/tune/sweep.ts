/** Searches for good settings: trials side by side on the processor's cores, over one data set in memory. */
import { type BackendChoice, chooseBackend } from '../backend/choose.js';
import { Dataset, type DatasetInput } from '../data/dataset.js';
import { restoreTraining } from '../net/restore-training.js';
import type { TwoLayerNet } from '../net/two-layer-net.js';
import { defaultThreads } from '../platform/processors.js';
import { TrainingAbortedError } from '../training/errors.js';
import type { TrainingHistory } from '../training/history.js';
import { setting } from '../training/settings.js';
import type { TrainingState } from '../training/state.js';
import { checkOptions } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import { type CoreLease, runOnCores } from './executors/local-cores.js';
import { bestOf, compare, keyOf, type RankedSettings, rank } from './ranking.js';
import {
  combinationsOf,
  type Round,
  resolveSearch,
  roundsOf,
  SEARCH_OPTIONS,
  type Search,
  type SearchOptions,
} from './search.js';
import type { TrialSettings } from './settings.js';
import { SweepMeter, type SweepProgress } from './sweep-progress.js';
import { isTrialResult, makeTrial, runTrial, type Trial, type TrialResult } from './trial.js';

/** Options of {@link sweep}. */
export interface SweepOptions extends SearchOptions {
  /**
   * Which arithmetic to use. The TypeScript backend has one thread: its trials run one after the other.
   * @defaultValue 'auto'
   */
  backend?: BackendChoice;
  /**
   * Threads in all, 1 … 1024: one trial on each while there are enough trials, else several for each. Results are the
   * same for any number.
   * @defaultValue one for each processor that this process may use
   */
  threads?: number | undefined;
  /** Results of an earlier run of the same search on the same data, which are not made again. */
  earlier?: readonly TrialResult[];
  /** Called with each result the moment that it is known; not with the earlier ones. What it throws ends the search. */
  onResult?: (result: TrialResult) => void;
  /** Called several times a second. What it throws ends the search. */
  onProgress?: (progress: SweepProgress) => void;
  /** Gives up the trials that run; see {@link SweepAbortedError}. */
  signal?: AbortSignal | undefined;
}

/** What a search came to. */
export interface SweepResults {
  /** What was searched, with all defaults in place. */
  readonly search: Search;
  /** Every result, in the order of rounds, combinations and seeds, whichever came first. */
  readonly results: readonly TrialResult[];
  /** The combinations, best first. */
  readonly ranking: readonly RankedSettings[];
  /** The best trial of the best combination, with its net; undefined where every trial diverged. */
  readonly best: BestTrial | undefined;
  /** Wall time in seconds. */
  readonly seconds: number;
}

/** The trial that a search is for. */
export interface BestTrial {
  readonly result: TrialResult;
  /** As the trial left it: the same as from a training of its own with these settings and this seed, bit for bit. */
  readonly net: TwoLayerNet;
  readonly history: TrainingHistory;
}

/** A search was ended by its `signal`. */
export class SweepAbortedError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'ABORT_ERR';
  /** What was finished until then; `best` only where its net is at hand. */
  readonly results: SweepResults;

  /** @param reason - the signal's reason, kept as `cause` */
  constructor(trials: number, reason: unknown, results: SweepResults) {
    super(`The search was aborted after ${results.results.length} of ${trials} trials`, { cause: reason });
    this.results = results;
  }
}

/**
 * Trains nets with many settings and tells which are best on the validation rows.
 *
 * Each trial's numbers are those of its own separate run with the same settings and seed, bit for bit. All trials share
 * the one data set. A trial whose loss becomes NaN or infinite is marked as diverged, and the search goes on.
 *
 * @throws (as a rejection) TypeError or RangeError for options or data that do not fit, before any work; a
 * {@link SweepAbortedError} when `signal` ends it; what `onResult` or `onProgress` throws
 * @example
 * const { best, ranking } = await sweep(data, {
 *   search: 'random', trials: 20, numIters: 1000,
 *   space: { learningRate: { low: 1e-4, high: 1e-2, scale: 'log' }, reg: { low: 0.1, high: 1 }, hiddenSize: [50, 100] },
 * });
 */
export async function sweep(data: Dataset | DatasetInput, options: SweepOptions = {}): Promise<SweepResults> {
  const { backend, threads, earlier, onResult, onProgress, signal, ...rest } = checkOptions(
    options,
    'the options of sweep',
    KNOWN,
  );
  const search = resolveSearch(rest);
  if (onResult !== undefined && typeof onResult !== 'function') throw wrongType('a function for onResult', onResult);
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw wrongType('a function for onProgress', onProgress);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw wrongType('an AbortSignal for signal', signal);
  const { name, capabilities } = chooseBackend(backend);
  const cores = setting('threads', threads ?? defaultThreads());
  const trialData = Dataset.from(data);
  trialData.part('validation');
  if (earlier !== undefined && !(Array.isArray(earlier) && earlier.every(isTrialResult))) {
    throw wrongType('a list of results of trials for earlier', earlier);
  }
  const following = { onResult, onProgress, signal, earlier: earlier ?? [] };
  return new SweepRun(search, trialData, {
    backend: name,
    cores: capabilities.threads ? cores : 1,
    ...following,
  }).run();
}

const KNOWN = [...SEARCH_OPTIONS, 'backend', 'threads', 'earlier', 'onResult', 'onProgress', 'signal'] as const;

/** How a search runs and who follows it; none of it changes the results. */
interface Following {
  readonly backend: BackendChoice;
  readonly cores: number;
  readonly earlier: readonly TrialResult[];
  readonly onResult: SweepOptions['onResult'];
  readonly onProgress: SweepOptions['onProgress'];
  readonly signal: AbortSignal | undefined;
}

/** One combination with a trial for each seed. */
interface Contender {
  readonly settings: TrialSettings;
  readonly trials: readonly Trial[];
}

/** One search from its checked options to its results. */
class SweepRun {
  readonly #search: Search;
  readonly #data: Dataset;
  readonly #following: Following;
  readonly #contenders: readonly Contender[];
  readonly #rounds: readonly Round[];
  readonly #meter: SweepMeter;
  /** By {@link resultKey}. */
  readonly #results = new Map<string, TrialResult>();
  /** Of trials that may go on or be the best, by id. Others are let go: a search may have thousands. */
  readonly #states = new Map<string, TrainingState>();
  readonly #stop = new AbortController();

  constructor(search: Search, data: Dataset, following: Following) {
    this.#search = search;
    this.#data = data;
    this.#following = following;
    const seeds = Array.from({ length: search.seeds }, (_, i) => search.seed + i);
    this.#contenders = combinationsOf(search).map((settings) => ({
      settings,
      trials: seeds.map((seed) => makeTrial(settings, seed)),
    }));
    this.#rounds = roundsOf(search, this.#contenders.length);
    this.#meter = new SweepMeter(
      this.#rounds,
      seeds.length,
      this.#contenders.map(({ settings }) => settings),
    );
    const known = new Set(this.#contenders.flatMap(({ trials }) => trials.map(({ id }) => id)));
    for (const result of following.earlier) if (known.has(result.id)) this.#results.set(resultKey(result), result);
    for (const result of this.#allResults()) this.#meter.ends(result);
  }

  async run(): Promise<SweepResults> {
    const { signal } = this.#following;
    const abort = () => this.#stop.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    try {
      await this.#runRounds();
      return this.#finish(await this.#best());
    } catch (error) {
      this.#stop.abort();
      if (!(signal?.aborted && error instanceof TrainingAbortedError)) throw error;
      throw new SweepAbortedError(this.#meter.trials, signal.reason, this.#finish(this.#bestAtHand()));
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async #runRounds(): Promise<void> {
    let contenders = this.#contenders;
    for (const [i, round] of this.#rounds.entries()) {
      const next = this.#rounds[i + 1]?.combinations;
      this.#carryDiverged(contenders, this.#rounds[i - 1], round);
      await this.#runRound(contenders, round, new Leaders(next ?? 1), next === undefined);
      if (next !== undefined) contenders = this.#goOn(contenders, round, next);
    }
  }

  /** A trial that diverged in the round before would do so again at the same place. */
  #carryDiverged(contenders: readonly Contender[], before: Round | undefined, round: Round): void {
    for (const trial of before ? contenders.flatMap(({ trials }) => trials) : []) {
      const result = before && this.#resultOf(trial, before);
      if (result?.status !== 'diverged' || this.#resultOf(trial, round)) continue;
      this.#take({ ...result, numIters: round.numIters });
    }
  }

  /** Runs what has no result yet of one round. */
  async #runRound(contenders: readonly Contender[], round: Round, leaders: Leaders, last: boolean): Promise<void> {
    const open = contenders.flatMap((contender, place) =>
      contender.trials.filter((trial) => !this.#resultOf(trial, round)).map((trial) => ({ trial, contender, place })),
    );
    await runOnCores(open, this.#following.cores, async ({ trial, contender, place }, lease) => {
      try {
        await this.#runOne(trial, round, lease, last);
        this.#dropStates(contender, place, round, leaders, last);
      } catch (error) {
        // Whatever ends the search, the trials beside this one need not go on.
        this.#stop.abort();
        throw error;
      }
    });
  }

  async #runOne(trial: Trial, { numIters }: Round, { threads }: CoreLease, withTrainAccuracy: boolean): Promise<void> {
    const from = this.#states.get(trial.id);
    const begun = from?.history.lossHistory.length ?? 0;
    const { backend, cores, onProgress } = this.#following;
    const report = ({ iteration }: { iteration: number }) => {
      this.#meter.runs(trial, iteration, numIters, begun);
      onProgress?.(this.#meter.progress());
    };
    report({ iteration: begun });
    const run = { backend, threads, judgingThreads: cores, signal: this.#stop.signal, onProgress: report };
    const { result, state } = await runTrial(trial, numIters, this.#data, run, { from, withTrainAccuracy });
    if (state) this.#states.set(trial.id, state);
    this.#take(result);
    onProgress?.(this.#meter.progress());
  }

  #take(result: TrialResult): void {
    this.#results.set(resultKey(result), result);
    this.#meter.ends(result);
    this.#following.onResult?.(result);
  }

  /** Lets go of the states that neither the next round nor the end of the search will ask for. */
  #dropStates(contender: Contender, place: number, round: Round, leaders: Leaders, last: boolean): void {
    const results = contender.trials.map((trial) => this.#resultOf(trial, round)).filter((one) => one !== undefined);
    const [ranked] = rank(results);
    if (last) {
      // The net of a combination is that of its best seed.
      const best = bestOf([ranked]);
      for (const { id } of results) if (id !== best?.id) this.#states.delete(id);
    }
    if (results.length < contender.trials.length) return;
    for (const { id } of leaders.add(ranked, place)?.results ?? []) this.#states.delete(id);
  }

  /** The best `count` of a round. Where everything diverges, fewer. */
  #goOn(contenders: readonly Contender[], round: Round, count: number): Contender[] {
    const best = this.#ranked(contenders, round)
      .filter(({ valAccuracy }) => valAccuracy !== null)
      .slice(0, count);
    const keys = new Set(best.map(({ settings }) => keyOf(settings)));
    return contenders.filter(({ settings }) => keys.has(keyOf(settings)));
  }

  #ranked(contenders: readonly Contender[], round: Round): RankedSettings[] {
    const results = contenders.flatMap(({ trials }) => trials.map((trial) => this.#resultOf(trial, round)));
    return rank(results.filter((result) => result !== undefined));
  }

  #resultOf(trial: Trial, { numIters }: Round): TrialResult | undefined {
    return this.#results.get(resultKey({ id: trial.id, numIters }));
  }

  /** All results, whenever they came. */
  #allResults(): TrialResult[] {
    const trials = this.#contenders.flatMap(({ trials }) => trials);
    const found = this.#rounds.flatMap((round) => trials.map((trial) => this.#resultOf(trial, round)));
    return found.filter((result) => result !== undefined);
  }

  /** The best trial with its net, which is trained again where only its result is known, from an earlier run. */
  async #best(): Promise<BestTrial | undefined> {
    const result = bestOf(rank(this.#allResults()));
    if (result === undefined || this.#isAtHand(result)) return this.#bestAtHand();
    await runOnCores([result], this.#following.cores, async (trial, { threads }) => {
      const { backend, cores } = this.#following;
      const run = { backend, threads, judgingThreads: cores, signal: this.#stop.signal, onProgress: () => {} };
      const { state } = await runTrial(trial, result.numIters, this.#data, run, { withTrainAccuracy: false });
      if (state) this.#states.set(result.id, state);
    });
    return this.#bestAtHand();
  }

  #isAtHand({ id, iterations }: TrialResult): boolean {
    return this.#states.get(id)?.history.lossHistory.length === iterations;
  }

  #bestAtHand(): BestTrial | undefined {
    const result = bestOf(rank(this.#allResults()));
    const state = result && this.#states.get(result.id);
    if (!state || !this.#isAtHand(result)) return undefined;
    const { backend, cores } = this.#following;
    return { result, net: restoreTraining(state, { backend, threads: cores }), history: state.history };
  }

  #finish(best: BestTrial | undefined): SweepResults {
    const results = this.#allResults();
    const { seconds } = this.#meter;
    return { search: this.#search, results, ranking: rank(results), best, seconds };
  }
}

/** The best combinations of a round so far. */
class Leaders {
  readonly #most: number;
  readonly #best: { readonly ranked: RankedSettings; readonly place: number }[] = [];

  /** @param most - how many of them are of interest */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @param place - of the combination in its round: of equals the first is better
   * @returns the combination that is no longer among the best, which may be the new one
   */
  add(ranked: RankedSettings, place: number): RankedSettings | undefined {
    const before = ({ ranked: other, place: at }: { ranked: RankedSettings; place: number }) =>
      compare(other, ranked) || at - place;
    const index = this.#best.findIndex((one) => before(one) > 0);
    this.#best.splice(index < 0 ? this.#best.length : index, 0, { ranked, place });
    return this.#best.length > this.#most ? this.#best.pop()?.ranked : undefined;
  }
}

function resultKey({ id, numIters }: { readonly id: string; readonly numIters: number }): string {
  return `${id} ${numIters}`;
}
