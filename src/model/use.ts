/** What a prediction needs besides parameters, kept with the parameters themselves. */
import type { ParameterArrays } from '../../binding.js';
import { conflict } from '../validation/errors.js';
import type { Model } from './model-types.js';

/** How parameters are to be used: what their net, their classifier or their file says. */
export type Use = Partial<Pick<Model, 'mean' | 'scale' | 'classNames' | 'imageShape'>>;

/** By the object of the four arrays, and by W1, which stays the same when that object is copied. */
const USES = new WeakMap<object, Use>();

/**
 * Keeps how parameters are used with them, for those who are given the parameters alone. Copies of the arrays know
 * nothing of it.
 *
 * @param use - kept, not copied: a net, whose mean may change
 */
export function keepUse(params: ParameterArrays, use: Use): void {
  USES.set(params, use);
  USES.set(params.W1, use);
}

/**
 * Keeps with the parameters of a net how it uses them. Of several nets with the same parameters it is the first, or
 * `now` the one that is being trained; those of a classifier stay those of the classifier.
 */
export function keepOwnUse(
  net: Use & { readonly params: ParameterArrays; readonly slots: unknown },
  now = false,
): void {
  const use = useOf(net.params);
  // A net, unlike the model of a file, has the state of an update rule.
  if (use?.scale || (use && 'slots' in use && !now)) return;
  keepUse(net.params, net);
}

/** How parameters are used, if somebody has said so. */
function useOf(params: ParameterArrays): Use | undefined {
  return USES.get(params) ?? USES.get(params.W1);
}

/** What a net brings along that is made of parameters of another. */
const BROUGHT = ['mean', 'classNames', 'imageShape'] as const;

/**
 * What parameters bring along, unless `said` has it: a mean that is said to be undefined is none.
 *
 * @param said - what is known of the net, by the same names
 * @throws TypeError `ERR_CONFLICT` for parameters that need scaled rows, if nothing is said of a mean
 */
export function broughtBy(params: ParameterArrays, said: object): Use {
  const use = useOf(params) ?? {};
  if (use.scale && !('mean' in said)) {
    throw conflict(
      'Expected parameters of a TwoLayerNet but received those of a Classifier, which scales rows: use it, or ' +
        'Classifier.fromModel(classifier.toModel()); for rows that are scaled already, pass mean: undefined',
    );
  }
  return Object.fromEntries(BROUGHT.filter((name) => !(name in said)).map((name) => [name, use[name]]));
}

/**
 * Checks that what is saved of a classifier is all of it.
 *
 * @throws TypeError `ERR_CONFLICT` for its net, which takes scaled rows, without the scale
 */
export function checkWhole({ params, scale }: Pick<Model, 'params' | 'scale'>): void {
  if (scale !== undefined || useOf(params)?.scale === undefined) return;
  throw conflict(
    'Expected a whole Classifier to save but received its net, which predicts wrongly without its scaling: call ' +
      'classifier.save(file), or save classifier.toModel()',
  );
}
