/**
 * Takes the queues of a study away, while agents may still be at work on it. Its record goes first; whoever adds to
 * these queues looks for the record afterwards, and takes away what it has added when there is none.
 */
import type { Queue } from 'bullmq';
import type { Queues } from './queues.js';
import { QUEUES } from './record.js';

/** Rounds that a study has at most: each has at least twice the iterations of the one before. */
const MOST_ROUNDS = 64;

/**
 * Takes the queues of a study away.
 *
 * @param rounds - how many rounds it has, if that is known
 * @returns whether there was anything in them
 */
export async function clearStudy(queues: Queues, name: string, rounds = MOST_ROUNDS): Promise<boolean> {
  const states = Array.from({ length: rounds }, (_, round) => QUEUES.states(name, round));
  let found = false;
  // Rounds first: a trial cannot be added without its round, and a round whose trials are gone would add them again.
  for (const queue of [QUEUES.rounds(name), QUEUES.trials(name), ...states]) {
    found = (await clearQueue(queues.queue(queue))) || found;
  }
  return found;
}

/** Whether a study of this name has trials or rounds. */
export async function hasJobs(queues: Queues, name: string): Promise<boolean> {
  const counts = [QUEUES.rounds(name), QUEUES.trials(name)].map((queue) => countJobs(queues.queue(queue)));
  return (await Promise.all(counts)).some((count) => count > 0);
}

/** Takes a queue of a study away if the study has been removed: to be called after something was added to it. */
export async function clearIfRemoved(queues: Queues, name: string, queue: string): Promise<void> {
  if (!(await queues.queue(QUEUES.studies).getJob(name))) await clearQueue(queues.queue(queue));
}

async function clearQueue(queue: Queue): Promise<boolean> {
  const before = await countJobs(queue);
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
  return before > 0;
}

async function countJobs(queue: Queue): Promise<number> {
  const counts = await queue.getJobCounts();
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
