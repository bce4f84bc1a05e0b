/** A search's results on disk, each written as soon as it is known, so that an interrupted search can continue. */
import { createHash } from 'node:crypto';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { Dataset, type DatasetInput } from '../data/dataset.js';
import { fileChunks } from '../data/files/data-file.js';
import { isSystemError } from '../platform/replace-file.js';
import { atOnce, type Pieces } from '../platform/turns.js';
import { entryOf } from '../training/settings.js';
import { describe, withCode } from '../validation/errors.js';
import { rowClassOf } from '../validation/typed-arrays.js';
import { resolveSearch, type Search } from './search.js';
import { isRange, type TrialSettingName, type TrialSettings } from './settings.js';
import { isTrialResult, type TrialResult } from './trial.js';
import { changedSettings, completeSettings } from './trial-id.js';

/*
 * A file of results is JSON lines, UTF-8:
 *
 *   {"format":"two-layer-net sweep","version":2,"search":Search,"data":"sha256 of the data",
 *    "backend":"in words"}
 *   TrialResult
 *   TrialResult
 *   …
 *
 * in the order in which the trials ended. The settings of a result are those that differ from their defaults, and so is
 * the space of the search: a setting that is added later has its default in the files written before. A line counts
 * once its newline is there: a last line without one was being written when the program ended, and is dropped.
 */
const FORMAT = 'two-layer-net sweep';
const VERSION = 2;

/** The first line of a results file. */
export interface SearchHeader {
  readonly search: Search;
  /** The {@link fingerprint} of the data. */
  readonly data: string;
  /** What the trials ran on, in words: other matrix products give other last digits. */
  readonly backend: string;
}

/** The content of a results file. */
export interface SavedSearch extends SearchHeader {
  readonly results: readonly TrialResult[];
}

/** An open results file. */
export class ResultsFile {
  readonly #handle: FileHandle;
  readonly #path: string;
  /** Where the next line goes: after the last complete one, even if a line was written in part. */
  #end: number;
  #pending: Promise<void> = Promise.resolve();
  #failed: { readonly error: unknown } | undefined;

  private constructor(path: string, handle: FileHandle, end: number) {
    this.#path = path;
    this.#handle = handle;
    this.#end = end;
  }

  /**
   * Creates a file. It must not exist yet, so that no results are overwritten.
   *
   * @throws Error `ERR_NOT_WRITABLE`
   */
  static async create(path: string, header: SearchHeader): Promise<ResultsFile> {
    try {
      const file = new ResultsFile(path, await open(path, 'wx'), 0);
      await file.#write({ format: FORMAT, version: VERSION, ...header, search: searchLine(header.search) });
      return file;
    } catch (error) {
      throw notWritable(path, error);
    }
  }

  /**
   * Opens a file to continue, and reads its content.
   *
   * @throws Error `ERR_DATA_FILE` if it is missing, damaged or not a results file; `ERR_NOT_WRITABLE`
   */
  static async resume(path: string): Promise<{ file: ResultsFile; saved: SavedSearch }> {
    let handle: FileHandle;
    try {
      // Without O_NONBLOCK (which Windows lacks) opening some devices would wait.
      handle = await open(path, constants.O_RDWR | (constants.O_NONBLOCK ?? 0));
    } catch (error) {
      if (isSystemError(error) && error.code === 'ENOENT') {
        throw damaged(path, 'the file does not exist; to start a new search, leave out --resume', error);
      }
      throw notWritable(path, error);
    }
    try {
      const bytes = await wholeFile(path, handle);
      // A line without a newline was not written completely.
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
   * Writes a result, after those added before. One that cannot be written is skipped.
   *
   * @param onFailure - called with the error `ERR_NOT_WRITABLE` of the first result that could not be written
   */
  add(result: TrialResult, onFailure: (error: unknown) => void = () => {}): void {
    this.#pending = this.#pending.then(async () => {
      try {
        await this.#write({ ...result, settings: changedSettings(result.settings) });
      } catch (error) {
        if (this.#failed) return;
        this.#failed = { error: notWritable(this.#path, error) };
        onFailure(this.#failed.error);
      }
    });
  }

  /**
   * Waits until everything is on the disk.
   *
   * @throws Error `ERR_NOT_WRITABLE` if a result could not be written
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

  /** Writes at an explicit position: the position of the handle is not the end of a file that was truncated. */
  async #write(line: object): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#end + done);
      done += bytesWritten;
    }
    this.#end += bytes.length;
  }
}

async function wholeFile(path: string, handle: FileHandle): Promise<Buffer> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw damaged(path, 'expected a file, found a device or a pipe');
  const chunks: Uint8Array[] = [];
  for await (const chunk of fileChunks({ path, handle, size: stats.size })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parse(path: string, text: string): SavedSearch {
  const [header, ...lines] = text
    .split('\n')
    .slice(0, -1)
    .map((line, i) => parseLine(path, line, i + 1));
  const { format, version, search, data, backend = '' } = header ?? {};
  if (format !== FORMAT) throw damaged(path, `expected ${describe(FORMAT)} for its format, found ${describe(format)}`);
  if (version !== VERSION) {
    const remedy = Number(version) > VERSION ? 'update this package' : 'start the search again';
    throw damaged(path, `expected version ${VERSION} of the file format, found ${describe(version)}: ${remedy}`);
  }
  if (typeof data !== 'string') throw damaged(path, `expected the hash of the data, found ${describe(data)}`);
  if (typeof backend !== 'string') throw damaged(path, `expected text for its backend, found ${describe(backend)}`);
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
    throw damaged(path, `line ${number} is not JSON: ${describe(line)}`, error);
  }
  throw damaged(path, `expected an object on line ${number}, found ${describe(line)}`);
}

function checkSearch(path: string, search: unknown): Search {
  try {
    return resolveSearch(search as Search);
  } catch (error) {
    throw damaged(path, `it does not describe a valid search: ${(error as Error).message}`, error);
  }
}

function checkResult(path: string, line: Record<string, unknown>, number: number): TrialResult {
  const settings = checkSettings(path, line.settings, number);
  const result = { ...line, settings };
  if (isTrialResult(result)) return result;
  throw damaged(path, `line ${number} is not the result of a trial, or was changed: ${describe(JSON.stringify(line))}`);
}

/** The settings of a result, with the defaults of those that the file leaves out. */
function checkSettings(path: string, settings: unknown, number: number): TrialSettings {
  try {
    return completeSettings(settings as Partial<TrialSettings>) as unknown as TrialSettings;
  } catch (error) {
    throw damaged(path, `line ${number} does not have valid settings: ${(error as Error).message}`, error);
  }
}

/** The search as a line holds it: without the parts of its space that are defaults. */
function searchLine(search: Search): object {
  const space = Object.entries(search.space).filter(
    ([name, choices]) =>
      isRange(choices) || choices.length > 1 || choices[0] !== entryOf(name as TrialSettingName).default,
  );
  return { ...search, space: Object.fromEntries(space) };
}

/** A hash of the rows, labels and means to train and to validate on: results belong to the data that they are from. */
export function fingerprint(data: Dataset | DatasetInput): string {
  return atOnce(hashing(data));
}

/** Numbers that are hashed between two looks at the clock. */
const PIECE = 1 << 18;

/** {@link fingerprint} in pieces. */
export function* hashing(data: Dataset | DatasetInput): Pieces<string> {
  const hash = createHash('sha256');
  const { train, validation } = Dataset.from(data);
  for (const part of [train, validation]) {
    if (!part) continue;
    const { X, y } = part;
    hash.update(`${rowClassOf(X.data).name} ${X.rows} ${X.columns}\n`);
    for (let begin = 0; begin < X.data.length; begin += PIECE) {
      hash.update(X.data.subarray(begin, begin + PIECE));
      yield;
    }
    if (X.mean) hash.update(X.mean);
    hash.update(Int32Array.from(y));
  }
  return hash.digest('hex');
}

function damaged(path: string, what: string, cause?: unknown): Error {
  return withCode(new Error(`Cannot continue the search in ${path}: ${what}`, { cause }), 'ERR_DATA_FILE');
}

function notWritable(path: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause;
  const why =
    cause.code === 'EEXIST'
      ? `the file exists; continue its search with --resume ${path}, or name another file`
      : cause.message;
  return withCode(new Error(`Cannot write the results to ${path}: ${why}`, { cause }), 'ERR_NOT_WRITABLE');
}
