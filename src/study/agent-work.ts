/** An agent at work on one study: BullMQ hands out the trials, and renews their locks while they run. */
import type { Job, Worker } from 'bullmq';
import type { Dataset } from '../data/dataset.js';
import { messageOf } from '../validation/kinds.js';
import type { AgentSettings } from './agent-settings.js';
import type { TrialJob } from './jobs.js';
import { planning } from './planner.js';
import type { Queues } from './queues.js';
import { QUEUES, type Study } from './record.js';
import { isRemoved } from './studies.js';
import { StudyTrials } from './taken.js';

/** A trial that has ended so many agents is not given to another one. */
const MOST_ENDED_AGENTS = 3;

/** What BullMQ says of a job that was removed, as with its study: nothing that anybody needs to know. */
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
  /** Ends the trials of a study that was removed. */
  readonly #removal = new AbortController();
  #taken = 0;
  #running = 0;

  constructor(queues: Queues, study: Study, data: Dataset, settings: WorkSettings) {
    this.#queues = queues;
    this.#study = study;
    this.#settings = settings;
    const { backend, threads, places, lock, onEvent } = settings;
    const signal = AbortSignal.any([settings.signal, this.#removal.signal]);
    this.#trials = new StudyTrials(queues, study, data, { backend, threads, signal });
    const planner = planning(queues, study, lock);
    const options = {
      concurrency: Math.min(places, settings.count),
      lockDuration: lock,
      stalledInterval: lock,
      maxStalledCount: MOST_ENDED_AGENTS - 1,
    };
    const worker: Worker<TrialJob, object> = queues.worker(
      QUEUES.trials(study.name),
      (job: Job<TrialJob>, token) => this.#run(worker, job, token ?? ''),
      options,
    );
    this.#workers = [planner, worker];
    for (const one of this.#workers) {
      const tell = (error: Error) => {
        const message = messageOf(error);
        if (GONE.test(message) || this.#removal.signal.aborted) return;
        onEvent({ kind: 'trouble', message: `${study.name}: ${queues.clean(message)}` });
      };
      one.on('error', tell).on('failed', (_, error) => tell(error));
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

  /** Ends its trials, which nobody wants any more: the study was removed. */
  drop(): void {
    this.#removal.abort();
    this.#settings.onEvent({ kind: 'removed', study: this.#study });
  }

  /** Ends it when its trials have ended. Returns how many it has run. */
  async close(): Promise<number> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    return this.#taken;
  }

  async #run(worker: Worker, job: Job<TrialJob>, token: string): Promise<object> {
    const { count, onEvent } = this.#settings;
    // The study was removed, and another one has its name: its trials are for others.
    const isOther = job.data?.created !== this.#study.created && (await isRemoved(this.#queues, this.#study));
    if (isOther) void worker.pause(true);
    // Or two trials ended at once, and each made room for another.
    if (isOther || this.#taken >= count) {
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
      throw error;
    } finally {
      this.#running--;
    }
  }
}
