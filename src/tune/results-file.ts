/** A search's results on disk, each written the moment it is known, so that an interrupted search can go on. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Matrix } from '../data/matrix.js';
import { describe, withCode } from '../errors.js';
import { isSystemError } from '../files/replace-file.js';
import { resolveSearch, type Search } from './search.js';
import type { SweepData } from './sweep.js';
import { makeTrial, type TrialResult } from './trial.js';

/*
 * A file of results is JSON lines, UTF-8:
 *
 *   {"format":"two-layer-net sweep","version":1,"search":Search,"data":"sha256 of the data"}
 *   TrialResult
 *   TrialResult
 *   …
 *
 * in the order in which the trials ended. A line counts once its newline is there: a last line without one was being
 * written when the program ended, and is dropped.
 */
const FORMAT = 'two-layer-net sweep';
const VERSION = 1;

/** What a file of results holds. */
export interface SavedSearch {
  readonly search: Search;
  /** As {@link fingerprint} gives it. */
  readonly data: string;
  readonly results: readonly TrialResult[];
}

/** An open file of results. */
export class ResultsFile {
  readonly #handle: FileHandle;
  readonly #path: string;
  #written: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /**
   * Begins a file, which must not be there yet: it would be somebody's results.
   *
   * @throws Error `ERR_NOT_WRITABLE`
   */
  static async create(path: string, search: Search, data: string): Promise<ResultsFile> {
    try {
      const handle = await open(path, 'wx');
      const file = new ResultsFile(path, handle);
      file.#append({ format: FORMAT, version: VERSION, search, data });
      await file.#written;
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
      const file = new ResultsFile(path, handle);
      return { file, saved };
    } catch (error) {
      await handle.close();
      throw isSystemError(error) ? notWritable(path, error) : error;
    }
  }

  /** Writes a result; several may be on their way. What goes wrong, {@link close} throws. */
  add(result: TrialResult): void {
    this.#append(result);
  }

  /**
   * Waits until all is on the disk.
   *
   * @throws Error `ERR_NOT_WRITABLE` when a result could not be written
   */
  async close(): Promise<void> {
    try {
      await this.#written;
      await this.#handle.sync();
    } catch (error) {
      throw notWritable(this.#path, error);
    } finally {
      await this.#handle.close();
    }
  }

  #append(line: object): void {
    this.#written = this.#written.then(async () => {
      await this.#handle.appendFile(`${JSON.stringify(line)}\n`);
    });
    // It is thrown when the file is closed; until then nobody need wait for it.
    this.#written.catch(() => {});
  }
}

function parse(path: string, text: string): SavedSearch {
  const [header, ...lines] = text
    .split('\n')
    .slice(0, -1)
    .map((line, i) => parseLine(path, line, i + 1));
  const { format, version, search, data } = header ?? {};
  if (format !== FORMAT) throw damaged(path, `expected ${describe(FORMAT)} for its format, found ${describe(format)}`);
  if (version !== VERSION) throw damaged(path, `expected version ${VERSION}, found ${describe(version)}`);
  if (typeof data !== 'string') throw damaged(path, `expected the hash of the data, found ${describe(data)}`);
  return { search: checkSearch(path, search), data, results: lines.map((line, i) => checkResult(path, line, i + 2)) };
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

/** A result whose id is that of its settings, so that nothing is taken for what it is not. */
function checkResult(path: string, line: Record<string, unknown>, number: number): TrialResult {
  const result = line as unknown as TrialResult;
  const { id, settings, seed, dtype, numIters, status } = result;
  const plausible =
    typeof settings === 'object' &&
    settings !== null &&
    Number.isInteger(numIters) &&
    (status === 'diverged' || (status === 'done' && typeof result.valAccuracy === 'number'));
  if (plausible && makeTrial(settings, seed, dtype).id === id) return result;
  throw damaged(path, `line ${number} is no result of a trial, or was changed: ${describe(JSON.stringify(line))}`);
}

/** A hash of rows, labels and mean: results belong to the data that they were reached on. */
export function fingerprint({ train, validation }: SweepData): string {
  const hash = createHash('sha256');
  for (const { X, y } of [train, validation]) {
    if (X instanceof Matrix) {
      hash.update(`${X.data.constructor.name} ${X.rows} ${X.columns}\n`).update(X.data);
      if (X.mean) hash.update(X.mean);
    } else {
      hash.update(JSON.stringify(ArrayBuffer.isView(X) ? Array.from(X) : X));
    }
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
