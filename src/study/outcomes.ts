/** What has become of a study's trials. */
import type { Job } from 'bullmq';
import { originOf } from '../tune/earlier.js';
import { resultKey } from '../tune/plan.js';
import type { TrialResult } from '../tune/trial.js';
import { messageOf } from '../validation/kinds.js';
import { keyOfJob, resultIn, type TrialJob } from './jobs.js';
import type { Queues } from './queues.js';
import { QUEUES, type Study } from './record.js';

/** A trial that has no result and will have none. */
export interface LostTrial {
  /** The trial's id. */
  readonly id: string;
  /** Iterations that it was to make. */
  readonly numIters: number;
  /** Its settings that differ from their defaults. */
  readonly settings: object;
  readonly seed: number | undefined;
  /** Why: it ended its agents, failed, or its result is not one. */
  readonly reason: string;
}

/** The results of a study, and its lost trials, by their keys. */
export class StudyOutcomes {
  readonly results = new Map<string, TrialResult>();
  readonly lost = new Map<string, LostTrial>();
  readonly #origin: string;

  constructor({ data }: Study) {
    this.#origin = originOf(data);
  }

  /** Whether a trial has ended. */
  has(key: string): boolean {
    return this.results.has(key) || this.lost.has(key);
  }

  /** Takes what a job returned, if it is the result of the trial that the job was for; otherwise the trial is lost. */
  take(jobId: string, returned: unknown, data?: unknown): TrialResult | LostTrial | undefined {
    const key = keyOfJob(jobId);
    if (key === undefined || this.has(key)) return undefined;
    try {
      const result = resultIn(returned);
      if (resultKey(result) !== key) throw new Error('it is the result of another trial');
      if (result.data !== this.#origin) throw new Error('it is a result on other data');
      this.results.set(key, result);
      return result;
    } catch (error) {
      return this.lose(jobId, messageOf(error), data);
    }
  }

  /** Notes that a job has failed for good. */
  lose(jobId: string, reason: string, data?: unknown): LostTrial | undefined {
    const key = keyOfJob(jobId);
    if (key === undefined || this.has(key)) return undefined;
    const { settings = {}, seed } = (data ?? {}) as Partial<TrialJob>;
    const [id, numIters] = jobId.split('-');
    const lost = { id, numIters: Number(numIters), settings, seed, reason: reasonWords(reason) };
    this.lost.set(key, lost);
    return lost;
  }
}

function reasonWords(reason: string): string {
  if (/stalled more than allowable limit/.test(reason)) return 'it ended three agents that ran it';
  return reason.replace(/\p{Cc}+/gu, ' ').slice(0, 500);
}

/** Jobs that are read in one request. */
const PAGE = 1000;

/** Reads all outcomes of a study. */
export async function readOutcomes(queues: Queues, study: Study): Promise<StudyOutcomes> {
  const outcomes = new StudyOutcomes(study);
  const trials = queues.queue<TrialJob>(QUEUES.trials(study));
  const pages = async (state: 'completed' | 'failed', take: (job: Job<TrialJob>) => unknown) => {
    for (let begin = 0; ; begin += PAGE) {
      const jobs = await trials.getJobs([state], begin, begin + PAGE - 1, true);
      for (const job of jobs) if (job?.id) take(job as unknown as Job<TrialJob>);
      if (jobs.length < PAGE) return;
    }
  };
  await pages('completed', ({ id, returnvalue, data }) => outcomes.take(id as string, returnvalue, data));
  await pages('failed', ({ id, failedReason, data }) => outcomes.lose(id as string, failedReason, data));
  return outcomes;
}
