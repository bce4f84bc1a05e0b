import { withCode, wrongType } from './errors.js';

/** Names for C classes that have none: their labels, '0', '1', … */
export function labelNames(C: number): readonly string[] {
  return Array.from({ length: C }, (_, label) => String(label));
}

/**
 * Checks the names of C classes.
 *
 * @throws TypeError `ERR_INVALID_TYPE` when it is not an array of strings; RangeError `ERR_SHAPE` when there are not C
 */
export function checkClassNames(classNames: unknown, C: number): readonly string[] {
  if (!Array.isArray(classNames)) throw wrongType('an array of strings for classNames', classNames);
  const bad = classNames.findIndex((name) => typeof name !== 'string');
  if (bad >= 0) throw wrongType(`a string for classNames[${bad}]`, classNames[bad]);
  if (classNames.length === C) return classNames;
  throw withCode(
    new RangeError(`Expected ${C} classNames, one for each class, but received ${classNames.length}`),
    'ERR_SHAPE',
  );
}
