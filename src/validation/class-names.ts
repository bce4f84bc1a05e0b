import { describe, withCode, wrongType } from './errors.js';

/** Names for C classes that have none: their labels, '0', '1', … */
export function labelNames(C: number): readonly string[] {
  return Array.from({ length: C }, (_, label) => String(label));
}

/**
 * Checks the names of C classes.
 *
 * @throws TypeError `ERR_INVALID_TYPE` when it is not an array of strings; RangeError `ERR_SHAPE` when there are not C,
 * `ERR_LABEL` when two are the same
 */
export function checkClassNames(classNames: unknown, C: number): readonly string[] {
  if (!Array.isArray(classNames)) throw wrongType('an array of strings for classNames', classNames);
  const bad = classNames.findIndex((name) => typeof name !== 'string');
  if (bad >= 0) throw wrongType(`a string for classNames[${bad}]`, classNames[bad]);
  const seen = new Set<string>();
  const twice = classNames.findIndex((name) => seen.size === seen.add(name).size);
  if (twice >= 0) {
    throw withCode(
      new RangeError(`Expected different names for classNames but received ${describe(classNames[twice])} twice`),
      'ERR_LABEL',
    );
  }
  if (classNames.length === C) return classNames;
  throw withCode(
    new RangeError(`Expected ${C} classNames, one for each class, but received ${classNames.length}`),
    'ERR_SHAPE',
  );
}
