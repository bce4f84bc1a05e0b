/** Runs the trials that an agent takes from a queue. */
import type { Job } from 'bullmq';
import type { BackendChoice } from '../backend/choose.js';
import type { Dataset } from '../data/dataset.js';
import type { TrainingState } from '../training/state.js';
import { originOf } from '../tune/earlier.js';
import { Leaders } from '../tune/leaders.js';
import { rank } from '../tune/ranking.js';
import { roundsOf, trialCount } from '../tune/search.js';
import { runTrial, type TrialResult } from '../tune/trial.js';
import { lineOf, type TakenTrial, type TrialJob, takenTrial } from './jobs.js';
import type { Queues } from './queues.js';
import type { Study } from './record.js';
import { StudyStates } from './states.js';

/** How an agent runs trials; this does not change their results. */
export interface TrialsOptions {
  readonly backend: BackendChoice;
  /** Threads of each trial. */
  readonly threads: number;
  /** Ends the trials that run: each goes back to the queue. */
  readonly signal: AbortSignal;
}

/** The trials of one study that an agent takes. */
export class StudyTrials {
  readonly #queues: Queues;
  readonly #study: Study;
  readonly #data: Dataset;
  readonly #options: TrialsOptions;
  readonly #states: StudyStates;
  /** The best of this agent in each round: no other ones of its trials can go on. */
  readonly #leaders = new Map<number, Leaders>();
  /** A signal that no change of threads comes. */
  readonly #never = new AbortController().signal;
  readonly #training = new Set<Promise<unknown>>();
  #order = 0;

  constructor(queues: Queues, study: Study, data: Dataset, options: TrialsOptions) {
    this.#queues = queues;
    this.#study = study;
    this.#data = data;
    this.#options = options;
    this.#states = new StudyStates(queues, study);
  }

  /**
   * Runs the trial of a job, after it was checked.
   *
   * @returns what the queue keeps of its result
   * @throws BullMQ's `UnrecoverableError` for a job that is not a trial; its `WaitingError` for a trial that was ended
   */
  async run(job: Job<TrialJob>, token: string): Promise<{ line: object; result: TrialResult }> {
    const { signal } = this.#options;
    let taken: TakenTrial;
    try {
      taken = takenTrial(job.id, job.data);
    } catch (error) {
      throw new this.#queues.bull.UnrecoverableError(`not a trial of this version: ${(error as Error).message}`);
    }
    try {
      signal.throwIfAborted();
      const result = { ...(await this.#resultOf(taken)), data: originOf(this.#study.data) };
      return { line: lineOf(result), result };
    } catch (error) {
      if (!signal.aborted) throw error;
      await job.moveToWait(token);
      throw new this.#queues.bull.WaitingError();
    }
  }

  async #resultOf(taken: TakenTrial): Promise<TrialResult> {
    const { trial, numIters, from: before, round, last, known } = taken;
    if (known?.id === trial.id && known.numIters === numIters && known.status === 'diverged') return known;
    const { backend, threads, signal } = this.#options;
    const run = {
      backend,
      threads: () => ({ count: threads, changed: this.#never }),
      signal,
      onProgress: () => {},
    };
    const find = () => this.#states.find(round - 1, trial.id, before).catch(() => undefined);
    const from = before > 0 ? await find() : undefined;
    const how = { from, withTrainAccuracy: last, planned: this.#study.search.numIters };
    const { result, state } = await this.#trained(runTrial(trial, numIters, this.#data, run, how));
    // Without its state, a trial that goes on is trained from its start.
    if (!last && state) await this.#keepState(result, state, round).catch(() => {});
    return result;
  }

  /** Waits until no trial is trained any more; that its result or itself then goes to the queue is not waited for. */
  async noneTrained(): Promise<void> {
    await Promise.allSettled(this.#training);
  }

  async #trained<T>(training: Promise<T>): Promise<T> {
    this.#training.add(training);
    try {
      return await training;
    } finally {
      this.#training.delete(training);
    }
  }

  async #keepState(result: TrialResult, state: TrainingState, round: number): Promise<void> {
    if (await this.#mayGoOn(result, round)) await this.#states.keep(round, result.id, state);
  }

  /** Whether a trial may be among those that go on, as far as this agent knows. Drops the state of the one it beats. */
  async #mayGoOn(result: TrialResult, round: number): Promise<boolean> {
    const { search } = this.#study;
    // The mean of several seeds is not known here.
    if (search.seeds > 1) return true;
    const next = roundsOf(search, trialCount(search))[round + 1]?.combinations ?? 1;
    const leaders = this.#leaders.get(round) ?? new Leaders(next);
    this.#leaders.set(round, leaders);
    // Of equals, the queue may prefer either: none is dropped for an equal one here, since the first stays.
    const beaten = leaders.add(rank([result])[0], this.#order++)?.results[0];
    if (beaten === undefined) return true;
    if (beaten.id === result.id) return false;
    await this.#states.drop(round, beaten.id, beaten.iterations);
    return true;
  }
}
