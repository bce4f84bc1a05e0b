/** Finds CIFAR-10 and CIFAR-100 on the disk: as folders, or as the archives that are downloaded. */
import { basename, join } from 'node:path';
import { hasCode } from '../../../validation/kinds.js';
import { chunksAt, headOf, withDataFile } from '../../files/data-file.js';
import { isGzip, plainChunks } from '../../files/gzip.js';
import { inflatedHead } from '../../files/inflate.js';
import { tarredFiles } from '../../files/tar.js';
import { namesIn, whatIsAt } from '../../files/what-is-at.js';
import { CIFAR_VERSIONS, type CifarVersion, recordFiles } from './version.js';

/** Where a version of CIFAR-10 or CIFAR-100 is. */
export interface CifarPlace {
  readonly version: CifarVersion;
  readonly path: string;
  readonly kind: 'folder' | 'archive';
}

/**
 * CIFAR-10 or CIFAR-100 at `path`: an archive; or a folder with files of it, with the folder that an archive unpacks
 * to, or with an archive. Of several the one with the largest share of its files; a folder may lack some.
 *
 * @throws Error `ERR_DATA_FILE` when something is there and cannot be read
 */
export async function findCifar(path: string, id: CifarVersion['id']): Promise<CifarPlace | undefined> {
  const versions = CIFAR_VERSIONS.filter((version) => version.id === id);
  if ((await whatIsAt(path)) === 'file') {
    const version = await archivedIn(path);
    return version?.id === id ? { version, path, kind: 'archive' } : undefined;
  }
  const folder = await findCifarFolder(path, versions);
  if (folder) return folder;
  const names = await namesIn(path);
  const version = versions.find(({ archive }) => names.includes(archive));
  return version && { version, path: join(path, version.archive), kind: 'archive' };
}

/** The folder with the largest share of a version's files: `path` itself, or one in it. */
export async function findCifarFolder(
  path: string,
  versions: readonly CifarVersion[],
): Promise<CifarPlace | undefined> {
  let best: CifarPlace | undefined;
  let most = 0;
  for (const version of versions) {
    // If both have as many, the archive's own folder: a stand-in may have been written beside it earlier.
    for (const folder of [join(path, version.folder), path]) {
      const share = shareOf(version, folder, await namesIn(folder));
      if (share <= most) continue;
      most = share;
      best = { version, path: folder, kind: 'folder' };
    }
  }
  return best;
}

/** The files of CIFAR-10 or CIFAR-100 at `path`: those of records and of class names, or the archive. */
export async function cifarFiles(path: string, id: CifarVersion['id']): Promise<string[]> {
  const place = await findCifar(path, id);
  if (!place || place.kind === 'archive') return place ? [place.path] : [];
  const { version } = place;
  return [...recordFiles(version), version.names.fine, version.names.coarse].map((name) => join(place.path, name));
}

/** The share of a version's files of records that are among `names`. */
function shareOf(version: CifarVersion, folder: string, names: readonly string[]): number {
  const files = recordFiles(version);
  // The names of CIFAR-100's files may be those of other files: the class names are certain.
  const certain = version.id === 'cifar-10' || basename(folder) === version.folder;
  if (!certain && !names.includes(version.names.fine)) return 0;
  return files.filter((name) => names.includes(name)).length / files.length;
}

/** Bytes of a file in which the first header of an archive stands, even if they are compressed. */
const HEAD_BYTES = 4096;

/** Where a tar archive has the name of its format. */
const MAGIC_AT = 257;

/** The version that an archive holds, judged by the folder of its first file; undefined if none. */
async function archivedIn(path: string): Promise<CifarVersion | undefined> {
  const head = await withDataFile(path, (file) => headOf(file, HEAD_BYTES));
  const tar = Buffer.from(isGzip(head) ? await inflatedHead(head) : head);
  if (tar.toString('latin1', MAGIC_AT, MAGIC_AT + 5) !== 'ustar') return undefined;
  const folder = await folderOfFirst(path);
  return CIFAR_VERSIONS.find((version) => version.folder === folder);
}

/** The folder of the first file in an archive; undefined if it has none, or is damaged before. */
async function folderOfFirst(path: string): Promise<string | undefined> {
  try {
    for await (const { name } of tarredFiles(chunksAt(path, plainChunks), path))
      return /^(?:\.\/)?([^/]*)/.exec(name)?.[1];
  } catch (error) {
    if (!hasCode(error, 'ERR_DATA_FILE')) throw error;
  }
  return undefined;
}
