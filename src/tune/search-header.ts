/** What a results file says of all its results. */
import { checkOptions, isObject } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import { resolveSearch, type Search } from './search.js';

/** The first line of a results file. */
export interface SearchHeader {
  readonly search: Search;
  /** The `fingerprint` of the data. */
  readonly data: string;
  /** What the trials ran on, in words: other matrix products give other last digits. */
  readonly backend: string;
}

/**
 * Checks what somebody gives for it, and puts the defaults of the search in place.
 *
 * @throws TypeError or RangeError
 */
export function checkHeader(header: SearchHeader): SearchHeader {
  const { search, data, backend } = checkOptions(header, 'the header of a results file', ['search', 'data', 'backend']);
  if (!isObject(search)) throw wrongType('an object for search', search);
  if (typeof data !== 'string' || data === '') throw wrongType('the fingerprint of the data for data', data);
  if (typeof backend !== 'string') throw wrongType('a string for backend', backend);
  return { search: resolveSearch(search), data, backend };
}
