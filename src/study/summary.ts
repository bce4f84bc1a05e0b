/** What is known of a study: its results so far, in the order and with the ranking of a search. */
import { inTurns } from '../platform/turns.js';
import { bestOf, ranking } from '../tune/ranking.js';
import { SweepMeter, type SweepProgress } from '../tune/sweep-progress.js';
import type { SweepResults } from '../tune/sweep-results.js';
import { makeTrial, type TrialResult } from '../tune/trial.js';
import { gatherWarnings } from '../tune/trial-warnings.js';
import type { LostTrial, StudyOutcomes } from './outcomes.js';
import { ordered, type Plan } from './plan.js';
import type { Study } from './record.js';

/** The results of a study so far. */
export interface StudySummary extends Omit<SweepResults, 'best' | 'seconds'> {
  /** Trials without a result. */
  readonly lost: readonly LostTrial[];
  /** Trials in all rounds. */
  readonly trials: number;
}

/** Sums up the outcomes of a study. */
export async function summaryOf(study: Study, plan: Plan, { results, lost }: StudyOutcomes): Promise<StudySummary> {
  const { search, validationRows } = study;
  const found = ordered(plan, results);
  const ranked = await inTurns(ranking(found));
  const warnings = gatherWarnings(found, search.numIters, bestOf(ranked));
  const trials = plan.rounds.reduce((sum, { combinations }) => sum + combinations * search.seeds, 0);
  return { search, results: found, ranking: ranked, warnings, validationRows, lost: [...lost.values()], trials };
}

/** Measures the progress of a study, and how long it will take at the pace since it was begun to be followed. */
export class StudyMeter {
  readonly #meter: SweepMeter;

  /** @param before - results that were there already */
  constructor({ search }: Study, { rounds, candidates }: Plan, before: Iterable<TrialResult>) {
    const settings = candidates.map((candidate) => candidate.settings);
    this.#meter = new SweepMeter(rounds, search.seeds, settings);
    for (const result of before) this.#meter.ends(result);
  }

  /** Takes a new result. */
  take(result: TrialResult): void {
    this.#meter.runs(makeTrial(result.settings, result.seed), 0, result.numIters, 0);
    this.#meter.ends(result);
  }

  progress(): SweepProgress {
    return this.#meter.progress();
  }
}
