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
  /** Another training or search, perhaps of another process, writes to the file. */
  | 'ERR_LOCKED'
  /** A checkpoint is missing or damaged, or is that of another training: of other data, settings or versions. */
  | 'ERR_CHECKPOINT'
  /** The net, the random stream or the memory of rows is in use by a training that has not ended. */
  | 'ERR_BUSY'
  /** A callback returned a promise to a call that cannot wait for it. */
  | 'ERR_ASYNC_CALLBACK'
  /** The predictor is closed. */
  | 'ERR_CLOSED'
  /** The loss became NaN or infinite while training. */
  | 'ERR_DIVERGED'
  /** `backend: 'native'` was asked for and the addon cannot be loaded. */
  | 'ERR_NATIVE_UNAVAILABLE'
  /** `backend: 'wasm'` was asked for and the WebAssembly module cannot be loaded. */
  | 'ERR_WASM_UNAVAILABLE'
  /** The addon for MPI, which joins processes, was not built or cannot be loaded. */
  | 'ERR_MPI_UNAVAILABLE'
  /** Processes that should train a net together have other data, options or versions. */
  | 'ERR_DISTRIBUTED'
  /** `dtype: 'bfloat16'` was asked for and the processor or the backend does not support it. */
  | 'ERR_BFLOAT16_UNAVAILABLE'
  /** The Worker that trains for a web page cannot be started, or has failed. */
  | 'ERR_WORKER'
  /** A live report cannot be served at the requested address. */
  | 'ERR_SERVE'
  /** The server of a queue does not answer, or refuses. */
  | 'ERR_QUEUE'
  /** A study does not exist, exists already, or is not one; or one of its trials has no result. */
  | 'ERR_STUDY'
  /** An optional package that a call needs is not installed. */
  | 'ERR_MISSING_PEER'
  /** There is not enough memory. */
  | 'ERR_OUT_OF_MEMORY'
  /** A thread cannot be started: the system's limit is reached. */
  | 'ERR_NO_THREAD'
  /** Training was stopped by its `AbortSignal`. This is Node's own code. */
  | 'ABORT_ERR';

/** Gives `error` its stable code. */
export function withCode<E extends Error>(error: E, code: ErrorCode): E & { readonly code: ErrorCode } {
  return Object.assign(error, { code });
}

/**
 * The error for a value of the wrong type.
 *
 * @param expected - what it should be, and for what
 * @param remedy - the end of the message: what to do
 */
export function wrongType(expected: string, value: unknown, remedy = ''): TypeError {
  return withCode(new TypeError(`Expected ${expected} but received ${describe(value)}${remedy}`), 'ERR_INVALID_TYPE');
}

/** The error for an array of the wrong length, with the same wording. */
export function wrongShape(expected: string, value: unknown, remedy = ''): RangeError {
  return withCode(new RangeError(`Expected ${expected} but received ${describe(value)}${remedy}`), 'ERR_SHAPE');
}

/** What a message calls an option: its name, or the flag that stands for it on the command line. */
export type Naming = (option: string) => string;

const WORDS: unique symbol = Symbol('words');

/**
 * The error for options that contradict each other, or what they are used on.
 *
 * @param message - a function if it names options: on the command line they have other names
 */
export function conflict(message: string | ((name: Naming) => string)): TypeError {
  const words = typeof message === 'string' ? () => message : message;
  const error = withCode(new TypeError(words((option) => option)), 'ERR_CONFLICT');
  return Object.defineProperty(error, WORDS, { value: words });
}

/** The message of an error, with other names for the options that it names. */
export function messageWith(error: Error, name: Naming): string {
  return (error as { [WORDS]?: (name: Naming) => string })[WORDS]?.(name) ?? error.message;
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
