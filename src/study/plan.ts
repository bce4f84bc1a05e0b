/** The plan of a study: which trials it has, in which rounds. */
import { inTurns } from '../platform/turns.js';
import { type Candidate, candidatesOf, resultKey, survivorsOf } from '../tune/plan.js';
import { type Round, roundsOf, type Search } from '../tune/search.js';
import type { Trial, TrialResult } from '../tune/trial.js';

/** A search, drawn up. */
export interface Plan {
  readonly candidates: readonly Candidate[];
  readonly rounds: readonly Round[];
}

/** The plan of a search: the same wherever it is made. */
export async function planOf(search: Search): Promise<Plan> {
  const candidates = await inTurns(candidatesOf(search));
  return { candidates, rounds: roundsOf(search, candidates.length) };
}

/** The trials that are in a round, by the results of those before. */
export function trialsOf(plan: Plan, round: number, results: ReadonlyMap<string, TrialResult>): Trial[] {
  let { candidates } = plan;
  for (const [i, { numIters }] of plan.rounds.slice(0, round).entries()) {
    const ended = candidates.flatMap(({ trials }) => trials.map(({ id }) => results.get(resultKey({ id, numIters }))));
    const known = ended.filter((result) => result !== undefined);
    candidates = survivorsOf(candidates, known, plan.rounds[i + 1].combinations);
  }
  return candidates.flatMap(({ trials }) => trials);
}

/** Results in the order in which a search has them: of rounds, combinations and seeds. */
export function ordered({ candidates, rounds }: Plan, results: ReadonlyMap<string, TrialResult>): TrialResult[] {
  const trials = candidates.flatMap(({ trials }) => trials);
  const found = rounds.flatMap(({ numIters }) => trials.map(({ id }) => results.get(resultKey({ id, numIters }))));
  return found.filter((result) => result !== undefined);
}
