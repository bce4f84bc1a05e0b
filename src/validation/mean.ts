import { checkAttached, firstNonFinite } from './check.js';
import { conflict, withCode, wrongShape, wrongType } from './errors.js';
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

/**
 * Checks that rows to measure a training by are centred as its rows are.
 *
 * @param mean - that of these rows; undefined for none
 * @param training - that of the training rows
 * @param names - what the rows are called, and the training rows
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkSameMean(
  mean: Float64Array | null | undefined,
  training: Float64Array | null | undefined,
  [name, trainingName]: readonly [string, string],
): void {
  if (mean === training || (!mean && !training)) return;
  const remedy = `give both the same, or only ${trainingName} one`;
  if (!mean || !training) {
    throw conflict(
      `Expected one mean for ${trainingName} and ${name} but received one for ${mean ? name : trainingName} alone: ` +
        `it would be subtracted from these rows only; ${remedy}`,
    );
  }
  const at = mean.findIndex((value, i) => value !== training[i]);
  if (at < 0 && mean.length === training.length) return;
  throw conflict(
    `Expected one mean for ${trainingName} and ${name} but received two: that of column ${at} is ${training[at]} in ` +
      `${trainingName} and ${mean[at]} in ${name}; ${remedy}`,
  );
}
