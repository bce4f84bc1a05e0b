import type { Stats } from 'node:fs';
import {
  access,
  chmod,
  chown,
  constants,
  type FileHandle,
  open,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { withCode, wrongType } from '../validation/errors.js';
import { codeOf, isError } from '../validation/kinds.js';
import { deniedWords } from './denied.js';
import { shellWord } from './shell.js';
import { removeLeftovers, temporaryName } from './temporary-file.js';
import { type Chunks, writeToPipe } from './write-to-pipe.js';

/**
 * Checks in advance whether {@link replaceFile} can write `path`, so that nobody trains for an hour and then cannot
 * save. A temporary file is created in the folder and removed again, because permission bits say little for root and on
 * read-only mounts. Errors that only occur while writing, such as a full disk, are not detected.
 *
 * @throws Error `ERR_NOT_WRITABLE` with the reason and the remedy; TypeError `ERR_INVALID_TYPE` if `path` is not a
 * string
 */
export async function checkWritable(path: string): Promise<void> {
  checkPath(path);
  await explainFailure(path, async () => {
    const target = await findTarget(path);
    if (target.existing && !target.existing.isFile()) return;
    const temporary = temporaryName(target.file);
    try {
      await (await open(temporary, 'wx')).close();
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

/**
 * Writes these chunks (strings as UTF-8) to the file `path`, completely or not at all: they are written to a temporary
 * file in the same folder, which is flushed to the disk and then renamed to `path`; then the folder is flushed too.
 * After a failure the old file is unchanged and the temporary file is removed; what a process left that was killed is
 * removed here, by the next one. A symbolic link is kept, and the file it points to is replaced. An existing file keeps
 * its permissions, and its owner if the system allows it; nobody may read the temporary file who may not read the old
 * one. A pipe or a device (`/dev/null`) cannot be replaced and is written to directly.
 *
 * @param chunks - written in order; an error of their iterator is passed on unchanged
 * @param rescue - called after a failure with the temporary file, as far as it was written, before that is removed
 * @throws Error `ERR_NOT_WRITABLE` with the reason and the remedy; TypeError `ERR_INVALID_TYPE` if `path` is not a
 * string
 */
export async function replaceFile(
  path: string,
  chunks: Chunks,
  rescue?: (temporary: string, error: unknown) => Promise<void>,
): Promise<void> {
  checkPath(path);
  await explainFailure(path, async () => {
    const target = await findTarget(path);
    if (target.existing && !target.existing.isFile()) {
      await writeToPipe(target.file, chunks);
      return;
    }
    await removeLeftovers(target.file);
    const temporary = temporaryName(target.file);
    // A new file has the permissions that the system gives to new files, from the start.
    const handle = await open(temporary, 'wx', target.existing ? 0o600 : 0o666);
    try {
      await writeAndClose(handle, chunks, async () => {
        if (target.existing) await keepOwnerAndMode(handle, temporary, target.existing);
        await handle.sync();
      });
      await rename(temporary, target.file);
    } catch (error) {
      try {
        await rescue?.(temporary, error);
      } finally {
        // The first error is reported, even if removing the temporary file fails too.
        await rm(temporary, { force: true }).catch(() => {});
      }
      throw error;
    }
    await syncFolder(dirname(target.file));
  });
}

/** Flushes a folder to the disk, so that the names in it survive a power failure, where the system can do that. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    if (!(isSystemError(error) && CANNOT_SYNC.includes(error.code ?? ''))) throw error;
  } finally {
    await handle?.close();
  }
}

/** What systems say that cannot open folders, as Windows, or not flush them; and of one that may not be read. */
const CANNOT_SYNC: readonly string[] = ['EINVAL', 'EISDIR', 'ENOTSUP', 'ENOSYS', 'EBADF', 'EACCES', 'EPERM'];

/**
 * A path must be a non-empty string.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function checkPath(path: unknown): void {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return;
  throw wrongType('the path of a file, as a string,', path);
}

/** The file that a path of the user leads to. */
export interface Target {
  /** The path behind symbolic links. */
  readonly file: string;
  /** What exists there now, if anything. */
  readonly existing: Stats | undefined;
}

export async function findTarget(path: string): Promise<Target> {
  if (path.endsWith('/') || path.endsWith(sep)) throw notWritable(path, 'it names a folder; add the name of a file');
  const existing = await unlessMissing(stat(path));
  if (existing === undefined) return { file: await findMissing(path), existing };
  if (existing.isDirectory()) throw notWritable(path, 'it is a folder; add the name of a file');
  const found = async () => {
    // A rename would replace a write-protected file silently.
    await access(path, constants.W_OK);
    // The real path of a pipe (/dev/fd/63) cannot be opened.
    return existing.isFile() ? realpath(path) : path;
  };
  const file = await unlessMissing(found());
  // It may have been removed meanwhile.
  return file === undefined ? { file: await findMissing(path), existing: undefined } : { file, existing };
}

/** The path at which a file that does not exist will be created: at the end of dangling links, in a real folder. */
async function findMissing(path: string): Promise<string> {
  let file = path;
  // stat() has rejected circular links, so this loop ends; the limit is for links that change meanwhile.
  for (let hops = 0; hops < 40; hops++) {
    const folder = await unlessMissing(realpath(dirname(file)));
    if (folder === undefined) {
      const missing = dirname(file);
      throw notWritable(path, `the folder ${missing} does not exist; create it first: mkdir -p ${shellWord(missing)}`);
    }
    file = join(folder, basename(file));
    const link = await readlink(file).catch(() => undefined);
    if (link === undefined) return file;
    file = resolve(folder, link);
  }
  throw notWritable(path, REASONS.ELOOP);
}

/** The result of `found`, or undefined if the file does not exist. */
async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeAndClose(
  handle: FileHandle,
  chunks: Chunks,
  beforeClose: () => Promise<void> = async () => {},
): Promise<void> {
  try {
    // On a handle, writeFile continues where the last one ended.
    for await (const chunk of chunks) await handle.writeFile(chunk);
    await beforeClose();
  } finally {
    await handle.close();
  }
}

async function keepOwnerAndMode(handle: FileHandle, path: string, existing: Stats): Promise<void> {
  // Only root may change the owner; for others the new file is their own, like any file they write, and the group stays
  // if it is one of theirs. This comes before chmod because chown clears permission bits.
  // Under its permission model, Node changes no file by its handle, but does by its path.
  const own = (user: number) => handle.chown(user, existing.gid).catch(() => chown(path, user, existing.gid));
  await own(existing.uid).catch(() => own(-1).catch(() => {}));
  const mode = existing.mode & 0o777;
  await handle.chmod(mode).catch((error) => {
    if (codeOf(error) !== 'ERR_ACCESS_DENIED') throw error;
    return chmod(path, mode);
  });
}

/** The reason for a system error and what to do, by its code. */
const REASONS = {
  EACCES: 'permission denied; choose a file and a folder that you may write to',
  EPERM: 'the system does not permit it; choose another file or folder',
  EROFS: 'the file system is read-only; choose another folder',
  EIO: 'the device reports an error; check the disk, or choose another folder',
  ENOSPC: 'no space is left on the device; free some, or choose another folder',
  EDQUOT: 'the disk quota is used up; free some space, or choose another folder',
  ENOENT: 'its folder was removed or does not accept new files; choose another folder',
  ENOTDIR: 'a part of the path is a file where a folder is needed; correct the path',
  ENAMETOOLONG: 'the name is longer than the file system allows; choose a shorter one',
  ELOOP: 'its symbolic links are circular; choose another path',
  ENXIO: 'nothing reads from it; start the reader of a pipe before its writer',
  EAGAIN: 'the reader of this pipe has stopped reading; write to a file instead',
  EPIPE: 'the reader of this pipe has ended; write to a file instead',
  EISDIR: 'it is a folder; add the name of a file',
  EMFILE: 'this process has too many open files; close some, or raise their limit with ulimit -n',
  ENFILE: 'the system has too many open files; close some',
  ERR_ACCESS_DENIED: deniedWords('--allow-fs-write'),
  EBUSY: 'it is in use (a mount point?); choose another name',
} as const;

/**
 * Runs `action`, which writes to `path`, and explains the errors of the system.
 *
 * @throws Error `ERR_NOT_WRITABLE` with the reason and the remedy
 */
export async function explainFailure<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw explained(path, error);
  }
}

/** An error of the system as `ERR_NOT_WRITABLE`, with the reason and the remedy; others are returned unchanged. */
export function explained(path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const reason = Object.entries(REASONS).find(([code]) => code === error.code)?.[1];
  return notWritable(path, reason ? `${reason} (${error.code})` : error.message, error);
}

function notWritable(path: string, reason: string, cause?: Error): Error {
  const message = `Cannot write ${path}: ${reason}`;
  return withCode(cause ? new Error(message, { cause }) : new Error(message), 'ERR_NOT_WRITABLE');
}

/** Whether `error` comes from the operating system; all others are programming errors and passed on unchanged. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  // What Node's permission model refuses never reaches the system.
  return isError(error) && ('syscall' in error || codeOf(error) === 'ERR_ACCESS_DENIED');
}
