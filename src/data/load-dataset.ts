import { checkPath } from '../platform/replace-file.js';
import { checkOneOf, checkOptions } from '../validation/check.js';
import type { Dataset } from './dataset.js';
import { doesNotApply } from './does-not-apply.js';
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
import { isText } from './tables/open-table.js';
import { checkTableOptions, DELIMITED_OPTIONS, TABLE_OPTIONS } from './tables/table-options.js';
import { unrecognised } from './unrecognised.js';

/** The formats, in the order in which they are tried. To add one: a file in formats/ and its name here. */
export const FORMATS: readonly DatasetFormat[] = [CIFAR10, CIFAR100, IDX, NPZ, NPY, SAFETENSORS, PICTURES, TABLE];

const OPTIONS = ['format', 'fullTest', 'labels', 'resize', 'test', ...TABLE_OPTIONS, ...DELIMITED_OPTIONS] as const;

/**
 * Reads a data set in any format that this package knows; the format is chosen by what is at `path`, unless
 * the option `format` names one.
 *
 * @param path - a file or a folder
 * @throws (as a rejection) Error `ERR_DATA_FILE` when no format recognises what is there, with what is
 * there and what is read, or when the data are damaged; TypeError
 * for wrong arguments, `ERR_CONFLICT` for options that do not concern data of this format
 */
export async function loadDataset(path: string, options: LoadDatasetOptions = {}): Promise<Dataset> {
  checkPath(path);
  checkOptions(options, 'the options of loadDataset', OPTIONS);
  if (options.labels !== undefined) checkOneOf(options.labels, 'labels', ['fine', 'coarse']);
  if (options.resize !== undefined) parseSize(options.resize, 'resize');
  checkTableOptions(options);
  const format = options.format === undefined ? await formatAt(path, options) : formatNamed(options.format);
  if (format) {
    checkApplies(path, format, options);
    return format.load(path, options);
  }
  throw await unrecognised(path);
}

/** The format of what is at `path`. Text whose delimiter is named is a table, even if it does not look like one. */
async function formatAt(path: string, { delimiter }: LoadDatasetOptions): Promise<DatasetFormat | undefined> {
  const format = await findFormat(path);
  return format ?? (delimiter !== undefined && (await isText(path)) ? TABLE : undefined);
}

/**
 * Checks that all options that are given concern data of a format.
 *
 * @param what - the path of the data, or what they are called
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkApplies(what: string, format: DatasetFormat, options: LoadDatasetOptions): void {
  for (const key of Object.keys(options) as (keyof LoadDatasetOptions)[]) {
    const asks = options[key] !== undefined && !(key === 'fullTest' && options.fullTest === false);
    if (!asks || key === 'format' || format.options.includes(key)) continue;
    const names = FORMATS.filter((other) => other.options.includes(key)).map(({ name }) => name);
    throw doesNotApply(key, names.join(' or '), what, format.name);
  }
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
