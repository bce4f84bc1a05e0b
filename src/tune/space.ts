/** Which settings a search tries: values, lists of them, and ranges to draw from. */
import type { RandomState } from '../random/random-state.js';
import { SETTINGS } from '../training/settings.js';
import { checkNumber, checkOneOf, checkOptions } from '../validation/check.js';
import { describe, withCode, wrongType } from '../validation/errors.js';
import { type AnyValue, checkSetting, ruleOf, type Setting } from '../validation/setting.js';
import {
  isRange,
  type Range,
  type ResolvedChoices,
  type ResolvedSpace,
  type SearchSpace,
  TRIAL_SETTINGS,
  type TrialSettingName,
} from './settings.js';

/** Least number of digits of a drawn value: enough to search by, few enough to read and to type again. */
const DRAWN_DIGITS = 4;

const OF_ALL = 'it is the same for all trials: give it beside space, as numIters';
/** What settings mean that a search does not vary. */
const NOT_VARIED = { numIters: OF_ALL, epochs: OF_ALL };

/**
 * Checks every value of a space before any work.
 *
 * @throws TypeError or RangeError as a training with that value would; RangeError `ERR_OUT_OF_RANGE` for a range whose
 * `low` is not below its `high`, or is not above 0 on a `log` scale; `ERR_SHAPE` for an empty list
 */
export function resolveSpace(space: SearchSpace): ResolvedSpace {
  checkOptions(space, 'the search space', TRIAL_SETTINGS, NOT_VARIED);
  const entries = TRIAL_SETTINGS.map((name) => [name, resolveChoices(SETTINGS[name], name, space[name])] as const);
  return Object.fromEntries(entries) as unknown as ResolvedSpace;
}

/** What is to be tried of one setting, checked; its default where nothing is said of it. */
export function resolveChoices(setting: Setting, name: string, choices: unknown): ResolvedChoices {
  if (choices === undefined) return [checkSetting(setting, name, setting.default)];
  if (Array.isArray(choices)) {
    if (choices.length === 0) {
      throw withCode(new RangeError(`Expected at least one value for ${name} but received an empty list`), 'ERR_SHAPE');
    }
    return [...new Set(choices.map((value: unknown) => checkSetting(setting, name, value)))];
  }
  if (setting.type === 'choice' || setting.type === 'boolean') return [checkSetting(setting, name, choices)];
  if (typeof choices === 'number') return [checkSetting(setting, name, choices)];
  if (typeof choices !== 'object' || choices === null) {
    throw wrongType(`a number, a list of numbers or a range { low, high, scale } for ${name}`, choices);
  }
  const range = choices as Range;
  const { scale = 'linear' } = checkOptions(range, `the range of ${name}`, ['low', 'high', 'scale']);
  checkOneOf(scale, `the scale of ${name}`, ['linear', 'log']);
  const rule = ruleOf(setting);
  const low = checkNumber(range.low, `the low end of ${name}`, rule);
  const high = checkNumber(range.high, `the high end of ${name}`, rule);
  if (low >= high) throw outOfRange(`a low end below the high end ${high} of ${name}`, low);
  if (scale === 'log' && low === 0) throw outOfRange(`a low end above 0 for the log scale of ${name}`, low);
  return { low, high, scale };
}

function outOfRange(expected: string, value: number): Error {
  return withCode(new RangeError(`Expected ${expected} but received ${describe(value)}`), 'ERR_OUT_OF_RANGE');
}

/** The first setting with a range, which a grid cannot try. */
export function firstRange(space: ResolvedSpace): TrialSettingName | undefined {
  return TRIAL_SETTINGS.find((name) => isRange(space[name]));
}

/** The error for a range in a grid: a grid tries every value, and a range has too many. */
export function rangeInGrid(name: TrialSettingName): Error {
  return withCode(
    new TypeError(
      `Expected a value or a list of values for ${name} in a grid but received a range: ` +
        "use the search 'random' or 'halving'",
    ),
    'ERR_INVALID_TYPE',
  );
}

/** Draws what a setting is to be. One with a single value draws nothing. */
export function drawOne(name: TrialSettingName, choices: ResolvedChoices, random: RandomState): AnyValue {
  if (!isRange(choices)) return choices.length === 1 ? choices[0] : choices[random.choice(choices.length)];
  const { low, high, scale } = choices;
  const whole = SETTINGS[name].type === 'integer';
  // Half a unit more on each side, so that the ends get the same share as the other whole numbers.
  const [from, to] = whole ? [low - 0.5, high + 0.5] : [low, high];
  const value = scale === 'log' ? Math.exp(random.uniform(Math.log(from), Math.log(to))) : random.uniform(from, to);
  const rounded = whole ? Math.round(value) : Number(value.toPrecision(digitsFor(choices)));
  return Math.min(high, Math.max(low, rounded));
}

/** Enough digits to tell ten thousand places of a range apart, however narrow it is. */
function digitsFor({ low, high, scale }: Required<Range>): number {
  const width = scale === 'log' ? Math.log(high / low) : (high - low) / Math.max(Math.abs(low), Math.abs(high));
  return Math.min(15, DRAWN_DIGITS + Math.max(0, Math.floor(-Math.log10(width))));
}
