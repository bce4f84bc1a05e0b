/** Which trials a search has, and which of them continue: the same for the same search and the same results. */
import type { Pieces } from '../platform/turns.js';
import { keyOf, rank } from './ranking.js';
import { combining, type Search } from './search.js';
import type { TrialSettings } from './settings.js';
import { makeTrial, type Trial, type TrialResult } from './trial.js';

/** A combination with a trial for each seed. */
export interface Candidate {
  readonly settings: TrialSettings;
  readonly trials: readonly Trial[];
}

/** Trials whose ids are hashed between two looks at the clock. */
const PIECE = 16;

/** The combinations of a search, each with its trials. */
export function* candidatesOf(search: Search): Pieces<Candidate[]> {
  const seeds = Array.from({ length: search.seeds }, (_, i) => search.seed + i);
  const candidates: Candidate[] = [];
  for (const settings of yield* combining(search)) {
    const trials: Trial[] = [];
    for (const seed of seeds) {
      trials.push(makeTrial(settings, seed));
      if (trials.length % PIECE === 0) yield;
    }
    candidates.push({ settings, trials });
    yield;
  }
  return candidates;
}

/**
 * The best `count` candidates of a round, in their order; fewer if too many diverged.
 *
 * @param results - those of the round
 */
export function survivorsOf(
  candidates: readonly Candidate[],
  results: readonly TrialResult[],
  count: number,
): Candidate[] {
  const best = rank(results)
    .filter(({ valAccuracy }) => valAccuracy !== null)
    .slice(0, count);
  const keys = new Set(best.map(({ settings }) => keyOf(settings)));
  return candidates.filter(({ settings }) => keys.has(keyOf(settings)));
}

/** The key of a result: one trial has a result in each round that it is in. */
export function resultKey({ id, numIters }: { readonly id: string; readonly numIters: number }): string {
  return `${id} ${numIters}`;
}
