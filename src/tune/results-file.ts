/** A search's results on disk, each written as soon as it is known, so that an interrupted search can continue. */
import { createHash } from 'node:crypto';
import { constants, type FileHandle, open, stat } from 'node:fs/promises';
import { Dataset, type DatasetInput } from '../data/dataset.js';
import { fileChunks } from '../data/files/data-file.js';
import { repeatedKey } from '../data/files/repeated-key.js';
import { reasonOf } from '../platform/denied.js';
import { FileLock } from '../platform/file-lock.js';
import { hashBytes } from '../platform/hash-bytes.js';
import { LineFile } from '../platform/line-file.js';
import { parseJson } from '../platform/parse-json.js';
import { checkPath, isSystemError, replaceFile } from '../platform/replace-file.js';
import { shellWord } from '../platform/shell.js';
import { atOnce, type Pieces } from '../platform/turns.js';
import { entryOf } from '../training/settings.js';
import { describe, withCode, wrongType } from '../validation/errors.js';
import { messageOf } from '../validation/kinds.js';
import { rowClassOf } from '../validation/typed-arrays.js';
import { flawOf } from './earlier.js';
import { resolveSearch, type Search } from './search.js';
import { checkHeader, type SearchHeader } from './search-header.js';
import { isRange, type TrialSettingName, type TrialSettings } from './settings.js';
import type { TrialResult } from './trial.js';
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
 * the space of the search: a setting that is added later has its default in the files written before. A last line
 * without a newline was being written when the program ended, or the disk was full: if it is a whole result, it counts.
 */
const FORMAT = 'two-layer-net sweep';
const VERSION = 2;

/** The content of a results file. */
export interface SavedSearch extends SearchHeader {
  readonly results: readonly TrialResult[];
}

/** A results file that is continued. */
export interface ResumedSearch {
  readonly file: ResultsFile;
  readonly saved: SavedSearch;
  /** The last line, if it was not written completely: its trial has to run again. Otherwise undefined. */
  readonly dropped: string | undefined;
}

/**
 * An open results file. It belongs to this process until it is closed: a second one is refused. What was added is on
 * the disk when the promise of {@link ResultsFile.add} is resolved, and survives a power failure.
 */
export class ResultsFile {
  readonly #lines: LineFile;

  private constructor(path: string, handle: FileHandle, lock: FileLock, end: number) {
    this.#lines = new LineFile(handle, lock, end, (error) => notWritable(path, error));
  }

  /**
   * Creates a file. It must not exist yet, so that no results are overwritten.
   *
   * @throws Error `ERR_NOT_WRITABLE`; `ERR_LOCKED` when another search has it; TypeError or RangeError for a header
   * that {@link resume} would not read
   */
  static async create(path: string, header: SearchHeader): Promise<ResultsFile> {
    checkPath(path);
    const { search, ...rest } = checkHeader(header);
    return locked(path, async (lock) => {
      if (await exists(path)) throw existsAlready(path);
      const line = bytesOf({ format: FORMAT, version: VERSION, ...rest, search: searchLine(search) });
      await replaceFile(path, [line]);
      return new ResultsFile(path, await open(path, 'r+'), lock, line.length);
    });
  }

  /**
   * Opens a file to continue, and reads its content.
   *
   * @throws Error `ERR_DATA_FILE` if it is missing, damaged or not a results file; `ERR_NOT_WRITABLE`; `ERR_LOCKED`
   * when another search has it
   */
  static async resume(path: string): Promise<ResumedSearch> {
    if (!(await exists(path))) {
      throw damaged(path, 'the file does not exist; to start a new search, leave out --resume');
    }
    return locked(path, async (lock) => {
      // Without O_NONBLOCK (which Windows lacks) opening some devices would wait.
      const handle = await open(path, constants.O_RDWR | (constants.O_NONBLOCK ?? 0));
      try {
        const bytes = await wholeFile(path, handle);
        const whole = bytes.lastIndexOf('\n') + 1;
        const saved = parse(path, bytes.subarray(0, whole).toString('utf8'));
        const rest = bytes.subarray(whole).toString('utf8');
        const last = wholeResult(path, rest);
        if (last) await handle.write('\n', bytes.length);
        else await handle.truncate(whole);
        const file = new ResultsFile(path, handle, lock, last ? bytes.length + 1 : whole);
        if (last) return { file, saved: { ...saved, results: [...saved.results, last] }, dropped: undefined };
        return { file, saved, dropped: rest === '' ? undefined : rest };
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  /**
   * Writes a result, after those added before. One that cannot be written is skipped.
   *
   * @param onFailure - called with the error `ERR_NOT_WRITABLE` of the first result that could not be written
   * @returns a promise that is resolved when the result is on the disk, or was skipped and `onFailure` is done
   * @throws (as a rejection) what `onFailure` throws, or rejects with; TypeError `ERR_INVALID_TYPE` for something else
   * than a result
   */
  async add(result: TrialResult, onFailure: (error: unknown) => unknown = () => {}): Promise<void> {
    const flaw = flawOf(result);
    if (flaw !== undefined) throw wrongType('the result of a trial', result, `: ${flaw}`);
    if (typeof onFailure !== 'function') throw wrongType('a function for onFailure', onFailure);
    // The first line says what all results are from.
    const { data: _, ...line } = result;
    return this.#lines.add(bytesOf({ ...line, settings: changedSettings(result.settings) }), onFailure);
  }

  /**
   * Waits until everything is on the disk, and gives the file up to others.
   *
   * @throws Error `ERR_NOT_WRITABLE` if a result could not be written
   */
  async close(): Promise<void> {
    await this.#lines.close();
  }
}

function bytesOf(line: object): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** Opens a file while its lock is held; the lock stays with what `action` returns. */
async function locked<T>(path: string, action: (lock: FileLock) => Promise<T>): Promise<T> {
  let lock: FileLock | undefined;
  try {
    lock = await FileLock.take(path);
    return await action(lock);
  } catch (error) {
    await lock?.release();
    throw notWritable(path, error);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return false;
    throw notWritable(path, error);
  }
}

/** The result in a line that lacks nothing but its newline; undefined if it lacks more. */
function wholeResult(path: string, line: string): TrialResult | undefined {
  try {
    return checkResult(path, parseLine(path, line, 0), 0);
  } catch {
    return undefined;
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
    const value: unknown = parseJson(line);
    const twice = repeatedKey(line);
    if (typeof value === 'object' && value !== null && twice === undefined) return value as Record<string, unknown>;
  } catch (error) {
    const remedy = number > 1 ? '; delete it, and its trial will run again' : '';
    throw damaged(path, `line ${number} is not JSON: ${describe(line)} (${messageOf(error)})${remedy}`, error);
  }
  throw damaged(path, `expected an object with different keys on line ${number}, found ${describe(line)}`);
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
  const flaw = flawOf(result);
  if (flaw === undefined) return result as unknown as TrialResult;
  throw damaged(path, `line ${number} is not the result of a trial, or was changed: ${flaw}`);
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

/** Labels that are converted between two looks at the clock. */
const LABELS = 1 << 16;

/** {@link fingerprint} in pieces. */
export function* hashing(data: Dataset | DatasetInput): Pieces<string> {
  const hash = createHash('sha256');
  const { train, validation } = Dataset.from(data);
  for (const part of [train, validation]) {
    if (!part) continue;
    const { X, y } = part;
    hash.update(`${rowClassOf(X.data).name} ${X.rows} ${X.columns}\n`);
    yield* hashBytes(hash, X.data);
    if (X.mean) hash.update(X.mean);
    for (let begin = 0; begin < y.length; begin += LABELS) {
      hash.update(Int32Array.from(y.subarray(begin, begin + LABELS)));
      yield;
    }
  }
  return hash.digest('hex');
}

function damaged(path: string, what: string, cause?: unknown): Error {
  return withCode(new Error(`Cannot continue the search in ${path}: ${what}`, { cause }), 'ERR_DATA_FILE');
}

function notWritable(path: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause;
  const message = `Cannot write the results to ${path}: ${reasonOf(cause, '--allow-fs-write')}`;
  return withCode(new Error(message, { cause }), 'ERR_NOT_WRITABLE');
}

function existsAlready(path: string): Error {
  const message = `Cannot write the results to ${path}: the file exists; continue its search with --resume`;
  return withCode(new Error(`${message} ${shellWord(path)}, or name another file`), 'ERR_NOT_WRITABLE');
}
