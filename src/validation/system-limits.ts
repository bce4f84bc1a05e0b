/** Errors of memory and threads: the language and the addon's C++ report them without a code and in their own words. */
import { withCode } from './errors.js';
import { isError, messageOf } from './kinds.js';

/** What V8 says of arrays that it cannot allocate, and C++ of memory. */
const MEMORY = /^(Array buffer allocation failed|Invalid (typed )?array length|Array length must be)|std::bad_alloc/;
/** What C++ and Node say of threads that cannot be started. */
const THREAD = /Cannot start a thread|Resource temporarily unavailable|ERR_WORKER_INIT_FAILED/;

/**
 * The error `ERR_OUT_OF_MEMORY` or `ERR_NO_THREAD` for one that says so in other words, with that one as its cause;
 * others are returned unchanged.
 *
 * @param what - what the memory or the thread was for
 */
export function limitError(error: unknown, what: string): unknown {
  // Errors that have a code say more than this does.
  if (!isError(error) || 'code' in error) return error;
  const message = messageOf(error);
  if (MEMORY.test(message)) {
    return withCode(
      new RangeError(
        `Not enough memory for ${what}: use fewer or smaller rows, batches or nets, or give the process more memory`,
        { cause: error },
      ),
      'ERR_OUT_OF_MEMORY',
    );
  }
  if (!THREAD.test(message)) return error;
  return withCode(
    new Error(
      `Cannot start a thread for ${what}: the system's limit is reached; allow more processes and threads ` +
        '(ulimit -u, or the limit of the container), or use the synchronous call with threads: 1',
      { cause: error },
    ),
    'ERR_NO_THREAD',
  );
}

/**
 * Makes a large array.
 *
 * @param what - what it is for
 * @throws RangeError `ERR_OUT_OF_MEMORY`
 */
export function allocated<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw limitError(error, what);
  }
}
