import { withCode } from '../validation/errors.js';

/** The error for a checkpoint that a training cannot go on with; `why` says what was expected and what was found. */
export function checkpointError(file: string, why: string, cause?: unknown): Error {
  const message = `Cannot resume the training in ${file}: ${why}`;
  return withCode(cause === undefined ? new Error(message) : new Error(message, { cause }), 'ERR_CHECKPOINT');
}
