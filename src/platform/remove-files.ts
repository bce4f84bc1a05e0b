import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes the files of a folder whose names have this form, as far as that is possible: what stays is in nobody's way.
 *
 * @param form - of the names that the caller gives to its own files
 */
export async function removeFiles(folder: string, form: RegExp): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (form.test(name)) await rm(join(folder, name), { force: true }).catch(() => {});
  }
}
