import type { Pieces } from '../platform/turns.js';
import { checkAttached } from '../validation/check.js';

/** Typed arrays that {@link RandomState.permutation} and {@link RandomState.shuffle} accept besides arrays. */
export type ShuffledTypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** What can be shuffled. */
export type Shuffleable = unknown[] | ShuffledTypedArray;

/** Whether `value` is an array or a typed array, of BigInts too. */
export function isShuffleable(value: unknown): value is Shuffleable {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

/** A copy that shares no memory. @throws TypeError `ERR_DETACHED` */
export function copyOf(array: Shuffleable): Shuffleable {
  if (Array.isArray(array)) return array.slice();
  checkAttached(array, 'the array to permute');
  // Buffer's own slice shares memory. This one, which all typed arrays inherit, copies.
  return Uint8Array.prototype.slice.call(array);
}

/** Swaps between two looks at the clock. */
const PIECE = 1 << 13;

/**
 * Shuffles `array` in place: Fisher–Yates from the end, as NumPy does.
 *
 * @param drawUpTo - draws an integer from 0 to its argument, inclusive
 */
export function* shuffling(array: Shuffleable, drawUpTo: (last: number) => number): Pieces<void> {
  // Arrays and the typed arrays have no common type that allows writing an element.
  const items = array as unknown[];
  for (let i = items.length - 1; i > 0; i--) {
    const j = drawUpTo(i);
    const item = items[i];
    items[i] = items[j];
    items[j] = item;
    if (i % PIECE === 0) yield;
  }
}
