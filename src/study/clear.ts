/** Takes the queues of a study away, while agents may still be at work on it. */
import type { Queue } from 'bullmq';
import type { Queues } from './queues.js';
import { isOneStudy, QUEUES, type StudyKey } from './record.js';

/**
 * Takes the queues of a study away.
 *
 * @param rounds - how many rounds it has
 */
export async function clearStudy(queues: Queues, study: StudyKey, rounds: number): Promise<void> {
  const states = Array.from({ length: rounds }, (_, round) => QUEUES.states(study, round));
  // Rounds first: a trial cannot be added without its round, and a round whose trials are gone would add them again.
  for (const queue of [QUEUES.rounds(study), QUEUES.trials(study), ...states]) await clearQueue(queues.queue(queue));
}

/**
 * Takes a queue of a study away if the study has been removed. Whoever adds to it calls this afterwards, as nobody else
 * would take that away.
 */
export async function clearIfRemoved(queues: Queues, study: StudyKey, queue: string): Promise<void> {
  const job = await queues.queue<StudyKey>(QUEUES.studies).getJob(study.name);
  if (!job || !isOneStudy(job.data, study)) await clearQueue(queues.queue(queue));
}

async function clearQueue(queue: Queue): Promise<void> {
  do {
    // `obliterate` passes over them on Redis.
    for (const { id } of await queue.getWaitingChildren()) {
      await queue.remove(id as string, { removeChildren: false });
    }
    await queue.obliterate({ force: true }).catch((error: Error) => {
      // Another process has just done the same.
      if (!/non-paused/.test(error.message)) throw error;
    });
  } while ((await countJobs(queue)) > 0);
}

async function countJobs(queue: Queue): Promise<number> {
  const counts = await queue.getJobCounts();
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
