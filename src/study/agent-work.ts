/** An agent at work on one study: BullMQ hands out the trials, and renews their locks while they run. */
import type { Job, Worker } from 'bullmq';
import type { Dataset } from '../data/dataset.js';
import { messageOf } from '../validation/kinds.js';
import { untilAborted } from '../validation/signal.js';
import type { AgentSettings } from './agent-settings.js';
import { atMost } from './at-most.js';
import type { TrialJob } from './jobs.js';
import { planning } from './planner.js';
import type { Queues } from './queues.js';
import { QUEUES, type Study } from './record.js';
import { StudyTrials } from './taken.js';

/** A trial that has ended so many agents is not given to another one. */
const MOST_ENDED_AGENTS = 3;

/** Milliseconds that trials which were ended may take to go back to the queue. */
const GIVING_BACK = 2000;
/** Milliseconds after which the same trouble with the server is told again. */
const SAME_TROUBLE = 60_000;

/** What BullMQ says of a job that was removed, as with its study. */
const GONE = /^Missing key for (parent )?job/;

/** See {@link AgentSettings}. */
type WorkSettings = Pick<AgentSettings, 'backend' | 'places' | 'threads' | 'lock' | 'onEvent' | 'signal'> & {
  /** Trials that it may take. */
  readonly count: number;
};

/** The work of an agent on a study, from its start until it is closed. */
export class AgentWork {
  readonly #queues: Queues;
  readonly #study: Study;
  readonly #settings: WorkSettings;
  readonly #trials: StudyTrials;
  readonly #workers: readonly Worker[];
  readonly #dropped = new AbortController();
  #taken = 0;
  #running = 0;
  #trouble = { message: '', at: Number.NEGATIVE_INFINITY };

  constructor(queues: Queues, study: Study, data: Dataset, settings: WorkSettings) {
    this.#queues = queues;
    this.#study = study;
    this.#settings = settings;
    const { backend, threads, places, lock } = settings;
    const signal = AbortSignal.any([settings.signal, this.#dropped.signal]);
    this.#trials = new StudyTrials(queues, study, data, { backend, threads, signal });
    const planner = planning(queues, study, lock);
    const options = {
      concurrency: Math.min(places, settings.count),
      lockDuration: lock,
      stalledInterval: lock,
      maxStalledCount: MOST_ENDED_AGENTS - 1,
    };
    const worker: Worker<TrialJob, object> = queues.worker(
      QUEUES.trials(study),
      (job: Job<TrialJob>, token) => this.#run(worker, job, token ?? ''),
      options,
    );
    this.#workers = [planner, worker];
    for (const one of this.#workers) {
      one.on('error', (error) => this.#tellTrouble(error)).on('failed', (_, error) => this.#tell(error));
    }
  }

  /** Whether it has taken all the trials that it may. */
  get full(): boolean {
    return this.#taken >= this.#settings.count;
  }

  /** Whether it runs no trial. */
  get idle(): boolean {
    return this.#running === 0;
  }

  /** Ends its trials, whose results nobody wants any more. */
  drop(): void {
    this.#dropped.abort();
  }

  /** Ends it when its trials have ended, or a moment after its signal. Returns how many it has run. */
  async close(): Promise<number> {
    const { signal } = this.#settings;
    const closed = Promise.all(this.#workers.map((worker) => worker.close()));
    await untilAborted(closed, signal, async () => {
      // An iteration of a large net takes seconds.
      await this.#trials.noneTrained();
      // If the server is down, others take the trials when their locks have run out.
      await atMost(GIVING_BACK, closed);
    });
    return this.#taken - this.#running;
  }

  #tell(error: unknown): void {
    // What a study that was removed has left fails in many ways.
    if (this.#dropped.signal.aborted || GONE.test(messageOf(error))) return;
    const message = `${this.#study.name}: ${this.#queues.clean(messageOf(error))}`;
    this.#settings.onEvent({ kind: 'trouble', message });
  }

  /** A server that is down is tried several times a second. */
  #tellTrouble(error: unknown): void {
    const now = performance.now();
    const message = messageOf(error);
    if (message === this.#trouble.message && now - this.#trouble.at < SAME_TROUBLE) return;
    this.#trouble = { message, at: now };
    this.#tell(error);
  }

  async #run(worker: Worker, job: Job<TrialJob>, token: string): Promise<object> {
    const { count, onEvent } = this.#settings;
    if (this.#taken >= count) {
      // Two trials ended at once, and each made room for another.
      await job.moveToWait(token);
      throw new this.#queues.bull.WaitingError();
    }
    this.#taken++;
    // No other one is fetched when this one ends.
    if (this.full) void worker.pause(true);
    this.#running++;
    try {
      const { line, result } = await this.#trials.run(job, token);
      onEvent({ kind: 'result', study: this.#study, result });
      return line;
    } catch (error) {
      this.#taken--;
      if (worker.isPaused() && !this.#settings.signal.aborted) void worker.resume();
      throw error;
    } finally {
      this.#running--;
    }
  }
}
