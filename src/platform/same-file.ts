/** Whether two paths lead to one file, so that nothing is written over what is read or written elsewhere. */
import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** More links in a row than any system follows. */
const MOST_LINKS = 40;

/**
 * A text that two paths have in common only if they lead to one file: through symbolic links, as another hard link, or,
 * if there is no file yet, because it would be created at one place.
 */
export async function identityOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  // Several names may lead to one device or pipe, and each may be written to.
  return found?.isFile() ? `file ${found.dev} ${found.ino}` : `path ${await placeOf(path)}`;
}

/** Where a file is, or would be created: at the end of dangling links, in a real folder. */
async function placeOf(path: string): Promise<string> {
  let place = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    const folder = await realpath(dirname(place)).catch(() => dirname(place));
    place = join(folder, basename(place));
    const link = await readlink(place).catch(() => undefined);
    if (link === undefined) break;
    place = resolve(folder, link);
  }
  return place;
}
