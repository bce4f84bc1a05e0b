import { checkOptions } from '../../validation/check.js';
import { wrongType } from '../../validation/errors.js';
import type { Dataset } from '../dataset.js';
import { namesIn, whatIsAt } from '../files/what-is-at.js';
import { joinRows } from '../join-rows.js';
import { loadCifar } from './cifar/load.js';
import { type CifarPlace, cifarFiles, findCifar, findCifarFolder } from './cifar/place.js';
import { CIFAR_VERSIONS, recordFiles } from './cifar/version.js';
import { type Cifar10Dataset, checkFullTest } from './cifar10-dataset.js';
import { RECORD_FILES } from './cifar10-layout.js';
import { dataFileError } from './data-file-error.js';
import type { DatasetFormat, UnlabelledRows } from './format.js';

/** @see loadCifar10 */
export interface LoadCifar10Options {
  /**
   * All 10 000 test pictures instead of the first 1000, which CS231n and the article use.
   *
   * @defaultValue false
   */
  fullTest?: boolean;
}

/** CIFAR-10's plain records, which the synthetic data are written as. */
const [BINARY] = CIFAR_VERSIONS;

/** The folder that the official archive unpacks to. */
const ARCHIVE_FOLDER = BINARY.folder;

const STANDARD_CLASS_NAMES: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

const REMEDY =
  'Download it with two-layer-net data download cifar10 DIR, or draw a synthetic stand-in with two-layer-net data ' +
  'synthetic DIR';

/**
 * Reads CIFAR-10 (its binary or its Python version, or what `writeSyntheticCifar10` wrote) and splits it as CS231n
 * does. Bytes stay bytes: it uses 157 MB of memory, 184 MB with `fullTest`, and one file more of the Python version.
 *
 * @param path - the archive as it is downloaded, or the folder that it unpacks to, or the one that contains either. The
 * binary version is `data_batch_1.bin` … `data_batch_5.bin` and `test_batch.bin`. Class names come from
 * `batches.meta.txt` or `batches.meta` beside these files; without them they are the standard ten.
 * @throws Error `ERR_DATA_FILE` when the folder or one of the files is missing, unreadable, of another size, damaged,
 * or holds a label above 9; TypeError `ERR_INVALID_TYPE` or `ERR_UNKNOWN_OPTION` for wrong arguments
 */
export async function loadCifar10(path: string, options: LoadCifar10Options = {}): Promise<Cifar10Dataset> {
  checkFolder(path);
  const { fullTest = false } = checkOptions(options, 'the options of loadCifar10', ['fullTest']);
  checkFullTest(fullTest);
  return loadCifar(await findComplete(path), { fullTest, labels: 'fine' }, STANDARD_CLASS_NAMES);
}

/**
 * The folder with CIFAR-10's plain records: `dir`, or `cifar-10-batches-bin` in it, whichever has more of the six
 * files; undefined when neither has any. A folder that lacks some of them is returned too.
 *
 * @throws Error `ERR_DATA_FILE` when a folder exists and cannot be read; TypeError `ERR_INVALID_TYPE`
 */
export async function findCifar10(dir: string): Promise<string | undefined> {
  checkFolder(dir);
  return (await findCifarFolder(dir, [BINARY]))?.path;
}

/**
 * Checks the path of a folder: a non-empty string.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function checkFolder(dir: unknown): void {
  if (typeof dir === 'string' && dir !== '' && !dir.includes('\0')) return;
  throw wrongType('the path of a folder, as a string,', dir);
}

/** Where CIFAR-10 is: an archive, or a folder with all files of its records. */
async function findComplete(path: string): Promise<CifarPlace> {
  const place = await findCifar(path, 'cifar-10');
  if (!place) throw await nothingFound(path);
  if (place.kind === 'archive') return place;
  const names = await namesIn(place.path);
  const files = recordFiles(place.version);
  const missing = files.filter((name) => !names.includes(name));
  if (missing.length === 0) return place;
  throw dataFileError(
    `Expected the six files ${files.join(', ')} in ${place.path} but ${missing.join(', ')} ` +
      `${missing.length > 1 ? 'are' : 'is'} missing. ${REMEDY}`,
  );
}

async function nothingFound(path: string): Promise<Error> {
  if ((await whatIsAt(path)) === 'folder') {
    const found = `found none of them, nor ${ARCHIVE_FOLDER} or an archive`;
    return dataFileError(`Expected the six files ${RECORD_FILES.join(', ')} in ${path} but ${found}. ${REMEDY}`);
  }
  return dataFileError(`Cannot read CIFAR-10 from ${path}: there is no such folder or archive. ${REMEDY}`);
}

/** The test rows, without the mean. */
export function testRows(data: Dataset): UnlabelledRows {
  return { X: joinRows([data.part('test').X]), imageShape: data.imageShape };
}

/** CIFAR-10 as one of the formats of `loadDataset`. */
export const CIFAR10: DatasetFormat = {
  id: 'cifar-10',
  name: 'CIFAR-10',
  options: ['fullTest'],
  recognises: async (path) => (await findCifar(path, 'cifar-10')) !== undefined,
  load: (path, { fullTest = false }) => loadCifar10(path, { fullTest }),
  files: (path) => cifarFiles(path, 'cifar-10'),
  rows: {
    // All test rows.
    load: async (path) => testRows(await loadCifar10(path, { fullTest: true })),
  },
};
