/** Why a request is not answered, as an error with the status of its answer. */
import { codeOf, isError } from '../validation/kinds.js';

/** Codes of answers, besides those of the package's errors. */
export type RefusalCode =
  | 'ERR_UNAUTHORIZED'
  | 'ERR_FORBIDDEN'
  | 'ERR_NOT_FOUND'
  | 'ERR_TOO_LARGE'
  | 'ERR_MEDIA_TYPE'
  | 'ERR_INVALID_BODY'
  | 'ERR_TOO_MANY_REQUESTS'
  | 'ERR_TIMEOUT'
  | 'ERR_DRAINING'
  | 'ERR_INTERNAL';

/** A request that is refused. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: RefusalCode;
  /** Whether the same request may succeed in a second. */
  readonly again: boolean;

  constructor(status: number, code: RefusalCode, message: string, again = false) {
    super(message);
    this.status = status;
    this.code = code;
    this.again = again;
  }
}

/** What is told of an error. */
export interface Answer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly again: boolean;
}

/** The package's errors that say what is wrong with rows. */
const ABOUT_ROWS = new Set([
  'ERR_INVALID_TYPE',
  'ERR_OUT_OF_RANGE',
  'ERR_SHAPE',
  'ERR_NOT_FINITE',
  'ERR_COLUMN',
  'ERR_CATEGORY',
  'ERR_MISSING_VALUE',
  'ERR_DATA_FILE',
  'ERR_CONFLICT',
  'ERR_UNKNOWN_OPTION',
]);

/** The answer to a request that ended in an error. Of errors that are not about the request, it tells nothing. */
export function answerOf(error: unknown): Answer {
  if (error instanceof Refusal) return error;
  const code = codeOf(error);
  if (isError(error) && typeof code === 'string') {
    if (ABOUT_ROWS.has(code)) return { status: 400, code, message: error.message, again: false };
    if (code === 'ERR_MISSING_PEER') return { status: 501, code, message: error.message, again: false };
    // Fastify's own, about requests: of an invalid address, for example.
    const { statusCode } = error as { statusCode?: unknown };
    if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
      return { status: statusCode, code: 'ERR_INVALID_BODY', message: error.message, again: false };
    }
  }
  return { status: 500, code: 'ERR_INTERNAL', message: 'The prediction failed', again: false };
}
