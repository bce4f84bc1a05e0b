/** Plans a study, round by round. A round is a job whose children are its trials; any agent, or head, plans it. */
import type { Job, Worker } from 'bullmq';
import { resultKey } from '../tune/plan.js';
import type { Round } from '../tune/search.js';
import type { Trial } from '../tune/trial.js';
import { changedSettings } from '../tune/trial-id.js';
import { jobIdOf, lineOf, type TrialJob } from './jobs.js';
import { readOutcomes, type StudyOutcomes } from './outcomes.js';
import { type Plan, planOf, trialsOf } from './plan.js';
import type { Queues } from './queues.js';
import { QUEUES, type Study } from './record.js';
import { ATTEMPTS, addRound, type RoundJob } from './rounds.js';
import { StudyStates } from './states.js';
import { markDone } from './studies.js';

/** Trials that are added in one request. */
const CHUNK = 500;

/**
 * Plans the rounds of a study, as long as the worker is open. Whoever does it may end at any time: another one goes on.
 *
 * @param lock - milliseconds after which a round of someone who gave no sign is planned by another
 */
export function planning(queues: Queues, study: Study, lock: number): Worker<RoundJob> {
  let plan: Promise<Plan> | undefined;
  const work = async (job: Job<RoundJob>, token?: string) => {
    plan ??= planOf(study.search);
    await planRound(queues, study, await plan, job, token ?? '');
  };
  const options = { concurrency: 1, lockDuration: lock, stalledInterval: lock, maxStalledCount: 100 };
  return queues.worker<RoundJob, void>(QUEUES.rounds(study), work, options);
}

/**
 * Adds the trials of a round that are not there, and waits for all as its children. When all have ended, it begins the
 * next round. A server that was killed may have lost its last second: trials that are missing then are added again.
 */
async function planRound(queues: Queues, study: Study, plan: Plan, job: Job<RoundJob>, token: string): Promise<void> {
  const { round } = job.data;
  const outcomes = await readOutcomes(queues, study);
  const trials = trialsOf(plan, round, outcomes.results);
  const { numIters } = plan.rounds[round];
  const open = trials.filter((trial) => !outcomes.has(resultKey({ id: trial.id, numIters })));
  for (let begin = 0; begin < open.length; begin += CHUNK) {
    const jobs = open.slice(begin, begin + CHUNK).map((trial) => ({
      name: 'trial',
      data: jobOf(trial, plan.rounds, round, outcomes),
      opts: {
        jobId: jobIdOf({ id: trial.id, numIters }),
        attempts: ATTEMPTS,
        backoff: { type: 'fixed', delay: 1000 },
        parent: { id: job.id as string, queue: job.queueQualifiedName },
        // A trial that is lost does not keep the others from going on.
        ignoreDependencyOnFailure: true,
      },
    }));
    await queues.queue<TrialJob>(QUEUES.trials(study)).addBulk(jobs);
  }
  if (await job.moveToWaitingChildren(token)) throw new queues.bull.WaitingChildrenError();
  if (round > 0) await new StudyStates(queues, study).dropAll(round - 1);
  if (round + 1 < plan.rounds.length) await addRound(queues, study, round + 1);
  else await markDone(queues, study);
}

function jobOf(trial: Trial, rounds: readonly Round[], round: number, outcomes: StudyOutcomes): TrialJob {
  const { numIters } = rounds[round];
  const from = round > 0 ? rounds[round - 1].numIters : 0;
  const before = outcomes.results.get(resultKey({ id: trial.id, numIters: from }));
  // A trial that diverged in the previous round would diverge again at the same iteration.
  const known = before?.status === 'diverged' ? { known: lineOf({ ...before, numIters }) } : {};
  const { settings, seed } = trial;
  return {
    settings: changedSettings(settings),
    seed,
    round,
    numIters,
    from,
    last: round + 1 === rounds.length,
    ...known,
  };
}
