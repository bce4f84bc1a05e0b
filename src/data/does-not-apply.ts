import { withCode } from '../validation/errors.js';

/**
 * The error for an option that does not concern the data at hand: it would have been ignored.
 *
 * @param owners - what it is for: `CIFAR-100`
 * @param what - the data, by their path
 * @param is - what the data are: `a table`
 */
export function doesNotApply(option: string, owners: string, what: string, is: string): TypeError {
  const flag = option.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
  return withCode(
    new TypeError(`The option ${option} (--${flag}) is for ${owners}, but ${what} is ${is}: leave the option out`),
    'ERR_CONFLICT',
  );
}
