/** The rounds of a study, as jobs of a queue. */
import { clearIfRemoved } from './clear.js';
import type { Queues } from './queues.js';
import { QUEUES, type StudyKey } from './record.js';

/** A round to plan. */
export interface RoundJob {
  readonly round: number;
}

/** How often a job that fails is tried. */
export const ATTEMPTS = 3;

/** Adds a round of a study, if it is not there: whoever plans rounds adds its trials. */
export async function addRound(queues: Queues, study: StudyKey, round: number): Promise<void> {
  const job = { jobId: `round-${round}`, attempts: ATTEMPTS, backoff: { type: 'fixed', delay: 1000 } };
  await queues.queue<RoundJob>(QUEUES.rounds(study)).add('round', { round }, job);
  await clearIfRemoved(queues, study, QUEUES.rounds(study));
}
