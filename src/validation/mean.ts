import { checkAttached, firstNonFinite } from './check.js';
import { withCode, wrongShape, wrongType } from './errors.js';
import { isArrayOf } from './typed-arrays.js';

/**
 * Checks a mean row: a Float64Array of D finite numbers.
 *
 * @param name - what it is the mean of, for error messages
 * @throws TypeError `ERR_INVALID_TYPE` or `ERR_DETACHED`; RangeError `ERR_SHAPE` or `ERR_NOT_FINITE`
 */
export function checkMean(mean: unknown, D: number, name: string): Float64Array {
  if (!isArrayOf(mean, 'Float64Array')) throw wrongType(`a Float64Array for ${name}`, mean);
  checkAttached(mean, name);
  if (mean.length !== D) throw wrongShape(`${D} numbers for ${name}`, mean);
  const bad = firstNonFinite(mean);
  if (bad < 0) return mean;
  throw withCode(
    new RangeError(`Expected finite numbers for ${name} but received ${mean[bad]} at index ${bad}`),
    'ERR_NOT_FINITE',
  );
}
