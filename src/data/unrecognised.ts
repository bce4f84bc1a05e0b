/** Says what is at a path where no data were found. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../platform/denied.js';
import { isSystemError } from '../platform/replace-file.js';
import { firstOf } from '../validation/errors.js';
import { withDataFile } from './files/data-file.js';
import { isOtherPictureName, otherKind } from './files/other-kind.js';
import { namesIn } from './files/what-is-at.js';
import { dataFileError } from './formats/data-file-error.js';
import { picturesWithoutClasses } from './formats/pictures.js';
import { whyNoTable } from './tables/open-table.js';

const READ =
  'Supported: tables (CSV, JSON, Parquet, Arrow), a folder of pictures per class, NumPy arrays, safetensors, ' +
  "MNIST's files, CIFAR-10 and CIFAR-100. See docs/data.md";

const DOWNLOAD = 'To get CIFAR-10, run two-layer-net data download cifar10';

/** The error for a path that no format recognises: what is there, then what is read. */
export async function unrecognised(path: string): Promise<Error> {
  return dataFileError(await sentences(path));
}

async function sentences(path: string): Promise<string> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return `${path} is a folder ${await folderWords(path)}`;
    if (!stats.isFile()) return `${path} is a device or a pipe, which is not supported: pass a file. ${READ}`;
    if (stats.size === 0) return `${path} is empty: pass a file with data. ${READ}`;
    return `${path} ${await fileWords(path)}`;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') return `Cannot read ${path}: ${reasonOf(error)}`;
    const folder = !/\.\w+$/.test(path);
    return `${path} does not exist: check the path. ${folder ? `${DOWNLOAD}. ` : ''}${READ}`;
  }
}

async function fileWords(path: string): Promise<string> {
  const other = await withDataFile(path, otherKind);
  if (other) return other;
  const single = await picturesWithoutClasses(path);
  if (single) return `is a picture. ${single}`;
  const why = await whyNoTable(path);
  return why ? `is text, but no table: ${why}` : `is not a supported kind of file. ${READ}`;
}

/** Names that are shown of a folder. */
const SHOWN = 5;

async function folderWords(path: string): Promise<string> {
  const names = (await readdir(path)).sort();
  if (names.length === 0) return `without files. ${DOWNLOAD}. ${READ}`;
  const flat = await picturesWithoutClasses(path);
  if (flat) return `of pictures. ${flat}`;
  const other = await otherPictureIn(path, names);
  if (other) return `of pictures such as ${other}, which are not supported: save them as PNG or JPEG`;
  return `without supported data; it has ${firstOf(names, SHOWN)}. ${DOWNLOAD}. ${READ}`;
}

/** A picture of another kind in a folder, or in a folder of it. */
async function otherPictureIn(path: string, names: readonly string[]): Promise<string | undefined> {
  const here = names.find(isOtherPictureName);
  if (here !== undefined) return here;
  for (const name of names.slice(0, SHOWN)) {
    const found = (await namesIn(join(path, name))).find(isOtherPictureName);
    if (found !== undefined) return join(name, found);
  }
  return undefined;
}
