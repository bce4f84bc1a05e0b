/** The rounds of a study, as jobs of a queue. */
import { clearIfRemoved } from './clear.js';
import type { Queues } from './queues.js';
import { QUEUES, type Study } from './record.js';

/** A round to plan. */
export interface RoundJob {
  readonly round: number;
  /** When its study was created: another one of its name may have taken its place. */
  readonly created: string;
}

/** How often a job that fails is tried. */
export const ATTEMPTS = 3;

/** Adds a round of a study, if it is not there: whoever plans rounds adds its trials. */
export async function addRound(queues: Queues, { name, created }: Study, round: number): Promise<void> {
  const job = { jobId: `round-${round}`, attempts: ATTEMPTS, backoff: { type: 'fixed', delay: 1000 } };
  await queues.queue<RoundJob>(QUEUES.rounds(name)).add('round', { round, created }, job);
  await clearIfRemoved(queues, name, QUEUES.rounds(name));
}
