import type { CallSettings } from '../../../../binding.js';
import type { UpdateRule } from '../update-rule.js';
import { ADAM, ADAMW } from './adam.js';
import { MOMENTUM, SGD } from './sgd.js';

/** The update rule that the settings of a training choose. */
export function ruleOf({ optimizer, momentum }: CallSettings): UpdateRule {
  if (optimizer === 'adam') return ADAM;
  if (optimizer === 'adamw') return ADAMW;
  return momentum === 0 ? SGD : MOMENTUM;
}
