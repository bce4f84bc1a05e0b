/**
 * Folders with their missing parents. Not by Node's `recursive` option, which tries for ever where the system says that
 * a folder's parent does not exist although it does: in /proc, for one.
 */
import { mkdirSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withCode } from '../validation/errors.js';
import { codeOf } from '../validation/kinds.js';
import { reasonOf } from './denied.js';
import { checkPath, isSystemError } from './replace-file.js';

/**
 * Creates a folder and any missing parent folders.
 *
 * @throws (as a rejection) Error `ERR_NOT_WRITABLE`
 */
export async function makeFolder(folder: string): Promise<void> {
  checkPath(folder);
  try {
    await makeWithParents(folder);
  } catch (error) {
    throw notMade(folder, error);
  }
}

/** As {@link makeFolder}, before it returns. */
export function makeFolderSync(folder: string): void {
  checkPath(folder);
  try {
    makeWithParentsSync(folder);
  } catch (error) {
    throw notMade(folder, error);
  }
}

async function makeWithParents(folder: string): Promise<void> {
  const failure = await mkdir(folder).catch((error: unknown) => error);
  if (failure === undefined || isThere(folder, failure)) return;
  if (!lacksParent(folder, failure)) throw failure;
  await makeWithParents(dirname(folder));
  await mkdir(folder).catch((error: unknown) => unlessThere(folder, error));
}

function makeWithParentsSync(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (failure) {
    if (isThere(folder, failure)) return;
    if (!lacksParent(folder, failure)) throw failure;
    makeWithParentsSync(dirname(folder));
    try {
      mkdirSync(folder);
    } catch (error) {
      unlessThere(folder, error);
    }
  }
}

/** Whether a folder could not be made because there was none to make it in, as the system says. */
function lacksParent(folder: string, failure: unknown): boolean {
  return codeOf(failure) === 'ENOENT' && dirname(folder) !== folder;
}

/** Another program may have made the folder meanwhile. */
function unlessThere(folder: string, failure: unknown): void {
  if (!isThere(folder, failure)) throw failure;
}

/** Whether a folder could not be made because there is one. */
function isThere(folder: string, failure: unknown): boolean {
  if (codeOf(failure) === 'ERR_ACCESS_DENIED') return false;
  try {
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    // Node's permission model does not let the program look; if it is a file, the next step says so.
    return codeOf(failure) === 'EEXIST' && codeOf(error) === 'ERR_ACCESS_DENIED';
  }
}

function notMade(folder: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const reason =
    error.code === 'EEXIST' || error.code === 'ENOTDIR'
      ? 'a file exists where a folder is needed'
      : reasonOf(error, '--allow-fs-write');
  return withCode(new Error(`Cannot create the folder ${folder}: ${reason}`, { cause: error }), 'ERR_NOT_WRITABLE');
}
