/** The stable `code` of every error that this package throws on purpose. Messages may change; codes stay. */
export type ErrorCode =
  /** An argument has the wrong type: a string for a number, a plain object for a typed array. */
  | 'ERR_INVALID_TYPE'
  /** A number is outside its range, or is not an integer where one is needed. */
  | 'ERR_OUT_OF_RANGE'
  /** Array lengths or matrix shapes do not fit each other. */
  | 'ERR_SHAPE'
  /** A NaN or an infinite number among inputs, parameters or options. */
  | 'ERR_NOT_FINITE'
  /** A label is not an integer in 0 … C − 1. */
  | 'ERR_LABEL'
  /** A typed array whose buffer has been transferred away. */
  | 'ERR_DETACHED'
  /** An option that does not exist. */
  | 'ERR_UNKNOWN_OPTION'
  /** Options that contradict each other. */
  | 'ERR_CONFLICT'
  /** A column of a table is not there, or cannot be used as it is. */
  | 'ERR_COLUMN'
  /** A word that is not among the categories of its column. */
  | 'ERR_CATEGORY'
  /** A value that is missing from a table, in a column that has no replacement. */
  | 'ERR_MISSING_VALUE'
  /** A data file is missing, truncated or not in the expected layout. */
  | 'ERR_DATA_FILE'
  /** A data set cannot be downloaded, or what arrives is not the published one. */
  | 'ERR_DOWNLOAD'
  /** A model file is missing, damaged, or not a two-layer net. */
  | 'ERR_MODEL_FILE'
  /** A file cannot be written to the requested place. */
  | 'ERR_NOT_WRITABLE'
  /** The net, or the random stream, is in use by a training that has not ended. */
  | 'ERR_BUSY'
  /** A callback returned a promise to a call that cannot wait for it. */
  | 'ERR_ASYNC_CALLBACK'
  /** The predictor is closed. */
  | 'ERR_CLOSED'
  /** The loss became NaN or infinite while training. */
  | 'ERR_DIVERGED'
  /** `backend: 'native'` was asked for and the addon cannot be loaded. */
  | 'ERR_NATIVE_UNAVAILABLE'
  /** `dtype: 'bfloat16'` was asked for and the processor or the backend does not support it. */
  | 'ERR_BFLOAT16_UNAVAILABLE'
  /** A live report cannot be served at the requested address. */
  | 'ERR_SERVE'
  /** An optional package that a call needs is not installed. */
  | 'ERR_MISSING_PEER'
  /** There is not enough memory for what was asked for. */
  | 'ERR_OUT_OF_MEMORY'
  /** The system does not start a further thread. */
  | 'ERR_NO_THREAD'
  /** Training was stopped by its `AbortSignal`. This is Node's own code. */
  | 'ABORT_ERR';

/** Gives `error` its stable code. */
export function withCode<E extends Error>(error: E, code: ErrorCode): E & { readonly code: ErrorCode } {
  return Object.assign(error, { code });
}

/** The error for a value of the wrong type. `expected` says what it should be, and for what. */
export function wrongType(expected: string, value: unknown): TypeError {
  return withCode(new TypeError(`Expected ${expected} but received ${describe(value)}`), 'ERR_INVALID_TYPE');
}

/** The error for an array of the wrong length, with the same wording. */
export function wrongShape(expected: string, value: unknown): RangeError {
  return withCode(new RangeError(`Expected ${expected} but received ${describe(value)}`), 'ERR_SHAPE');
}

/** The error for options that contradict each other, or what they are used on. */
export function conflict(message: string): TypeError {
  return withCode(new TypeError(message), 'ERR_CONFLICT');
}

/** A value as it appears in an error message: short, and never a whole array. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (value === null || typeof value !== 'object') {
    return typeof value === 'function' ? `a function (${value.name || 'anonymous'})` : String(value);
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value) && 'length' in value) return `${value.constructor.name}(${value.length})`;
  // The object may come from anywhere, and its `constructor` may be anything.
  const maker: unknown = value.constructor;
  return `an object (${typeof maker === 'function' ? maker.name : 'no constructor'})`;
}

/** The first names of a list, for a message. */
export function firstOf(names: readonly string[], most: number): string {
  return `${names.slice(0, most).join(', ')}${names.length > most ? ', …' : ''}`;
}
