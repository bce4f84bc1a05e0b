import { readdir, stat } from 'node:fs/promises';
import { checkPath, isSystemError } from '../platform/replace-file.js';
import { checkOneOf, checkOptions } from '../validation/check.js';
import { withCode } from '../validation/errors.js';
import type { Dataset } from './dataset.js';
import { CIFAR10 } from './formats/cifar10.js';
import { CIFAR100 } from './formats/cifar100.js';
import type { DatasetFormat, DatasetFormatId, LoadDatasetOptions } from './formats/format.js';
import { IDX } from './formats/idx.js';
import { NPY } from './formats/npy.js';
import { NPZ } from './formats/npz.js';
import { PICTURES } from './formats/pictures.js';
import { SAFETENSORS } from './formats/safetensors.js';
import { TABLE } from './formats/table.js';
import { parseSize } from './pictures/picture-size.js';
import { checkTableOptions, DELIMITED_OPTIONS, TABLE_OPTIONS } from './tables/table-options.js';

/** The formats, in the order in which they are tried. To add one: a file in formats/ and its name here. */
export const FORMATS: readonly DatasetFormat[] = [CIFAR10, CIFAR100, IDX, NPZ, NPY, SAFETENSORS, PICTURES, TABLE];

const OPTIONS = ['format', 'fullTest', 'labels', 'resize', 'test', ...TABLE_OPTIONS, ...DELIMITED_OPTIONS] as const;

/**
 * Reads a data set in any format that this package knows; the format is chosen by what is at `path`, unless
 * the option `format` names one.
 *
 * @param path - a file or a folder
 * @throws (as a rejection) Error `ERR_DATA_FILE` when no format recognises what is there, with what was found and the
 * formats that are known, or when the data are damaged; TypeError for wrong arguments
 */
export async function loadDataset(path: string, options: LoadDatasetOptions = {}): Promise<Dataset> {
  checkPath(path);
  checkOptions(options, 'the options of loadDataset', OPTIONS);
  if (options.labels !== undefined) checkOneOf(options.labels, 'labels', ['fine', 'coarse']);
  if (options.resize !== undefined) parseSize(options.resize, 'resize');
  checkTableOptions(options);
  const format = options.format === undefined ? await findFormat(path) : formatNamed(options.format);
  if (format) return format.load(path, options);
  throw await unrecognised(path);
}

/** The ids of the formats, in the order in which they are tried. */
export function formatIds(): DatasetFormatId[] {
  return FORMATS.map(({ id }) => id);
}

/**
 * The format that the option `format` names.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function formatNamed(id: DatasetFormatId): DatasetFormat | undefined {
  checkOneOf(id, 'format', formatIds());
  return FORMATS.find((format) => format.id === id);
}

/** The format of what is at `path`; undefined when none recognises it. */
export async function findFormat(path: string): Promise<DatasetFormat | undefined> {
  for (const format of FORMATS) if (await format.recognises(path)) return format;
  return undefined;
}

/** The error for a path that no format recognises. */
export async function unrecognised(path: string): Promise<Error> {
  const known = FORMATS.map(({ name, looks }) => `${name} (${looks})`).join(', or ');
  const sentences = [`Expected a data set at ${path}: ${known}; but found ${await contentsOf(path)}`];
  const similar = await Promise.all(FORMATS.map((format) => format.lookAlike?.(path)));
  const hint = similar.findIndex((text) => text !== undefined);
  // A format that the path resembles is the one that was meant.
  const meant = hint < 0 ? FORMATS : [FORMATS[hint]];
  for (const text of [similar[hint], ...meant.map(({ remedy }) => remedy)])
    if (text !== undefined) sentences.push(text);
  return withCode(new Error(sentences.join('. ')), 'ERR_DATA_FILE');
}

/** Names that are shown of a folder. */
const SHOWN = 5;

/** What is at `path`, in words. */
async function contentsOf(path: string): Promise<string> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return `a file of ${stats.size} bytes`;
    if (!stats.isDirectory()) return 'a device or a pipe';
    const names = (await readdir(path)).sort();
    if (names.length === 0) return 'an empty folder';
    return `a folder with ${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ', …' : ''}`;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.code === 'ENOENT' || error.code === 'ENOTDIR'
      ? 'nothing there'
      : `something unreadable: ${error.message}`;
  }
}
