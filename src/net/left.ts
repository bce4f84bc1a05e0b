/** What a training left for the one that continues it, which may have been changed since. */
import type { BestEpoch, ParameterArrays, Shape } from '../../binding.js';
import { checkNumber, isObject } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import { checkParameters, type ParameterArrayType } from '../validation/parameters.js';

/**
 * Checks the state of the update rule and the best epoch.
 *
 * @throws TypeError or RangeError that names what does not fit
 */
export function checkLeft(
  shape: Shape,
  type: ParameterArrayType,
  { slots, best }: { readonly slots: readonly ParameterArrays[]; readonly best: BestEpoch | undefined },
): void {
  if (!Array.isArray(slots)) throw wrongType('an array of sets of arrays for slots', slots);
  for (const [i, slot] of slots.entries()) checkParameters(slot, shape, type, `slots[${i}]`);
  if (best === undefined) return;
  if (!isObject(best)) throw wrongType('an object for best, the best epoch,', best);
  checkParameters(best.parameters, shape, type, 'best.parameters');
  checkNumber(best.iterations, 'best.iterations', { integer: true, min: 0 });
  checkNumber(best.epochsSince, 'best.epochsSince', { integer: true, min: 0 });
  checkNumber(best.monitored, 'best.monitored');
}
