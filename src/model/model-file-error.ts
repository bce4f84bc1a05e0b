import { withCode } from '../validation/errors.js';

/** The error for a model file that cannot be used; `found` says what was expected and what was found. */
export function modelFileError(path: string, found: string, cause?: unknown): Error {
  const message = `Cannot read the model ${path}: ${found}`;
  return withCode(cause === undefined ? new Error(message) : new Error(message, { cause }), 'ERR_MODEL_FILE');
}
