import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { reasonOf } from '../../platform/denied.js';
import { isSystemError } from '../../platform/replace-file.js';
import { dataFileError } from '../formats/data-file-error.js';
import { type DataFile, headOf, withDataFile } from './data-file.js';

/**
 * What is at `path`, behind symbolic links; `nothing` also stands for pipes and devices.
 *
 * @throws Error `ERR_DATA_FILE` when something is there but unreadable
 */
export async function whatIsAt(path: string): Promise<'file' | 'folder' | 'nothing'> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'nothing';
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return 'nothing';
    throw dataFileError(`Cannot read ${path}: ${reasonOf(error)}`, error);
  }
}

/** The names in the folder at `path`, sorted; none if there is no folder. */
export async function namesIn(path: string): Promise<string[]> {
  return (await entriesIn(path)).map(({ name }) => name).sort();
}

/**
 * What is in the folder at `path`; nothing if there is no folder.
 *
 * @throws Error `ERR_DATA_FILE` when a folder is there but unreadable
 */
export async function entriesIn(path: string): Promise<Dirent[]> {
  if ((await whatIsAt(path)) !== 'folder') return [];
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw dataFileError(`Cannot read the folder ${path}: ${reasonOf(error)}`, error);
  }
}

/** Whether a file is at `path` whose first bytes `accept` accepts. */
export async function fileBegins(
  path: string,
  count: number,
  accept: (head: Uint8Array, file: DataFile) => boolean | Promise<boolean>,
): Promise<boolean> {
  if ((await whatIsAt(path)) !== 'file') return false;
  return withDataFile(path, async (file) => accept(await headOf(file, count), file));
}
