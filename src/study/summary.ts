/** What is known of a study: its results so far, in the order and with the ranking of a search. */
import { inTurns } from '../platform/turns.js';
import { bestOf, rank, ranking } from '../tune/ranking.js';
import type { Search } from '../tune/search.js';
import { SweepMeter, type SweepProgress } from '../tune/sweep-progress.js';
import type { SweepResults } from '../tune/sweep-results.js';
import { makeTrial, type TrialResult } from '../tune/trial.js';
import { gatherWarnings } from '../tune/trial-warnings.js';
import { withCode } from '../validation/errors.js';
import type { LostTrial, StudyOutcomes } from './outcomes.js';
import { ordered, type Plan } from './plan.js';
import type { Study } from './record.js';
import { isSameJson } from './same-json.js';

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

/**
 * The studies of a cross-validation as one: a combination's accuracy is the mean over folds and seeds.
 *
 * @throws TypeError `ERR_CONFLICT` for studies of different searches
 */
export function pooled(studies: readonly StudySummary[]): StudySummary {
  const [first, ...others] = studies;
  if (others.length === 0) return first;
  const { inputScale } = first.search.space;
  const comparable = ({ space, ...search }: Search) => ({ ...search, space: { ...space, inputScale } });
  if (others.some(({ search }) => !isSameJson(comparable(search), comparable(first.search)))) {
    throw withCode(new TypeError('Expected studies of the same search, the folds of one study'), 'ERR_CONFLICT');
  }
  const results = studies.flatMap((study) => study.results);
  // Folds have a scale of their own.
  const scale = Array.isArray(inputScale) ? inputScale[0] : 1;
  const ranked = rank(results.map((result) => ({ ...result, settings: { ...result.settings, inputScale: scale } })));
  return {
    ...first,
    results,
    ranking: ranked,
    warnings: [...new Set(studies.flatMap(({ warnings }) => warnings))],
    lost: studies.flatMap(({ lost }) => lost),
    trials: studies.reduce((sum, { trials }) => sum + trials, 0),
  };
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
