/** Follows a study: each result as soon as it is known, however often the server is started again meanwhile. */
import { setTimeout as wait } from 'node:timers/promises';
import type { QueueEvents } from 'bullmq';
import type { TrialResult } from '../tune/trial.js';
import { withCode } from '../validation/errors.js';
import { hasCode } from '../validation/kinds.js';
import { untilAborted } from '../validation/signal.js';
import { atMost, LAST_WORD } from './at-most.js';
import type { TrialJob } from './jobs.js';
import { type LostTrial, readOutcomes, StudyOutcomes } from './outcomes.js';
import type { Queues } from './queues.js';
import { isOneStudy, QUEUES, type Study } from './record.js';
import { findStudy } from './studies.js';

/** Who is told. */
export interface StudyListener {
  onResult(result: TrialResult): void;
  onLost(lost: LostTrial): void;
  /** Called about once a second. */
  onLook?(): void;
}

/** Milliseconds between two looks at a study. */
const LOOK = 1000;
/** Looks after which everything is read again if results are missing: an event may have been lost. */
const PATIENCE = 5;

/** Follows one study until it is closed. */
export class StudyFollower {
  readonly #queues: Queues;
  readonly #study: Study;
  readonly #listener: StudyListener;
  readonly #outcomes: StudyOutcomes;
  readonly #events: QueueEvents;
  readonly #closing = new AbortController();
  /** Looks in a row that found more results than are known. */
  #behind = 0;

  constructor(queues: Queues, study: Study, listener: StudyListener) {
    this.#queues = queues;
    this.#study = study;
    this.#listener = listener;
    this.#outcomes = new StudyOutcomes(study);
    this.#events = queues.events(QUEUES.trials(study));
    this.#events.on('completed', ({ jobId, returnvalue }) => this.#tell(this.#outcomes.take(jobId, returnvalue)));
    this.#events.on('failed', ({ jobId }) => void this.#failed(jobId).catch(() => {}));
  }

  /** What is known so far. */
  get outcomes(): StudyOutcomes {
    return this.#outcomes;
  }

  /**
   * Follows the study until it is done, or the follower is closed.
   *
   * @throws (as a rejection) Error `ERR_STUDY` when the study is removed
   */
  async untilDone(): Promise<void> {
    const { signal } = this.#closing;
    await this.#events.waitUntilReady();
    await this.#readAll();
    while (!signal.aborted) {
      try {
        // Redis lets commands wait while it is started again.
        if (await untilAborted(this.#look(), signal, () => true)) return;
      } catch (error) {
        // The server may be starting again.
        if (hasCode(error, 'ERR_STUDY')) throw error;
      }
      this.#listener.onLook?.();
      await wait(LOOK, undefined, { signal }).catch(() => {});
    }
  }

  /** Whether the study is done, and all of it was told. */
  async #look(): Promise<boolean> {
    const study = await findStudy(this.#queues, this.#study.name);
    if (!study || !isOneStudy(study, this.#study)) throw removed(this.#study.name);
    this.#behind = (await this.#isBehind()) ? this.#behind + 1 : 0;
    if (study.done || this.#behind >= PATIENCE) {
      await this.#readAll();
      this.#behind = 0;
    }
    return study.done;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await atMost(LAST_WORD, this.#events.close());
  }

  async #isBehind(): Promise<boolean> {
    const { completed, failed } = await this.#queues
      .queue(QUEUES.trials(this.#study))
      .getJobCounts('completed', 'failed');
    return completed + failed > this.#outcomes.results.size + this.#outcomes.lost.size;
  }

  async #readAll(): Promise<void> {
    const { results, lost } = await readOutcomes(this.#queues, this.#study);
    for (const [key, result] of results) {
      if (this.#outcomes.has(key)) continue;
      this.#outcomes.results.set(key, result);
      this.#tell(result);
    }
    for (const [key, one] of lost) {
      if (this.#outcomes.has(key)) continue;
      this.#outcomes.lost.set(key, one);
      this.#tell(one);
    }
  }

  async #failed(jobId: string): Promise<void> {
    const job = await this.#queues.queue<TrialJob>(QUEUES.trials(this.#study)).getJob(jobId);
    if (job && (await job.isFailed())) this.#tell(this.#outcomes.lose(jobId, job.failedReason, job.data));
  }

  #tell(outcome: TrialResult | LostTrial | undefined): void {
    if (outcome === undefined) return;
    if ('reason' in outcome) this.#listener.onLost(outcome);
    else this.#listener.onResult(outcome);
  }
}

function removed(name: string): Error {
  return withCode(new Error(`The study ${name} was removed`), 'ERR_STUDY');
}
