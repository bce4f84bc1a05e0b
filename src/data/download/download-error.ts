import { withCode } from '../../validation/errors.js';

/** The error for a download that is over. */
export function downloadError(message: string, cause?: unknown): Error {
  return withCode(cause === undefined ? new Error(message) : new Error(message, { cause }), 'ERR_DOWNLOAD');
}

/** What went wrong may be well in a moment: the download goes on after a pause. */
export class PassingError extends Error {
  /** Milliseconds that the server asked for; 0 if it did not. */
  readonly pause: number;

  constructor(message: string, { pause = 0, cause }: { pause?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.pause = pause;
  }
}
