/** Callbacks that are told something, and what becomes of what they return. */
import { isPromise } from './kinds.js';
import { untilAborted } from './signal.js';

/**
 * Calls a callback and waits for what it returns.
 *
 * @param signal - it is not waited for any longer when this is aborted: a callback may never settle
 * @returns what it threw or rejected with, for the work that calls it; undefined if it did neither
 */
export async function failureOf(
  call: () => unknown,
  signal?: AbortSignal,
): Promise<{ readonly error: unknown } | undefined> {
  try {
    await settled(call(), signal);
    return undefined;
  } catch (error) {
    return { error };
  }
}

/**
 * Waits for what a callback has returned, if that is a promise.
 *
 * @param signal - it is not waited for any longer when this is aborted
 * @throws (as a rejection) what it is rejected with
 */
export async function settled(returned: unknown, signal?: AbortSignal): Promise<void> {
  if (!isPromise(returned)) return;
  await (signal ? untilAborted(returned, signal, () => {}) : returned);
}

/** Lets a promise that nobody waits for, since it was refused, be rejected without ending the process. */
export function disown(value: unknown): void {
  if (isPromise(value)) value.then(undefined, () => {});
}
