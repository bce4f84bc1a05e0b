import type { Binding, PreparedNet } from '../../../binding.js';
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

/** What a prepared net needs memory and threads for; one row needs neither, and there each nanosecond counts. */
const METHODS = ['scores', 'predict', 'scoresAsync', 'predictAsync'] as const;

/**
 * The addon, whose calls, and those of the nets that it prepares, report memory and threads that the system does not
 * give by their codes. What C++ throws arrives as an error without one.
 */
export function withCodedErrors(binding: Binding): Binding {
  const calls = Object.entries(binding).map(([name, call]: [string, unknown]) => {
    if (typeof call !== 'function') return [name, call];
    const coded = withCode(binding, call as Call, PURPOSES[name] ?? 'the prediction');
    if (name !== 'prepare') return [name, coded];
    return [name, (...args: unknown[]) => withCodedMethods(coded(...args) as PreparedNet)];
  });
  return Object.fromEntries(calls);
}

/** A prepared net with methods of its own that report what the system does not give. */
function withCodedMethods(prepared: PreparedNet): PreparedNet {
  const methods = METHODS.map((name) => [name, { value: withCode(prepared, prepared[name], 'the prediction') }]);
  return Object.defineProperties(prepared, Object.fromEntries(methods));
}

type Call = (...args: never[]) => unknown;

function withCode(owner: object, call: Call, what: string): (...args: unknown[]) => unknown {
  const rethrow = (error: unknown): never => {
    throw limitError(error, what);
  };
  return (...args) => {
    try {
      const result: unknown = call.apply(owner, args as never[]);
      return isPromise(result) ? result.then(undefined, rethrow) : result;
    } catch (error) {
      return rethrow(error);
    }
  };
}
