/** Keeps two programs from writing to one file, each over what the other has written. */
import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { withCode } from '../validation/errors.js';
import { parseJson } from './parse-json.js';
import { isRunning, ownMark, type ProcessMark } from './process-mark.js';
import { checkPath, explainFailure, findTarget, isSystemError } from './replace-file.js';
import { removeLeftovers, temporaryName } from './temporary-file.js';

/*
 * The lock of FILE is the file FILE.lock, of JSON: a LockOwner. It appears whole, as a hard link to a temporary file,
 * which fails if there is one already. It goes when its owner releases it; what a dead owner left is taken over:
 *
 *   1. Whoever finds the owner of FILE.lock dead, whose token is T, makes FILE.lock.T, in the same way. Only one can.
 *   2. If FILE.lock still is that of T, it owns the lock now. If not, somebody was faster, and it begins anew.
 *   3. It renames FILE.lock.T to FILE.lock. If it dies before that, step 1 is done with FILE.lock.T as FILE.lock.
 *
 * Alternatives: a lock of the system, as flock() gives, needs the addon; one whose time runs out unless its owner
 * refreshes it, as of the package proper-lockfile, is lost when a machine sleeps or a program is stopped for a while.
 * Such a time counts here only for owners that cannot be looked for: on other machines, in other containers, and in a
 * Worker, which can end without its process.
 */

/** What a lock says of its owner. */
interface LockOwner extends ProcessMark {
  /** Different for each lock. */
  readonly token: string;
  readonly thread: number;
  readonly host: string;
}

/** A lock that was found, with its owner. */
interface FoundLock {
  readonly path: string;
  readonly owner: LockOwner;
  /** When its owner last refreshed it. */
  readonly mtimeMs: number;
}

/** Milliseconds between two signs of life, and without any after which an owner counts as dead that must give some. */
const BEAT = 10_000;
const SILENCE = 60_000;

/** A file that belongs to one program until it is released, or the program ends in whatever way. */
export class FileLock {
  readonly #path: string;
  readonly #token: string;
  readonly #timer: NodeJS.Timeout;

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
    this.#timer = setInterval(() => void refresh(path), BEAT).unref();
  }

  /**
   * Takes the lock of a file, which need not exist.
   *
   * @throws (as a rejection) Error `ERR_LOCKED` when another training or search has it, which names the process;
   * `ERR_NOT_WRITABLE`; TypeError `ERR_INVALID_TYPE` if `file` is not a string
   */
  static async take(file: string): Promise<FileLock> {
    checkPath(file);
    return explainFailure(file, async () => {
      const path = `${(await findTarget(file)).file}.lock`;
      await removeLeftovers(path);
      const owner = { ...ownMark(), token: randomBytes(8).toString('hex'), thread: threadId, host: hostname() };
      const temporary = temporaryName(path);
      try {
        const handle = await open(temporary, 'wx');
        await handle.writeFile(`${JSON.stringify(owner)}\n`).finally(() => handle.close());
        while (!(await tryToTake(file, path, temporary)));
      } finally {
        await rm(temporary, { force: true });
      }
      return new FileLock(path, owner.token);
    });
  }

  /** Gives the lock up. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    // One that cannot be read is taken to be this one.
    const token = await read(this.#path).then(
      (found) => found?.owner.token,
      () => this.#token,
    );
    if (token === this.#token) await rm(this.#path, { force: true }).catch(() => {});
  }
}

/** Takes the lock, or returns false if it changed meanwhile. */
async function tryToTake(file: string, path: string, temporary: string): Promise<boolean> {
  const chain = await readChain(path);
  const last = chain.at(-1);
  if (!last) return linked(temporary, path);
  const now = (await stat(temporary)).mtimeMs;
  if (isHeld(last, now)) throw locked(file, path, last);
  const next = `${path}.${last.owner.token}`;
  if (!(await linked(temporary, next))) return false;
  if ((await read(path))?.owner.token !== chain[0].owner.token) {
    await rm(next, { force: true });
    return false;
  }
  await rename(next, path);
  for (const passed of chain.slice(1)) await rm(passed.path, { force: true });
  await removeStrays(path, now);
  return true;
}

/** Removes what processes left that died while they took over this lock, or one before it. */
async function removeStrays(path: string, now: number): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]+$/.test(name.slice(prefix.length))) continue;
    const found = await read(join(dirname(path), name));
    if (found && !isHeld(found, now)) await rm(found.path, { force: true }).catch(() => {});
  }
}

/** The lock at `path`, and those by which others have begun to take it over, of which the last counts. */
async function readChain(path: string): Promise<FoundLock[]> {
  const chain: FoundLock[] = [];
  for (let found = await read(path); found; found = await read(`${path}.${found.owner.token}`)) chain.push(found);
  return chain;
}

/** Makes a hard link; false if there is such a file already. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'EEXIST') return false;
    // Some file systems have no hard links. There, a lock may be read before it is written: see `read`.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(error.code ?? '')) throw error;
  }
  try {
    const handle = await open(to, 'wx');
    await handle.writeFile(await readFile(from)).finally(() => handle.close());
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Reads a lock; undefined if there is none. */
async function read(path: string): Promise<FoundLock | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const { mtimeMs, ino } = await handle.stat();
      return { path, owner: parse(await handle.readFile('utf8'), `${ino}`), mtimeMs };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The owner that a lock names. One that cannot be read is being written, or somebody has damaged it. */
function parse(text: string, otherwise: string): LockOwner {
  const unknown = { pid: '?', started: '?', place: '?', token: otherwise, thread: 0, host: '?' };
  try {
    const owner: unknown = parseJson(text);
    if (typeof owner !== 'object' || owner === null) return unknown;
    const { pid, started, place, token, thread, host } = owner as Record<keyof LockOwner, unknown>;
    if (typeof token !== 'string' || !/^[0-9a-f]{16}$/.test(token)) return unknown;
    const [name, number] = [String(host), Number(thread)];
    return { pid: String(pid), started: String(started), place: String(place), token, thread: number, host: name };
  } catch {
    return unknown;
  }
}

/** @param now - the time by the clock of the file system, which may be another machine's */
function isHeld({ owner, mtimeMs }: FoundLock, now: number): boolean {
  const running = isRunning(owner);
  if (running === false) return false;
  const mustBeat = running === undefined || owner.thread !== 0;
  return !mustBeat || now - mtimeMs < SILENCE;
}

/** Gives a sign of life. What is written is what stands there already. */
async function refresh(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r+');
    await handle.write('{', 0).finally(() => handle.close());
  } catch {
    // The next one may succeed.
  }
}

function locked(file: string, path: string, { owner }: FoundLock): Error {
  const { pid, host, place } = owner;
  const here = place === ownMark().place;
  const who = here && pid === ownMark().pid ? `this process (${pid})` : `process ${pid}${here ? '' : ` on ${host}`}`;
  const ended = here ? '' : `; if it has ended, this is noticed within a minute`;
  return withCode(
    new Error(
      `Cannot write ${file}: ${who} has a training or a search that writes to it, as ${path} says: ` +
        `wait until it ends, or name another file${ended}`,
    ),
    'ERR_LOCKED',
  );
}
