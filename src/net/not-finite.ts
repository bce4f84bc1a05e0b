import type { Dtype } from '../training/settings.js';
import { withCode } from '../validation/errors.js';

/**
 * The error for results that are NaN or infinite although the inputs are finite.
 *
 * @param where - the rows that the result is for
 */
export function notFinite(dtype: Dtype, where: string, value: number): RangeError {
  return withCode(
    new RangeError(
      `Expected finite results but received ${value} for ${where}: a parameter is not finite, or the numbers are ` +
        `too large for ${dtype}`,
    ),
    'ERR_NOT_FINITE',
  );
}
