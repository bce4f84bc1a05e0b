/** The settings of trials, and what a search says of them. Without Node's modules: the report's page uses it, too. */

/** The settings that a trial trains with. */
export interface TrialSettings {
  /** Step along the negative gradient; above 0. */
  readonly learningRate: number;
  /** Factor on the learning rate after each epoch. */
  readonly learningRateDecay: number;
  /** Regularization strength, in ½·reg·(ΣW1² + ΣW2²). */
  readonly reg: number;
  /** H, hidden units. */
  readonly hiddenSize: number;
  /** Rows per minibatch. */
  readonly batchSize: number;
  /** Standard deviation of the initial weights. */
  readonly std: number;
}

/** The name of a setting that a search may vary. */
export type TrialSettingName = keyof TrialSettings;

/** Values from `low` to `high` to draw from. */
export interface Range {
  readonly low: number;
  readonly high: number;
  /**
   * `log` draws the logarithm uniformly, so that each factor of ten has the same share; for rates and strengths.
   * @defaultValue 'linear'
   */
  readonly scale?: 'linear' | 'log';
}

/** What a search tries for one setting: a value for all trials, a list of values, or a range (not in a grid). */
export type Choices = number | readonly number[] | Range;

/** What a search tries; a setting that is left out has its default. */
export type SearchSpace = { readonly [Name in TrialSettingName]?: Choices };

/** A {@link SearchSpace} with every setting in place, each a list of values or a range. */
export type ResolvedSpace = { readonly [Name in TrialSettingName]: readonly number[] | Required<Range> };

/** The settings in the order in which they are drawn, the first varying slowest in a grid: the article's loops first. */
export const TRIAL_SETTINGS = [
  'learningRate',
  'reg',
  'hiddenSize',
  'batchSize',
  'learningRateDecay',
  'std',
] as const satisfies readonly TrialSettingName[];

/** The settings that differ between trials. */
export function variedSettings(space: ResolvedSpace): TrialSettingName[] {
  return TRIAL_SETTINGS.filter((name) => {
    const choices = space[name];
    return !isList(choices) || choices.length > 1;
  });
}

/** Whether a setting's choices are values one by one. */
export function isList(choices: Choices | readonly number[] | Required<Range>): choices is readonly number[] {
  return Array.isArray(choices);
}
