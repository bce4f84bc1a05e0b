/** Promises of a server that may not answer any more. */
import { setTimeout as wait } from 'node:timers/promises';
import { disown } from '../validation/callback.js';

/** Milliseconds that a last word to a server may take: what ends must not wait for one that is down. */
export const LAST_WORD = 1000;

/**
 * Waits until a promise is fulfilled, or for so many milliseconds.
 *
 * @throws (as a rejection) what it is rejected with
 */
export async function atMost(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  const end = new AbortController();
  disown(promise);
  try {
    await Promise.race([promise, wait(milliseconds, undefined, { signal: end.signal })]);
  } finally {
    end.abort();
  }
}
