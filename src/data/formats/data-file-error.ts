import { withCode } from '../../validation/errors.js';

/** The error for data files that are missing, unreadable or damaged. */
export function dataFileError(message: string, cause?: unknown): Error {
  return withCode(cause === undefined ? new Error(message) : new Error(message, { cause }), 'ERR_DATA_FILE');
}
