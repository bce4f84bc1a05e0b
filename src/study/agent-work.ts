/** An agent at work on one study: BullMQ hands out the trials, and renews their locks while they run. */
import type { Job, Worker } from 'bullmq';
import type { Dataset } from '../data/dataset.js';
import { messageOf } from '../validation/kinds.js';
import type { AgentSettings } from './agent-settings.js';
import type { TrialJob } from './jobs.js';
import { planning } from './planner.js';
import type { Queues } from './queues.js';
import { QUEUES, type Study } from './record.js';
import { StudyTrials } from './taken.js';

/** A trial that has ended so many agents is not given to another one. */
const MOST_ENDED_AGENTS = 3;

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
  #taken = 0;
  #running = 0;

  constructor(queues: Queues, study: Study, data: Dataset, settings: WorkSettings) {
    this.#queues = queues;
    this.#study = study;
    this.#settings = settings;
    const { backend, threads, places, lock, signal, onEvent } = settings;
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
      const tell = (error: Error) =>
        onEvent({ kind: 'trouble', message: `${study.name}: ${queues.clean(messageOf(error))}` });
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

  /** Ends it when its trials have ended. Returns how many it has run. */
  async close(): Promise<number> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    return this.#taken;
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
      throw error;
    } finally {
      this.#running--;
    }
  }
}
