/** Which settings are best, by the results of their trials. */
import { atOnce, type Pieces } from '../platform/turns.js';
import { TRIAL_SETTINGS, type TrialSettings } from './settings.js';
import type { TrialResult } from './trial.js';

/** The mean and the spread of a number over seeds. */
export interface Spread {
  readonly mean: number;
  /** The sample standard deviation (n − 1); 0 for one seed. */
  readonly deviation: number;
}

/** One combination of settings with the results of its trials. */
export interface RankedSettings {
  readonly settings: TrialSettings;
  /** Iterations of its trials, in the last round that they were in. */
  readonly numIters: number;
  /** Validation accuracy over the seeds; null if every trial diverged. */
  readonly valAccuracy: Spread | null;
  /** Accuracy on the training rows; null if every trial diverged or it was not requested. */
  readonly trainAccuracy: Spread | null;
  /** Trials that diverged. */
  readonly diverged: number;
  /** The results of its last round, in the order of seeds. */
  readonly results: readonly TrialResult[];
}

/** A text that is the same for equal settings only. */
export function keyOf(settings: TrialSettings): string {
  return JSON.stringify(TRIAL_SETTINGS.map((name) => settings[name]));
}

/**
 * The combinations, best first: those that reached a later round of a halving before others, whatever their accuracy in
 * the rounds before; those without a diverged trial before those with some; then by mean validation accuracy. Those
 * that always diverged are last. Of equals, the one tried first is first.
 */
export function rank(results: readonly TrialResult[]): RankedSettings[] {
  return atOnce(ranking(results));
}

/** Results that are grouped between two looks at the clock. */
const PIECE = 256;

/** {@link rank} in pieces. */
export function* ranking(results: readonly TrialResult[]): Pieces<RankedSettings[]> {
  const groups = new Map<string, TrialResult[]>();
  for (const [i, result] of results.entries()) {
    if (i % PIECE === PIECE - 1) yield;
    const key = keyOf(result.settings);
    const group = groups.get(key) ?? [];
    const further = group.length > 0 && group[0].numIters < result.numIters;
    if (further) group.length = 0;
    if (group.length === 0 || group[0].numIters === result.numIters) group.push(result);
    groups.set(key, group);
  }
  const ranked: RankedSettings[] = [];
  for (const group of groups.values()) {
    ranked.push(summary(group));
    if (ranked.length % PIECE === 0) yield;
  }
  return ranked.sort(compare);
}

function summary(results: readonly TrialResult[]): RankedSettings {
  return {
    settings: results[0].settings,
    numIters: results[0].numIters,
    valAccuracy: spreadOf(results.map(({ valAccuracy }) => valAccuracy)),
    trainAccuracy: spreadOf(results.map(({ trainAccuracy }) => trainAccuracy)),
    diverged: results.filter(({ status }) => status === 'diverged').length,
    results,
  };
}

/** Below 0 if `a` is better; 0 for equals. */
export function compare(a: RankedSettings, b: RankedSettings): number {
  const mean = ({ valAccuracy }: RankedSettings) => valAccuracy?.mean ?? -1;
  const diverged = ({ valAccuracy }: RankedSettings) => Number(valAccuracy === null);
  return (
    diverged(a) - diverged(b) ||
    b.numIters - a.numIters ||
    Math.sign(a.diverged) - Math.sign(b.diverged) ||
    mean(b) - mean(a)
  );
}

/** Mean and spread of the values that are not null; null if all are. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const numbers = values.filter((value) => value !== null);
  if (numbers.length === 0) return null;
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: numbers.length > 1 ? Math.sqrt(squares / (numbers.length - 1)) : 0 };
}

/** The best trial of the best settings; undefined if every trial diverged. */
export function bestOf(ranking: readonly RankedSettings[]): TrialResult | undefined {
  const accuracy = ({ valAccuracy }: TrialResult) => valAccuracy ?? -1;
  const best = ranking.find(({ valAccuracy }) => valAccuracy !== null);
  return best?.results.toSorted((a, b) => accuracy(b) - accuracy(a))[0];
}
