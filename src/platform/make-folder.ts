import { mkdir } from 'node:fs/promises';
import { withCode } from '../validation/errors.js';
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
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const reason =
      error.code === 'EEXIST' || error.code === 'ENOTDIR'
        ? 'a file exists where a folder is needed'
        : reasonOf(error, '--allow-fs-write');
    throw withCode(new Error(`Cannot create the folder ${folder}: ${reason}`, { cause: error }), 'ERR_NOT_WRITABLE');
  }
}
