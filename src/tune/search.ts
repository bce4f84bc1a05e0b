/** Searches: which trials, for how many iterations, and which of them continue. */

import { atOnce, type Pieces } from '../platform/turns.js';
import { RandomState } from '../random/random-state.js';
import { MAX_COUNT } from '../training/settings/max-count.js';
import { entryOf, setting } from '../training/settings.js';
import { checkNumber, checkOneOf, checkOptions, type NumberRule } from '../validation/check.js';
import { conflict, describe, withCode } from '../validation/errors.js';
import { countOf, drawing, enumerating } from './combinations.js';
import { checkConcern, largestOf } from './idle-settings.js';
import {
  isRange,
  type ResolvedSpace,
  type SearchSpace,
  TRIAL_SETTINGS,
  type TrialSettings,
  variedSettings,
} from './settings.js';
import { firstRange, rangeInGrid, resolveSpace } from './space.js';

/** How settings are chosen. */
export type SearchKind =
  /** Every combination of the lists. */
  | 'grid'
  /** Combinations drawn from lists and ranges. */
  | 'random'
  /** Many combinations for few iterations; the best of them for more, and so on. */
  | 'halving';

/** What to search, and how. */
export interface SearchOptions {
  /**
   * The settings to try.
   * @defaultValue the article's: learning rates 1e-2 and 1e-3 with regularization strengths 0.4, 0.5 and 0.6
   */
  space?: SearchSpace;
  /**
   * How settings are chosen.
   * @defaultValue 'grid'
   */
  search?: SearchKind;
  /**
   * Combinations to draw, 1 … 100 000; for `random` and `halving` only. A halving of lists alone begins with their
   * whole grid by default.
   * @defaultValue 27
   */
  trials?: number | undefined;
  /**
   * Iterations of a trial; in a halving, those of the last round.
   * @defaultValue 2000, the article's
   */
  numIters?: number;
  /**
   * How often each combination is trained, with the seeds `seed`, `seed` + 1, …, 1 … 1000; the mean accuracy counts.
   * @defaultValue 1
   */
  seeds?: number;
  /**
   * The seed of the first trial, 0 … 2³² − 1; combinations are drawn from a stream with this seed, too.
   * @defaultValue 0
   */
  seed?: number;
  /**
   * In a halving, one of `eta` combinations reaches the next round, which has `eta` times the iterations; 2 … 100.
   * @defaultValue 3
   */
  eta?: number;
  /**
   * In a halving, the least number of iterations in the first round.
   * @defaultValue 50
   */
  minIters?: number;
}

/** {@link SearchOptions} with every default in place: plain data that determine the results. */
export interface Search {
  readonly space: ResolvedSpace;
  readonly search: SearchKind;
  /** Undefined if the whole grid is tried. */
  readonly trials?: number;
  readonly numIters: number;
  readonly seeds: number;
  readonly seed: number;
  readonly eta: number;
  readonly minIters: number;
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
] as const satisfies readonly (keyof SearchOptions)[];

/** What options mean that a search does not have. */
export const MEANT_IN_SEARCH: Readonly<Record<string, string>> = {
  ...Object.fromEntries(TRIAL_SETTINGS.map((name) => [name, `it is a setting to try: space: { ${name}: … }`])),
  epochs:
    'a search counts iterations, since the minibatches of its trials may differ: numIters is epochs times the rows ' +
    'divided by batchSize',
};

/** The ways to search. */
export const SEARCH_KINDS: readonly SearchKind[] = ['grid', 'random', 'halving'];

/** The article's search. */
export const ARTICLE_SPACE = { learningRate: [1e-2, 1e-3], reg: [0.4, 0.5, 0.6] } as const satisfies SearchSpace;

/** The ranges of a search's counts. */
export const SEARCH_RULES = {
  trials: { integer: true, min: 1, max: 100_000 },
  seeds: { integer: true, min: 1, max: 1000 },
  seed: { integer: true, min: 0, max: 2 ** 32 - 1 },
  eta: { integer: true, min: 2, max: 100 },
} as const satisfies Record<string, NumberRule>;

/** Trials of a search at most, with all seeds: each has a result in memory. */
const MOST_TRIALS = 250_000;

/** The defaults of a search. */
export const SEARCH_DEFAULTS = { trials: 27, numIters: 2000, seeds: 1, seed: 0, eta: 3, minIters: 50 } as const;

/** One round of a search: how many combinations enter it, and how many iterations they have made at its end. */
export interface Round {
  readonly combinations: number;
  readonly numIters: number;
}

/**
 * Checks a search and puts its defaults in place.
 *
 * @throws TypeError or RangeError with the codes of a training's options; RangeError `ERR_OUT_OF_RANGE` for a grid of
 * more than 100 000 combinations, and for more than 250 000 trials with all seeds
 */
export function resolveSearch(options: SearchOptions): Search {
  checkOptions(options, 'the options of a search', SEARCH_OPTIONS, MEANT_IN_SEARCH);
  const { search = 'grid', space: given = ARTICLE_SPACE, trials } = options;
  checkOneOf(search, 'search', SEARCH_KINDS);
  const space = resolveSpace(given);
  const count = (name: keyof typeof SEARCH_RULES) => {
    const { [name]: value = SEARCH_DEFAULTS[name] } = options;
    return checkNumber(value, name, SEARCH_RULES[name]);
  };
  const range = firstRange(space);
  if (search === 'grid' && range !== undefined) throw rangeInGrid(range);
  if (search === 'grid' && trials !== undefined) {
    throw withCode(
      new TypeError(
        `Expected no trials with search 'grid', which tries every combination, but received ${describe(trials)}: ` +
          "leave it out, or use the search 'random' or 'halving'",
      ),
      'ERR_INVALID_TYPE',
    );
  }
  const whole = search === 'grid' || (search === 'halving' && range === undefined && trials === undefined);
  const numIters = setting('numIters', options.numIters === undefined ? SEARCH_DEFAULTS.numIters : options.numIters);
  const { minIters = Math.min(SEARCH_DEFAULTS.minIters, numIters) } = options;
  checkNumber(minIters, 'minIters', { integer: true, min: 1, max: MAX_COUNT });
  if (search === 'halving' && minIters > numIters) {
    throw withCode(
      new RangeError(`Expected minIters of at most numIters (${numIters}) but received ${minIters}`),
      'ERR_OUT_OF_RANGE',
    );
  }
  checkTogether(space, search, numIters);
  const seeds = count('seeds');
  const seed = count('seed');
  checkNumber(seed + seeds - 1, 'the last seed', SEARCH_RULES.seed);
  const drawn = whole ? {} : { trials: count('trials') };
  checkCount({ space, seeds, ...drawn });
  return { space, search, ...drawn, numIters, seeds, seed, eta: count('eta'), minIters };
}

/** Settings that exclude each other would only be refused by a trial, when others have run. */
function checkTogether(space: ResolvedSpace, search: SearchKind, numIters: number): void {
  const { init, std, patience, warmup } = space;
  const drawn = init.find((how) => how !== 'std');
  if (drawn && (isRange(std) || std.some((value) => value !== entryOf('std').default))) {
    throw conflict(
      (name) => `Expected no ${name('std')} beside ${name('init')} '${drawn}', which decides it: leave one of them out`,
    );
  }
  if (search === 'halving' && (isRange(patience) || patience.some((epochs) => epochs > 0))) {
    throw conflict((name) => `Expected no ${name('patience')} in a halving, which ends trials by itself: leave it out`);
  }
  checkConcern(space);
  const longest = largestOf(warmup);
  if (longest >= numIters) {
    throw conflict(
      (name) =>
        `Expected a ${name('warmup')} below the ${numIters} iterations (${name('numIters')}) but received ${longest}`,
    );
  }
}

/**
 * The combinations that a search begins with, in pieces: the same for the same search. Settings that mean nothing
 * beside the others of a combination, such as a momentum with Adam, have their defaults, and combinations that are then
 * equal count once.
 */
export function combining({ space, trials, seed }: Search): Pieces<TrialSettings[]> {
  // No trial has this stream: the seeds of trials are single numbers.
  return trials === undefined ? enumerating(space) : drawing(space, trials, new RandomState([seed, 0]));
}

/** {@link combining} at once. */
export function combinationsOf(search: Search): TrialSettings[] {
  return atOnce(combining(search));
}

/** What to say of a search whose space has fewer combinations than are to be drawn; undefined if it has enough. */
export function fewCombinations({ space, trials }: Pick<Search, 'space' | 'trials'>): string | undefined {
  const count = countOf(space);
  if (trials === undefined || count >= trials) return undefined;
  const combinations = count === 1 ? '1 combination' : `${count} combinations`;
  return `The search space has only ${combinations}, fewer than the ${trials} requested`;
}

/** What the number of trials depends on. */
type Counted = Pick<Search, 'space' | 'seeds'> & { readonly trials?: number | undefined };

/** The trials that a search begins with. */
export function trialCount({ space, trials, seeds }: Counted): number {
  return Math.min(countOf(space), trials ?? Number.POSITIVE_INFINITY) * seeds;
}

/**
 * Checks that a search has no more combinations and trials than can be listed and ranked.
 *
 * @throws RangeError `ERR_OUT_OF_RANGE`
 */
function checkCount({ space, trials, seeds }: Counted): void {
  const count = countOf(space);
  const { max } = SEARCH_RULES.trials;
  if (trials === undefined && count > max) {
    const varied = variedSettings(space).map((name) => `${name} ${(space[name] as readonly unknown[]).length}`);
    throw withCode(
      new RangeError(
        `Expected a grid of at most ${max} combinations but received one of ${count} (${varied.join(' × ')}): ` +
          "try fewer values, or draw some combinations with the search 'random' and trials",
      ),
      'ERR_OUT_OF_RANGE',
    );
  }
  const all = trialCount({ space, trials, seeds });
  if (all <= MOST_TRIALS) return;
  throw withCode(
    new RangeError(
      `Expected at most ${MOST_TRIALS} trials in all but received ${all}, ${all / seeds} combinations with ` +
        `${seeds} seeds: lower seeds or trials, or try fewer values`,
    ),
    'ERR_OUT_OF_RANGE',
  );
}

/**
 * The rounds of a search of `combinations`: one, or for a halving those of Hyperband's inner loop (Li et al.,
 * "Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization", JMLR 18, 2018): the best ⌊n/η⌋ of n enter
 * the next round, for η times the iterations, until one is left or the last round has all iterations.
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
