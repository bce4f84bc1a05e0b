/** A search's results on disk, each written the moment it is known, so that an interrupted search can go on. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Dataset, type DatasetInput } from '../data/dataset.js';
import { isSystemError } from '../platform/replace-file.js';
import { describe, withCode } from '../validation/errors.js';
import { resolveSearch, type Search } from './search.js';
import { isTrialResult, type TrialResult } from './trial.js';

/*
 * A file of results is JSON lines, UTF-8:
 *
 *   {"format":"two-layer-net sweep","version":1,"search":Search,"data":"sha256 of the data",
 *    "backend":"in words"}
 *   TrialResult
 *   TrialResult
 *   …
 *
 * in the order in which the trials ended. A line counts once its newline is there: a last line without one was being
 * written when the program ended, and is dropped.
 */
const FORMAT = 'two-layer-net sweep';
const VERSION = 1;

/** What a file of results begins with. */
export interface SearchHeader {
  readonly search: Search;
  /** As {@link fingerprint} gives it. */
  readonly data: string;
  /** What the trials ran on, in words: other kernels give other last digits. */
  readonly backend: string;
}

/** What a file of results holds. */
export interface SavedSearch extends SearchHeader {
  readonly results: readonly TrialResult[];
}

/** An open file of results. */
export class ResultsFile {
  readonly #handle: FileHandle;
  readonly #path: string;
  /** Where the next line goes: after the last whole one, also when a line could not be written whole. */
  #end: number;
  #pending: Promise<void> = Promise.resolve();
  #failed: { readonly error: unknown } | undefined;

  private constructor(path: string, handle: FileHandle, end: number) {
    this.#path = path;
    this.#handle = handle;
    this.#end = end;
  }

  /**
   * Begins a file, which must not be there yet: it would be somebody's results.
   *
   * @throws Error `ERR_NOT_WRITABLE`
   */
  static async create(path: string, header: SearchHeader): Promise<ResultsFile> {
    try {
      const file = new ResultsFile(path, await open(path, 'wx'), 0);
      await file.#write({ format: FORMAT, version: VERSION, ...header });
      return file;
    } catch (error) {
      throw notWritable(path, error);
    }
  }

  /**
   * Opens a file to go on with, and reads what it holds.
   *
   * @throws Error `ERR_DATA_FILE` when it is missing, damaged or no file of results; `ERR_NOT_WRITABLE`
   */
  static async resume(path: string): Promise<{ file: ResultsFile; saved: SavedSearch }> {
    let handle: FileHandle;
    try {
      handle = await open(path, 'r+');
    } catch (error) {
      if (isSystemError(error) && error.code === 'ENOENT') {
        throw damaged(path, 'there is no such file; without --resume a search begins a new one', error);
      }
      throw notWritable(path, error);
    }
    try {
      const bytes = await handle.readFile();
      // What follows the last newline was never finished.
      const whole = bytes.lastIndexOf('\n') + 1;
      const saved = parse(path, bytes.subarray(0, whole).toString('utf8'));
      if (whole < bytes.length) await handle.truncate(whole);
      return { file: new ResultsFile(path, handle, whole), saved };
    } catch (error) {
      await handle.close();
      throw isSystemError(error) ? notWritable(path, error) : error;
    }
  }

  /**
   * Writes a result; several may be on their way. One that cannot be written is left out, and those after it are tried.
   *
   * @param onFailure - called with the error `ERR_NOT_WRITABLE` of the first that could not be written
   */
  add(result: TrialResult, onFailure: (error: unknown) => void = () => {}): void {
    this.#pending = this.#pending.then(async () => {
      try {
        await this.#write(result);
      } catch (error) {
        if (this.#failed) return;
        this.#failed = { error: notWritable(this.#path, error) };
        onFailure(this.#failed.error);
      }
    });
  }

  /**
   * Waits until all is on the disk.
   *
   * @throws Error `ERR_NOT_WRITABLE` when a result could not be written
   */
  async close(): Promise<void> {
    try {
      await this.#pending;
      await this.#handle.truncate(this.#end);
      await this.#handle.sync();
    } catch (error) {
      this.#failed ??= { error: notWritable(this.#path, error) };
    } finally {
      await this.#handle.close();
    }
    if (this.#failed) throw this.#failed.error;
  }

  /** At a place of its own: a handle's own position is not where a file ends that was cut. */
  async #write(line: object): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#end + done);
      done += bytesWritten;
    }
    this.#end += bytes.length;
  }
}

function parse(path: string, text: string): SavedSearch {
  const [header, ...lines] = text
    .split('\n')
    .slice(0, -1)
    .map((line, i) => parseLine(path, line, i + 1));
  const { format, version, search, data, backend = '' } = header ?? {};
  if (format !== FORMAT) throw damaged(path, `expected ${describe(FORMAT)} for its format, found ${describe(format)}`);
  if (version !== VERSION) throw damaged(path, `expected version ${VERSION}, found ${describe(version)}`);
  if (typeof data !== 'string') throw damaged(path, `expected the hash of the data, found ${describe(data)}`);
  if (typeof backend !== 'string') throw damaged(path, `expected words for its backend, found ${describe(backend)}`);
  return {
    search: checkSearch(path, search),
    data,
    backend,
    results: lines.map((line, i) => checkResult(path, line, i + 2)),
  };
}

function parseLine(path: string, line: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    throw damaged(path, `line ${number} is no JSON: ${describe(line)}`, error);
  }
  throw damaged(path, `expected an object on line ${number}, found ${describe(line)}`);
}

function checkSearch(path: string, search: unknown): Search {
  try {
    return resolveSearch(search as Search);
  } catch (error) {
    throw damaged(path, `its search is none: ${(error as Error).message}`, error);
  }
}

function checkResult(path: string, line: Record<string, unknown>, number: number): TrialResult {
  if (isTrialResult(line)) return line;
  throw damaged(path, `line ${number} is no result of a trial, or was changed: ${describe(JSON.stringify(line))}`);
}

/** A hash of the rows, labels and means to train and to validate on: results belong to the data that they are from. */
export function fingerprint(data: Dataset | DatasetInput): string {
  const hash = createHash('sha256');
  const { train, validation } = Dataset.from(data);
  for (const part of [train, validation]) {
    if (!part) continue;
    const { X, y } = part;
    hash.update(`${X.data.constructor.name} ${X.rows} ${X.columns}\n`).update(X.data);
    if (X.mean) hash.update(X.mean);
    hash.update(Int32Array.from(y));
  }
  return hash.digest('hex');
}

function damaged(path: string, what: string, cause?: unknown): Error {
  return withCode(new Error(`Cannot go on with the search in ${path}: ${what}`, { cause }), 'ERR_DATA_FILE');
}

function notWritable(path: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause;
  const why =
    cause.code === 'EEXIST'
      ? `it is there already; go on with its search (--resume ${path}), or name another file`
      : cause.message;
  return withCode(new Error(`Cannot write the results to ${path}: ${why}`, { cause }), 'ERR_NOT_WRITABLE');
}
