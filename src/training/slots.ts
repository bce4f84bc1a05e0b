/** The state of the update rule: what each keeps, and whether a training can go on with it. */
import type { ParameterArrays } from '../../binding.js';
import { conflict, describe } from '../validation/errors.js';
import type { TrainingHistory } from './history.js';
import type { Optimizer, SettingValues } from './settings.js';

type Rule = Readonly<SettingValues<'optimizer' | 'momentum'>>;

/** How many sets of arrays the rule keeps, each laid out like the parameters. */
export function slotsOf({ optimizer, momentum }: Rule): number {
  if (optimizer !== 'sgd') return 2;
  return momentum > 0 ? 1 : 0;
}

/**
 * Checks that a training goes on with the rule that it began with.
 *
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkSameRule({ optimizer: before = 'sgd' }: TrainingHistory, optimizer: Optimizer): void {
  if (before === optimizer) return;
  throw conflict(
    (name) =>
      `Expected ${name('optimizer')} ${describe(before)}, by which the training to resume was made, but received ` +
      `${describe(optimizer)}: its state is another one; leave out resume to train on as a new training`,
  );
}

/**
 * The slots of a training: those that the last one left if this one continues it or its state, or zeros.
 *
 * @param left - those of the net
 * @param zeros - makes a set of arrays
 * @param stepsBefore - those of the option of that name: slots of another rule are then replaced
 * @throws TypeError `ERR_CONFLICT` when there are more or fewer than the rule keeps
 */
export function slotsFor(
  left: readonly ParameterArrays[],
  rule: Rule,
  resume: TrainingHistory | undefined,
  zeros: () => ParameterArrays,
  stepsBefore = 0,
): ParameterArrays[] {
  const count = slotsOf(rule);
  if (stepsBefore > 0 && left.length === count) return [...left];
  // Nothing has been done yet that could be continued.
  if (!resume || resume.lossHistory.length === 0) return Array.from({ length: count }, zeros);
  if (left.length === count) return [...left];
  const { optimizer, momentum } = rule;
  throw conflict(
    `Expected a net with ${count} slots, which optimizer ${describe(optimizer)} with a momentum of ${momentum} has, ` +
      `for resume but received one with ${left.length}: resume on the net as the training left it, with its options`,
  );
}
