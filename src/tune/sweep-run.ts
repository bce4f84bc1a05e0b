import type { BackendChoice } from '../backend/choose.js';
import type { Dataset } from '../data/dataset.js';
import { restoreTraining } from '../net/restore-training.js';
import { type CoreLease, runAtOnce, runOnCores } from '../platform/run-on-cores.js';
import { giveTurn, inTurns, type Pieces } from '../platform/turns.js';
import { checkSampling, pictureFor } from '../training/rows-needed.js';
import type { TrainingState } from '../training/state.js';
import { emptyClasses } from '../training/warnings/empty-classes.js';
import { isPromise } from '../validation/kinds.js';
import { isAbortOf, throwIfAborted, unlessAborted } from '../validation/signal.js';
import { resultFrom, type TrialRunner } from './executor.js';
import { Leaders } from './leaders.js';
import { type Candidate, candidatesOf, resultKey, survivorsOf } from './plan.js';
import { bestOf, rank, ranking } from './ranking.js';
import { type Round, roundsOf, type Search } from './search.js';
import { SweepMeter, type SweepProgress } from './sweep-progress.js';
import { type BestTrial, beforeTrials, SweepAbortedError, type SweepResults } from './sweep-results.js';
import { runTrial, type Trial, type TrialResult } from './trial.js';
import type { TrialStates } from './trial-states.js';
import { gatherWarnings } from './trial-warnings.js';

/** How a search runs and who follows it; this does not change the results. */
interface Following {
  readonly backend: BackendChoice;
  readonly cores: number;
  /** What results remember of the data. */
  readonly origin: string;
  readonly earlier: readonly TrialResult[];
  readonly onResult: ((result: TrialResult) => unknown) | undefined;
  readonly onProgress: ((progress: SweepProgress) => unknown) | undefined;
  readonly signal: AbortSignal | undefined;
  /** The states of the trials that may continue or be the best. Others are dropped: a search may have thousands. */
  readonly states: TrialStates;
  /** What runs the trials, if it is not this process. */
  readonly elsewhere: TrialRunner | undefined;
}

/** One search from its checked options to its results. */
export class SweepRun {
  readonly #search: Search;
  readonly #data: Dataset;
  readonly #following: Following;
  readonly #candidates: readonly Candidate[];
  readonly #rounds: readonly Round[];
  readonly #meter: SweepMeter;
  /** By {@link resultKey}. */
  readonly #results = new Map<string, TrialResult>();
  readonly #states: TrialStates;
  readonly #stop = new AbortController();
  /** What a callback has returned. */
  #awaited: Promise<unknown> | undefined;

  /**
   * Starts a search when its trials are known, which takes turns with the event loop.
   *
   * @throws TypeError or RangeError for settings that do not fit the data; a {@link SweepAbortedError}
   */
  static async begin(search: Search, data: Dataset, following: Following): Promise<SweepRun> {
    const { signal } = following;
    try {
      const run = new SweepRun(search, data, following, await inTurns(candidatesOf(search), signal));
      await inTurns(run.#beginning(), signal);
      return run;
    } catch (error) {
      throw beforeTrials(search, signal, error);
    }
  }

  private constructor(search: Search, data: Dataset, following: Following, candidates: readonly Candidate[]) {
    this.#search = search;
    this.#data = data;
    this.#following = following;
    this.#states = following.states;
    this.#candidates = candidates;
    this.#rounds = roundsOf(search, this.#candidates.length);
    this.#meter = new SweepMeter(
      this.#rounds,
      search.seeds,
      this.#candidates.map(({ settings }) => settings),
    );
  }

  /** Checks the combinations, and takes over what is known of them. */
  *#beginning(): Pieces<void> {
    const { train, imageShape } = this.#data;
    const known = new Set<string>();
    for (const { settings, trials } of this.#candidates) {
      checkSampling(settings, train.X.rows);
      pictureFor(settings, imageShape);
      for (const { id } of trials) known.add(id);
      yield;
    }
    for (const result of this.#following.earlier) {
      if (known.has(result.id)) this.#results.set(resultKey(result), result);
      yield;
    }
    for (const result of this.#allResults()) this.#meter.ends(result);
  }

  async run(): Promise<SweepResults> {
    const { signal } = this.#following;
    const abort = () => this.#stop.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    try {
      await this.#runRounds();
      throwIfAborted(signal, 'The search');
      const best = await this.#best();
      return await this.#finish(() => best);
    } catch (error) {
      this.#stop.abort();
      if (!isAbortOf(error, signal)) throw error;
      throw new SweepAbortedError(
        this.#meter.trials,
        signal.reason,
        await this.#finish((best) => this.#bestAtHand(best)),
      );
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async #runRounds(): Promise<void> {
    let candidates = this.#candidates;
    for (const [i, round] of this.#rounds.entries()) {
      const next = this.#rounds[i + 1]?.combinations;
      await this.#carryDiverged(candidates, this.#rounds[i - 1], round);
      await this.#runRound(candidates, round, new Leaders(next ?? 1), next === undefined);
      if (next !== undefined) candidates = survivorsOf(candidates, this.#resultsOf(candidates, round), next);
    }
  }

  /** A trial that diverged in the previous round would diverge again at the same iteration. */
  async #carryDiverged(candidates: readonly Candidate[], before: Round | undefined, round: Round): Promise<void> {
    for (const trial of before ? candidates.flatMap(({ trials }) => trials) : []) {
      const result = before && this.#resultOf(trial, before);
      if (result?.status !== 'diverged' || this.#resultOf(trial, round)) continue;
      await this.#take({ ...result, numIters: round.numIters });
    }
  }

  /** Runs the trials of a round that have no result yet. */
  async #runRound(candidates: readonly Candidate[], round: Round, leaders: Leaders, last: boolean): Promise<void> {
    const open = candidates.flatMap((candidate, place) =>
      candidate.trials.filter((trial) => !this.#resultOf(trial, round)).map((trial) => ({ trial, candidate, place })),
    );
    const { cores, elsewhere } = this.#following;
    const run = async ({ trial, candidate, place }: (typeof open)[number], work: () => Promise<void>) => {
      try {
        await work();
        await this.#dropStates(candidate, place, round, leaders, last);
        await this.#states.store(trial.id, this.#stop.signal);
      } catch (error) {
        // Whatever ends the search, the other running trials have become useless.
        this.#stop.abort();
        throw error;
      }
    };
    if (elsewhere) {
      await runAtOnce(open, elsewhere.places, (one) => run(one, () => this.#await(one.trial, round, elsewhere)));
    } else {
      await runOnCores(open, cores, (one, lease) => run(one, () => this.#runOne(one.trial, round, lease, last)));
    }
  }

  async #runOne(trial: Trial, { numIters }: Round, { threads }: CoreLease, withTrainAccuracy: boolean): Promise<void> {
    const from = await this.#states.find(trial.id, numIters);
    const begun = from?.history.lossHistory.length ?? 0;
    const { backend } = this.#following;
    const report = ({ iteration }: { iteration: number }) => {
      this.#meter.runs(trial, iteration, numIters, begun);
      return this.#tellProgress();
    };
    await report({ iteration: begun });
    const run = { backend, threads, signal: this.#stop.signal, onProgress: report };
    const onStopped = async (stopped: TrainingState) => {
      this.#states.set(trial.id, stopped);
      await this.#states.store(trial.id, this.#stop.signal);
    };
    const how = { from, withTrainAccuracy, planned: this.#search.numIters, onStopped };
    const { result, state } = await runTrial(trial, numIters, this.#data, run, how);
    if (state) this.#states.set(trial.id, state);
    await this.#take({ ...result, data: this.#following.origin });
    await this.#tellProgress();
  }

  /** A trial that runs elsewhere: only its result comes here. */
  async #await(trial: Trial, { numIters }: Round, elsewhere: TrialRunner): Promise<void> {
    const result = await resultFrom(elsewhere, trial, numIters, this.#stop.signal);
    this.#meter.runs(trial, 0, numIters, 0);
    await this.#take({ ...result, data: this.#following.origin });
    await this.#tellProgress();
  }

  async #take(result: TrialResult): Promise<void> {
    this.#results.set(resultKey(result), result);
    this.#meter.ends(result);
    while (this.#awaited) await this.#awaited;
    await this.#follow(this.#following.onResult?.(result));
  }

  /** Tells of the progress, unless what a callback has returned is still awaited: that is returned. */
  #tellProgress(): Promise<unknown> | undefined {
    return this.#awaited ?? this.#follow(this.#following.onProgress?.(this.#meter.progress()));
  }

  /** What a callback has returned, if it is to be awaited. */
  #follow(returned: unknown): Promise<unknown> | undefined {
    if (!isPromise(returned)) return undefined;
    // A callback may never settle: that must not keep the signal from ending the search.
    const awaited = unlessAborted(returned, this.#stop.signal, 'The search').finally(() => {
      this.#awaited = undefined;
    });
    this.#awaited = awaited;
    return awaited;
  }

  /** Drops the states that neither the next round nor the end of the search needs. */
  async #dropStates(candidate: Candidate, place: number, round: Round, leaders: Leaders, last: boolean): Promise<void> {
    const results = this.#resultsOf([candidate], round);
    const [ranked] = rank(results);
    if (last) {
      // The net of a combination is that of its best seed.
      const best = bestOf([ranked]);
      for (const { id } of results) if (id !== best?.id) await this.#states.drop(id);
    }
    if (results.length < candidate.trials.length) return;
    for (const { id } of leaders.add(ranked, place)?.results ?? []) await this.#states.drop(id);
  }

  #resultsOf(candidates: readonly Candidate[], round: Round): TrialResult[] {
    const results = candidates.flatMap(({ trials }) => trials.map((trial) => this.#resultOf(trial, round)));
    return results.filter((result) => result !== undefined);
  }

  #resultOf(trial: Trial, { numIters }: Round): TrialResult | undefined {
    return this.#results.get(resultKey({ id: trial.id, numIters }));
  }

  /** All results, of earlier runs too. */
  #allResults(): TrialResult[] {
    const trials = this.#candidates.flatMap(({ trials }) => trials);
    const found = this.#rounds.flatMap((round) => trials.map((trial) => this.#resultOf(trial, round)));
    return found.filter((result) => result !== undefined);
  }

  /** The best trial with its net, which is trained again if only its result is known, from an earlier run. */
  async #best(): Promise<BestTrial | undefined> {
    await giveTurn();
    const result = bestOf(await inTurns(ranking(this.#allResults()), this.#stop.signal));
    if (result === undefined || (await this.#findState(result))) return this.#bestAtHand(result);
    await runOnCores([result], this.#following.cores, async (trial, { threads }) => {
      const { backend } = this.#following;
      const run = { backend, threads, signal: this.#stop.signal, onProgress: () => {} };
      const how = { withTrainAccuracy: false, planned: this.#search.numIters };
      const { state } = await runTrial(trial, result.numIters, this.#data, run, how);
      if (state) this.#states.set(result.id, state);
    });
    await giveTurn();
    return this.#bestAtHand(result);
  }

  /** Looks for the state of a result, which an earlier run may have left. */
  async #findState(result: TrialResult): Promise<boolean> {
    const state = await this.#states.find(result.id, result.iterations);
    if (state?.history.lossHistory.length === result.iterations) this.#states.set(result.id, state);
    return this.#isAtHand(result);
  }

  #isAtHand({ id, iterations }: TrialResult): boolean {
    return this.#states.get(id)?.history.lossHistory.length === iterations;
  }

  #bestAtHand(result: TrialResult | undefined): BestTrial | undefined {
    const state = result && this.#states.get(result.id);
    if (!state || !this.#isAtHand(result)) return undefined;
    const { backend, cores } = this.#following;
    return { result, net: restoreTraining(state, { backend, threads: cores }), history: state.history };
  }

  /** @param netOf - the best trial of the ranking with its net */
  async #finish(netOf: (best: TrialResult | undefined) => BestTrial | undefined): Promise<SweepResults> {
    const results = this.#allResults();
    const { seconds } = this.#meter;
    const ranked = await inTurns(ranking(results));
    const { train, classNames, named } = this.#data;
    // Classes that were named may be there for other parts.
    const empty = named ? undefined : emptyClasses(train.y, classNames);
    const first = bestOf(ranked);
    const ofTrials = gatherWarnings(results, this.#search.numIters, first);
    const warnings = [...(empty ? [empty.message] : []), ...ofTrials];
    const validationRows = this.#data.part('validation').y.length;
    return { search: this.#search, results, ranking: ranked, best: netOf(first), warnings, seconds, validationRows };
  }
}
