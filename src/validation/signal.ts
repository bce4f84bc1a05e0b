import { withCode, wrongType } from './errors.js';
import { hasCode } from './kinds.js';

/**
 * Returns `signal` if it is an AbortSignal, of this realm or another one, or undefined.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || isSignal(signal)) return signal;
  throw wrongType('an AbortSignal for signal', signal);
}

/** Judges by what is used of a signal: `instanceof` would refuse those of a jsdom window or of a polyfill. */
function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
  const listens = typeof addEventListener === 'function' && typeof removeEventListener === 'function';
  return Object.prototype.toString.call(value) === '[object AbortSignal]' && typeof aborted === 'boolean' && listens;
}

/**
 * What a promise gives, unless the signal is aborted before.
 *
 * @throws (as a rejection) {@link abortError} then; what the promise is rejected with
 */
export function unlessAborted<T>(promise: PromiseLike<T>, signal: AbortSignal, what: string): Promise<T> {
  return untilAborted(promise, signal, () => {
    throw abortError(what, signal);
  });
}

/**
 * What a promise gives, or what `instead` does if the signal is aborted before.
 *
 * @throws (as a rejection) what the promise is rejected with
 */
export async function untilAborted<T, U>(promise: PromiseLike<T>, signal: AbortSignal, instead: () => U) {
  let abort = () => {};
  const aborted = new Promise<void>((resolve) => {
    abort = resolve;
  });
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, aborted.then(instead)]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/**
 * Ends work whose signal is aborted.
 *
 * @throws {@link abortError}
 */
export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw abortError(what, signal);
}

/** Whether `error` is an `AbortError` of this signal: it ended the work. */
export function isAbortOf(error: unknown, signal: AbortSignal | undefined): signal is AbortSignal {
  return signal?.aborted === true && hasCode(error, 'ABORT_ERR') && error.cause === signal.reason;
}

/** The `AbortError` for what a signal ended; its `cause` is the signal's reason. `what` begins the message. */
export function abortError(what: string, signal: AbortSignal): Error {
  const error = new Error(`${what} was aborted`, { cause: signal.reason });
  error.name = 'AbortError';
  return withCode(error, 'ABORT_ERR');
}
