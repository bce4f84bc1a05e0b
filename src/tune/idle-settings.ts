/** Settings of a space that mean nothing beside the others. */
import { checkConcerns, idleSettings } from '../training/concerns.js';
import { entryOf } from '../training/settings.js';
import { largest } from '../validation/long-lists.js';
import {
  type Choices,
  isRange,
  type ResolvedChoices,
  type ResolvedSpace,
  TRIAL_SETTINGS,
  type TrialSettingName,
} from './settings.js';

/** The combinations of what decides whether other settings mean something; of a range of numbers, the largest. */
function decidersOf({ optimizer, schedule, momentum: momenta, patience: patiences }: ResolvedSpace) {
  const [momentum, patience] = [momenta, patiences].map(largestOf);
  return optimizer.flatMap((rule) => schedule.map((kind) => ({ optimizer: rule, schedule: kind, momentum, patience })));
}

/** The largest number that is tried. */
export function largestOf(choices: Choices): number {
  return isRange(choices) ? choices.high : largest([choices as number | readonly number[]].flat());
}

/** The settings that mean nothing in any combination. */
export function idleInAll(space: ResolvedSpace): TrialSettingName[] {
  const idle = decidersOf(space).map((deciders): readonly string[] => idleSettings(deciders));
  return TRIAL_SETTINGS.filter((name) => idle.every((names) => names.includes(name)));
}

/**
 * Checks that each setting for which something else than its default is tried means something in one combination at
 * least.
 *
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkConcern(space: ResolvedSpace): void {
  for (const name of idleInAll(space)) {
    const choices: ResolvedChoices = space[name];
    const values = isRange(choices) ? [choices.high] : choices.filter((value) => value !== entryOf(name).default);
    for (const value of values) checkConcerns({ [name]: value }, decidersOf(space)[0]);
  }
}
