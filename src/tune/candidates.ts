/** The combinations that a search begins with, with their trials. */
import type { Pieces } from '../platform/turns.js';
import { combining, type Search } from './search.js';
import type { TrialSettings } from './settings.js';
import { makeTrial, type Trial } from './trial.js';

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
