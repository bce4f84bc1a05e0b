/** Checks of what reports and charts are made of. */
import { isObject } from '../../validation/check.js';
import { wrongType } from '../../validation/errors.js';

/**
 * Checks that a history has its curves.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function checkHistory(history: unknown): void {
  if (!isObject(history)) throw wrongType('the history of a training', history);
  const { lossHistory, trainAccHistory, valAccHistory } = history;
  for (const list of [lossHistory, trainAccHistory, valAccHistory]) {
    if (!isNumbers(list)) throw wrongType('lists of numbers in the history of a training', list);
  }
}

/**
 * Checks that results of a search have what was searched, and its ranking.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function checkSearchResults(results: unknown): void {
  if (isObject(results) && Array.isArray(results.ranking) && isObject(results.search)) return;
  throw wrongType('the results of a search', results);
}

/** Whether it is an array of numbers. */
export function isNumbers(list: unknown): list is number[] {
  return Array.isArray(list) && list.every((value) => typeof value === 'number');
}
