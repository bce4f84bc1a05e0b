/** The options that define a search, of `sweep` and of `study create`. */
import { type Command, Option } from 'commander';
import {
  resolveSearch,
  SEARCH_DEFAULTS,
  SEARCH_KINDS,
  SEARCH_RULES,
  type SearchKind,
  type SearchOptions,
} from '../../tune/search.js';
import { type SearchSpace, TRIAL_SETTINGS } from '../../tune/settings.js';
import { messageWith } from '../../validation/errors.js';
import { numberOption, seedOption } from './numbers.js';
import { flagOfSetting } from './other-names.js';
import { attributeOf, settingOption, settingsFrom, spaceFrom, spaceOptions } from './settings.js';

/** The options of a search as commander passes them, besides the search space. */
export interface SearchFlags {
  search: SearchKind;
  trials?: number;
  iterations: number;
  seeds: number;
  seed: number;
  eta: number;
  minIterations?: number;
}

/** The options of a search: what to try, and how. */
export function searchFlags(): Option[] {
  const { trials, seeds, eta } = SEARCH_RULES;
  return [
    ...spaceOptions(),
    new Option(
      '--search <kind>',
      'try every combination (grid), some drawn at random (random), or many of which the best continue (halving)',
    )
      .choices([...SEARCH_KINDS])
      .default('grid'),
    numberOption('--trials <n>', 'combinations to draw, in a random or halving search (default: 27)', trials),
    settingOption('numIters', SEARCH_DEFAULTS.numIters),
    numberOption(
      '--seeds <k>',
      'trainings of each combination; their mean accuracy counts',
      seeds,
      SEARCH_DEFAULTS.seeds,
    ),
    seedOption('the first training and of the drawn combinations'),
    numberOption(
      '--eta <n>',
      'halving: one in <n> combinations reaches the next round, with <n> times the iterations',
      eta,
      SEARCH_DEFAULTS.eta,
    ),
    numberOption('--min-iterations <n>', 'halving: least number of iterations in the first round (default: 50)', {
      integer: true,
      min: 1,
    }),
  ];
}

/**
 * The search that the options describe, without the defaults that depend on the data. An impossible one is a usage
 * error; with `--resume` it only says what the defaults are.
 */
export function searchOf(options: SearchFlags, command: Command): SearchOptions {
  const { search, trials, iterations, seeds, seed, eta, minIterations: minIters } = options;
  const idle = search === 'halving' ? [] : ['eta', 'minIterations'].filter((name) => isGiven(command, name));
  if (idle.length > 0)
    command.error(
      `error: ${idle.map((name) => flagNameOf(command, name)).join(', ')} can only be used with --search halving`,
    );
  const given = TRIAL_SETTINGS.filter((name) => isGiven(command, attributeOf(name)));
  const asked: SearchOptions = {
    space: settingsFrom(given, options) as SearchSpace,
    search,
    seeds,
    seed,
    eta,
    ...(isGiven(command, 'iterations') && { numIters: iterations }),
    ...(trials !== undefined && { trials }),
    ...(minIters !== undefined && { minIters }),
  };
  try {
    // How many iterations there are by default is known with the data.
    resolveSearch({ numIters: Math.max(iterations, minIters ?? 0), ...asked, space: spaceFrom(options as never) });
  } catch (error) {
    return command.error(`error: ${messageWith(error as Error, flagOfSetting)}`);
  }
  return asked;
}

/** Whether an option was given, by the name of its value. */
export function isGiven(command: Command, name: string): boolean {
  return command.getOptionValueSource(name) === 'cli';
}

/** The flag of an option by the name of its value. */
export function flagNameOf(command: Command, name: string): string {
  return command.options.find((option) => option.attributeName() === name)?.long ?? name;
}
