import type { Binding } from '../../../binding.js';
import { isPromise } from '../../validation/kinds.js';
import { limitError } from '../../validation/system-limits.js';

/** What each call needs memory and threads for; others are for a net. */
const PURPOSES: Readonly<Record<string, string>> = {
  train: 'the training',
  trainSync: 'the training',
  randn: 'the random numbers',
  randnSync: 'the random numbers',
  mapFile: 'the file',
  lossAndGradients: 'the gradients',
  prepare: 'the prepared net',
};

/**
 * The addon, whose calls report memory and threads that the system does not give by their codes. What C++ throws
 * arrives as an error without one.
 */
export function withCodedErrors(binding: Binding): Binding {
  const calls = Object.entries(binding).map(([name, call]: [string, unknown]) => {
    if (typeof call !== 'function') return [name, call];
    const what = PURPOSES[name] ?? 'the prediction';
    const coded = (...args: unknown[]): unknown => {
      try {
        const result: unknown = call.apply(binding, args);
        return isPromise(result) ? result.then(undefined, rethrow) : result;
      } catch (error) {
        return rethrow(error);
      }
    };
    const rethrow = (error: unknown): never => {
      throw limitError(error, what);
    };
    return [name, coded];
  });
  return Object.fromEntries(calls);
}
