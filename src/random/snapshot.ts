import { checkNumber } from '../validation/check.js';
import { describe, withCode, wrongType } from '../validation/errors.js';
import { isArrayOf } from '../validation/typed-arrays.js';
import { KEY_LENGTH, MAX_UINT32, yieldsZeros } from './generator/mersenne-twister.js';

/**
 * The position of a stream: the parts of NumPy's `get_state()` without the name of the generator. To store it as JSON,
 * convert the key to an array, `JSON.stringify({ ...state, key: Array.from(state.key) })`; `setState` accepts the
 * parsed object.
 */
export interface RandomStateSnapshot {
  /** The 624 words of the Mersenne Twister. */
  key: Uint32Array;
  /** How many of the words have been drawn, 0 to 624; at 624 the next draw generates new ones. */
  position: number;
  /** Whether the second of a pair of normal draws is waiting. */
  hasGauss: boolean;
  /** The waiting second draw; 0 if there is none. */
  cachedGaussian: number;
}

/** What {@link RandomState.setState} accepts: a {@link RandomStateSnapshot} whose key may be an array, as in JSON. */
export interface RandomStateSnapshotInput extends Readonly<Omit<RandomStateSnapshot, 'key'>> {
  readonly key: Uint32Array | readonly number[];
}

/** Returns `state` if a stream can continue from it; throws what {@link RandomState.setState} documents otherwise. */
export function checkSnapshot(state: RandomStateSnapshotInput): RandomStateSnapshotInput {
  if (typeof state !== 'object' || state === null) {
    throw wrongType('what getState returns for the state', state);
  }
  checkKey(state.key);
  checkNumber(state.position, 'the position of the state', { integer: true, min: 0, max: KEY_LENGTH });
  if (typeof state.hasGauss !== 'boolean') {
    throw wrongType('true or false for hasGauss of the state', state.hasGauss);
  }
  checkNumber(state.cachedGaussian, 'cachedGaussian of the state');
  return state;
}

function checkKey(key: unknown): void {
  const expected = `Expected ${KEY_LENGTH} integers from 0 to ${MAX_UINT32} for the key of the state`;
  if (!(Array.isArray(key) || isArrayOf(key, 'Uint32Array'))) {
    throw withCode(
      new TypeError(`${expected}, in a Uint32Array or an array, but received ${describe(key)}`),
      'ERR_INVALID_TYPE',
    );
  }
  if (key.length !== KEY_LENGTH) {
    throw withCode(new RangeError(`${expected} but received ${describe(key)}`), 'ERR_SHAPE');
  }
  if (Array.isArray(key)) checkWords(key, 'the key of the state'); // a Uint32Array has no other numbers
  if (yieldsZeros(key)) throw withCode(new RangeError(`${expected}, not all zero`), 'ERR_OUT_OF_RANGE');
}

/** Checks that all `words` are integers from 0 to 2^32 − 1. */
export function checkWords(words: ArrayLike<unknown>, name: string): void {
  for (let i = 0; i < words.length; i++) {
    checkNumber(words[i], `number ${i} of ${name}`, { integer: true, min: 0, max: MAX_UINT32 });
  }
}
