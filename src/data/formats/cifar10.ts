import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inTurns } from '../../platform/turns.js';
import { checkOptions } from '../../validation/check.js';
import { wrongType } from '../../validation/errors.js';
import { SYNTHETIC_CLASS_NAMES } from '../synthetic/shapes.js';
import { CIFAR10_SPLIT, type Cifar10Dataset, checkFullTest, cifar10Dataset } from './cifar10-dataset.js';
import {
  allocatePictures,
  CLASS_COUNT,
  FILE_RECORDS,
  NAMES_FILE,
  RECORD_FILES,
  TEST_FILE,
  TRAINING_FILES,
} from './cifar10-layout.js';
import { readFileOfSet } from './cifar10-records.js';
import { dataFileError } from './data-file-error.js';
import type { DatasetFormat } from './format.js';

/** @see loadCifar10 */
export interface LoadCifar10Options {
  /**
   * All 10 000 test pictures instead of the first 1000, which CS231n and the article use.
   *
   * @defaultValue false
   */
  fullTest?: boolean;
}

/** The folder that the official archive unpacks to. */
const ARCHIVE_FOLDER = 'cifar-10-batches-bin';

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
 * Reads CIFAR-10 ("binary version", or what `writeSyntheticCifar10` wrote) and splits it as CS231n does. Bytes stay
 * bytes: it uses 157 MB of memory, 184 MB with `fullTest`.
 *
 * @param dir - the folder with `data_batch_1.bin` … `data_batch_5.bin` and `test_batch.bin`, or the one that contains
 * `cifar-10-batches-bin`. Class names come from `batches.meta.txt` beside the files; without it they are the standard
 * ten.
 * @throws Error `ERR_DATA_FILE` when the folder or one of the files is missing, unreadable, of another size, or holds a
 * label above 9; TypeError `ERR_INVALID_TYPE` or `ERR_UNKNOWN_OPTION` for wrong arguments
 */
export async function loadCifar10(dir: string, options: LoadCifar10Options = {}): Promise<Cifar10Dataset> {
  checkFolder(dir);
  const { fullTest = false } = checkOptions(options, 'the options of loadCifar10', ['fullTest']);
  checkFullTest(fullTest);
  const folder = await findComplete(dir);
  const classNames = await readClassNames(join(folder, NAMES_FILE));
  const training = allocatePictures(TRAINING_FILES.length * FILE_RECORDS);
  const test = allocatePictures(fullTest ? FILE_RECORDS : CIFAR10_SPLIT.test);
  for (const [batch, name] of TRAINING_FILES.entries()) {
    await readFileOfSet(join(folder, name), training, batch * FILE_RECORDS, FILE_RECORDS);
  }
  await readFileOfSet(join(folder, TEST_FILE), test, 0, test.labels.length);
  const synthetic = classNames.join() === SYNTHETIC_CLASS_NAMES.join();
  return inTurns(cifar10Dataset({ training, test, classNames, origin: synthetic ? 'synthetic' : 'cifar-10' }));
}

/**
 * The folder with CIFAR-10's files: `dir`, or `cifar-10-batches-bin` in it, whichever has more of the six; undefined
 * when neither has any. A folder that lacks some of them is returned too, so that {@link loadCifar10} can say which.
 *
 * @throws Error `ERR_DATA_FILE` when a folder exists and cannot be read; TypeError `ERR_INVALID_TYPE`
 */
export async function findCifar10(dir: string): Promise<string | undefined> {
  checkFolder(dir);
  let best: { folder: string; count: number } | undefined;
  // If both have as many, the archive's own folder: a stand-in may have been written beside it earlier.
  for (const folder of [join(dir, ARCHIVE_FOLDER), dir]) {
    const names = (await list(folder)) ?? [];
    const count = RECORD_FILES.filter((name) => names.includes(name)).length;
    if (count > (best?.count ?? 0)) best = { folder, count };
  }
  return best?.folder;
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

/** The folder with all six files. */
async function findComplete(dir: string): Promise<string> {
  const folder = await findCifar10(dir);
  const names = await list(folder ?? dir);
  if (names === undefined) throw dataFileError(`Cannot read CIFAR-10 from ${dir}: there is no such folder. ${REMEDY}`);
  const missing = RECORD_FILES.filter((name) => !names.includes(name));
  if (missing.length === 0) return folder ?? dir;
  const found = `Expected the six files ${RECORD_FILES.join(', ')} in ${folder ?? dir} but`;
  if (missing.length < RECORD_FILES.length)
    throw dataFileError(`${found} ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing. ${REMEDY}`);
  const other = lookAlike(names);
  const remedy = other ? `${other}. ${REMEDY}` : REMEDY;
  throw dataFileError(`${found} found none of them, nor ${ARCHIVE_FOLDER}. ${remedy}`);
}

/** What a folder without the six files holds instead, if that is easily mistaken for them. */
function lookAlike(names: readonly string[]): string | undefined {
  if (names.includes('data_batch_1') || names.includes('cifar-10-batches-py')) {
    return 'This is the Python version of CIFAR-10, which this package does not read';
  }
  const archive = names.find((name) => /^cifar-10-binary.*\.tar/.test(name));
  return archive && `The archive of CIFAR-10 is not unpacked: tar -xf ${archive}`;
}

/** The names in a folder, or undefined when there is no such folder. */
async function list(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw dataFileError(`Cannot read the folder ${folder}: ${(error as Error).message}`, error);
  }
}

async function readClassNames(file: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return STANDARD_CLASS_NAMES;
    throw dataFileError(`Cannot read ${file}: ${(error as Error).message}`, error);
  }
  const names = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (names.length === CLASS_COUNT) return names;
  throw dataFileError(
    `Expected ${CLASS_COUNT} class names, one per line, in ${file} but found ${names.length}; ` +
      'correct the file, or remove it to use the standard names',
  );
}

/** CIFAR-10 as one of the formats of `loadDataset`. */
export const CIFAR10: DatasetFormat = {
  id: 'cifar-10',
  name: 'CIFAR-10, binary version',
  looks: `a folder with ${RECORD_FILES[0]} … ${TEST_FILE}, or with ${ARCHIVE_FOLDER}`,
  recognises: async (path) => (await findCifar10(path)) !== undefined,
  load: (path, { fullTest = false }) => loadCifar10(path, { fullTest }),
  remedy: REMEDY,
  lookAlike: async (path) => lookAlike((await list(path)) ?? []),
};
