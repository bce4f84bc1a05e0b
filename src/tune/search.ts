/** Searches: which trials, for how many iterations, and which of them go on. */

import { RandomState } from '../random/random-state.js';
import { DTYPES, type Dtype, setting } from '../training/settings.js';
import { checkNumber, checkOneOf, checkOptions, type NumberRule } from '../validation/check.js';
import { withCode } from '../validation/errors.js';

import type { ResolvedSpace, SearchSpace, TrialSettings } from './settings.js';
import { drawFrom, firstRange, gridOf, rangeInGrid, resolveSpace } from './space.js';

/** How settings are chosen. */
export type SearchKind =
  /** Every combination of the lists. */
  | 'grid'
  /** Combinations drawn from lists and ranges. */
  | 'random'
  /** Many combinations for few iterations; the best part goes on for more, and so forth. */
  | 'halving';

/** What to search, and how. */
export interface SearchOptions {
  /**
   * The settings to try.
   * @defaultValue the article's: learning rates 1e-2 and 1e-3 with regularization strengths .4, .5 and .6
   */
  space?: SearchSpace;
  /**
   * How settings are chosen.
   * @defaultValue 'grid'
   */
  search?: SearchKind;
  /**
   * Combinations to draw, 1 … 100 000; `random` and `halving` only, and not for a halving of lists alone, which begins
   * with their whole grid unless this says otherwise.
   * @defaultValue 27
   */
  trials?: number | undefined;
  /**
   * Iterations of a trial; in a halving, those of the ones that last.
   * @defaultValue 2000, the article's
   */
  numIters?: number;
  /**
   * Times that each combination is trained, with seeds `seed`, `seed` + 1, …; it is judged by the mean, 1 … 1000.
   * @defaultValue 1
   */
  seeds?: number;
  /**
   * The first trial seed; combinations are drawn from a stream of this seed as well. 0 … 2³² − 1.
   * @defaultValue 0
   */
  seed?: number;
  /**
   * In a halving, one of so many goes on, for so many times the iterations; 2 … 100.
   * @defaultValue 3
   */
  eta?: number;
  /**
   * In a halving, iterations of the first round at least.
   * @defaultValue 50
   */
  minIters?: number;
  /**
   * The type of parameters and arithmetic.
   * @defaultValue 'float32'
   */
  dtype?: Dtype;
}

/** {@link SearchOptions} with every default in place; plain data that say all that the results follow from. */
export interface Search {
  readonly space: ResolvedSpace;
  readonly search: SearchKind;
  /** Undefined where the whole grid is tried. */
  readonly trials?: number;
  readonly numIters: number;
  readonly seeds: number;
  readonly seed: number;
  readonly eta: number;
  readonly minIters: number;
  readonly dtype: Dtype;
}

/** The names of {@link SearchOptions}. */
export const SEARCH_OPTIONS = [
  'space',
  'search',
  'trials',
  'numIters',
  'seeds',
  'seed',
  'eta',
  'minIters',
  'dtype',
] as const satisfies readonly (keyof SearchOptions)[];

/** The ways to search. */
export const SEARCH_KINDS: readonly SearchKind[] = ['grid', 'random', 'halving'];

/** The article's search. */
export const ARTICLE_SPACE = { learningRate: [1e-2, 1e-3], reg: [0.4, 0.5, 0.6] } as const satisfies SearchSpace;

/** What the counts of a search may be. */
export const SEARCH_RULES = {
  trials: { integer: true, min: 1, max: 100_000 },
  seeds: { integer: true, min: 1, max: 1000 },
  seed: { integer: true, min: 0, max: 2 ** 32 - 1 },
  eta: { integer: true, min: 2, max: 100 },
} as const satisfies Record<string, NumberRule>;

/** Unless told otherwise. */
export const SEARCH_DEFAULTS = { trials: 27, numIters: 2000, seeds: 1, seed: 0, eta: 3, minIters: 50 } as const;

/** One round of a search: how many combinations begin it, and how many iterations they have made at its end. */
export interface Round {
  readonly combinations: number;
  readonly numIters: number;
}

/**
 * Checks a search and puts its defaults in place.
 *
 * @throws TypeError or RangeError with the code and the words of a training's options
 */
export function resolveSearch(options: SearchOptions): Search {
  checkOptions(options, 'the options of a search', SEARCH_OPTIONS);
  const search = checkOneOf(options.search ?? 'grid', 'search', SEARCH_KINDS);
  const space = resolveSpace(options.space ?? ARTICLE_SPACE);
  const count = (name: keyof typeof SEARCH_RULES) =>
    checkNumber(options[name] ?? SEARCH_DEFAULTS[name], name, SEARCH_RULES[name]);
  const range = firstRange(space);
  if (search === 'grid' && range !== undefined) throw rangeInGrid(range);
  if (search === 'grid' && options.trials !== undefined) {
    throw withCode(
      new TypeError('Expected no trials with a grid, which tries every combination: search by random or halving'),
      'ERR_INVALID_TYPE',
    );
  }
  const whole = search === 'grid' || (search === 'halving' && range === undefined && options.trials === undefined);
  const numIters = setting('numIters', options.numIters ?? SEARCH_DEFAULTS.numIters);
  const minIters = setting('numIters', options.minIters ?? Math.min(SEARCH_DEFAULTS.minIters, numIters));
  if (search === 'halving' && minIters > numIters) {
    throw withCode(
      new RangeError(`Expected minIters up to numIters (${numIters}) but received ${minIters}`),
      'ERR_OUT_OF_RANGE',
    );
  }
  const seeds = count('seeds');
  const seed = count('seed');
  checkNumber(seed + seeds - 1, 'the last seed', SEARCH_RULES.seed);
  const dtype = checkOneOf(options.dtype ?? 'float32', 'dtype', DTYPES);
  const rest = { numIters, seeds, seed, eta: count('eta'), minIters, dtype };
  return { space, search, ...(whole ? {} : { trials: count('trials') }), ...rest };
}

/** The combinations that a search begins with, always the same for the same search. */
export function combinationsOf({ space, trials, seed }: Search): TrialSettings[] {
  // Not the stream of any trial, whose seeds are single numbers.
  return trials === undefined ? gridOf(space) : drawFrom(space, trials, new RandomState([seed, 0]));
}

/**
 * The rounds of a search of so many combinations: one, or for a halving those of Hyperband's inner loop (Li et al.,
 * "Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization", JMLR 18, 2018): the best ⌊n/η⌋ of n go on,
 * for η times the iterations, until one is left or the last round has all iterations.
 */
export function roundsOf({ search, numIters, minIters, eta }: Search, combinations: number): Round[] {
  if (search !== 'halving') return [{ combinations, numIters }];
  let last = 0;
  while (combinations >= eta ** (last + 1) && numIters / eta ** (last + 1) >= minIters) last++;
  return Array.from({ length: last + 1 }, (_, round) => ({
    combinations: Math.floor(combinations / eta ** round),
    numIters: Math.round(numIters / eta ** (last - round)),
  }));
}
