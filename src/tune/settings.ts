/**
 * The settings of trials, and what a search tries of them. They are the entries of the table marked `search`. No module
 * of Node is imported here: the report's page uses this file too.
 */

import { entryOf, type SettingsWith, type SettingValues, settingNames } from '../training/settings.js';
import type { AnyValue } from '../validation/setting.js';

/** The name of a setting that a search may vary. */
export type TrialSettingName = SettingsWith<{ search: true }>;

/** The settings that a trial trains with, complete. */
export type TrialSettings = Readonly<SettingValues<TrialSettingName>>;

/** Numbers from `low` to `high` to draw from. */
export interface Range {
  readonly low: number;
  readonly high: number;
  /**
   * `log` draws the logarithm uniformly, so that each factor of ten has the same share; for rates and strengths.
   * @defaultValue 'linear'
   */
  readonly scale?: 'linear' | 'log';
}

/**
 * What a search tries for one setting: a value for all trials, a list of values, or for numbers a range (not in a
 * grid).
 */
export type Choices<Value extends AnyValue = number> =
  | Value
  | readonly Value[]
  | ([Value] extends [number] ? Range : never);

/** What a search tries for one setting, checked: a list of values or a range. */
export type ResolvedChoices<Value extends AnyValue = AnyValue> =
  | readonly Value[]
  | (number extends Value ? Required<Range> : never);

/** What a search tries; a setting that is left out has its default. */
export type SearchSpace = { readonly [Name in TrialSettingName]?: Choices<TrialSettings[Name]> };

/** A {@link SearchSpace} with every setting in place, each a list of values or a range. */
export type ResolvedSpace = { readonly [Name in TrialSettingName]: ResolvedChoices<TrialSettings[Name]> };

/**
 * The settings in the order in which they are drawn, the first varying slowest in a grid: the article's loops first.
 */
export const TRIAL_SETTINGS = settingNames(({ search }) => search === true) as readonly TrialSettingName[];

/** The settings that differ between trials. */
export function variedSettings(space: ResolvedSpace): TrialSettingName[] {
  return TRIAL_SETTINGS.filter((name) => {
    const choices = space[name];
    return isRange(choices) || choices.length > 1;
  });
}

/** Whether a setting's choices are a range; they are a list otherwise. */
export function isRange(choices: unknown): choices is Required<Range> {
  return typeof choices === 'object' && !Array.isArray(choices);
}

/** The name of a setting in tables and in the article's lines. */
export function shortName(name: TrialSettingName): string {
  return entryOf(name).short ?? name;
}

/** The name of a setting in charts and reports. */
export function labelOf(name: TrialSettingName): string {
  return entryOf(name).label ?? name;
}
