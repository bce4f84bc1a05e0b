import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkPath, isSystemError } from '../../platform/replace-file.js';
import { checkOptions } from '../../validation/check.js';
import { withCode, wrongType } from '../../validation/errors.js';
import { checkFullTest, type ImageDataset, type LabelledRows, splitImages, TEST_ROWS } from '../dataset.js';
import { Matrix } from '../matrix.js';
import { SYNTHETIC_CLASS_NAMES } from '../synthetic/shapes.js';
import {
  allocatePictures,
  CLASS_COUNT,
  FILE_BYTES,
  FILE_RECORDS,
  IMAGE_BYTES,
  NAMES_FILE,
  type Pictures,
  RECORD_BYTES,
  RECORD_FILES,
  TEST_FILE,
  TRAINING_FILES,
  unpackRecords,
} from './cifar10-layout.js';

/** @see loadCifar10 */
export interface LoadCifar10Options {
  /**
   * All 10 000 test pictures, not the first 1000, which CS231n and the article take.
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
  'Download "CIFAR-10 binary version" from https://www.cs.toronto.edu/~kriz/cifar.html and unpack it there, ' +
  'or draw a stand-in: two-layer-net data synthetic DIR';

/**
 * Reads CIFAR-10 ("binary version", or what `writeSyntheticCifar10` wrote) and splits it as CS231n does. Bytes stay bytes:
 * it costs 157 MB of memory, 184 MB with `fullTest`.
 *
 * @param dir - the folder with `data_batch_1.bin` … `data_batch_5.bin` and `test_batch.bin`, or the one in which
 * `cifar-10-batches-bin` is. Class names come from `batches.meta.txt` beside them, or are the standard ten without it.
 * @throws Error `ERR_DATA_FILE` when the folder or one of the files is missing, unreadable, of another size, or holds a
 * label above 9; TypeError `ERR_INVALID_TYPE` or `ERR_UNKNOWN_OPTION` for wrong arguments
 */
export async function loadCifar10(dir: string, options: LoadCifar10Options = {}): Promise<ImageDataset> {
  checkFolder(dir);
  const { fullTest = false } = checkOptions(options, 'the options of loadCifar10', ['fullTest']);
  checkFullTest(fullTest);
  const folder = await findComplete(dir);
  const classNames = await readClassNames(join(folder, NAMES_FILE));
  const training = allocatePictures(TRAINING_FILES.length * FILE_RECORDS);
  const test = allocatePictures(fullTest ? FILE_RECORDS : TEST_ROWS);
  for (const [batch, name] of TRAINING_FILES.entries()) {
    await readFileOfSet(join(folder, name), training, batch * FILE_RECORDS, FILE_RECORDS);
  }
  await readFileOfSet(join(folder, TEST_FILE), test, 0, test.labels.length);
  const synthetic = classNames.join() === SYNTHETIC_CLASS_NAMES.join();
  return splitImages({ training, test, classNames, source: synthetic ? 'synthetic' : 'cifar-10' });
}

/**
 * The folder that holds CIFAR-10's files: `dir`, or `cifar-10-batches-bin` in it; undefined when neither holds any of the
 * six, and the latter when both hold as many. Where some of the six are missing the folder is named all the same, so that {@link loadCifar10} says which.
 *
 * @throws Error `ERR_DATA_FILE` when a folder exists and cannot be read; TypeError `ERR_INVALID_TYPE`
 */
export async function findCifar10(dir: string): Promise<string | undefined> {
  checkFolder(dir);
  let best: { folder: string; count: number } | undefined;
  // Where both are whole, the archive's own folder: a stand-in may have been written beside it before.
  for (const folder of [join(dir, ARCHIVE_FOLDER), dir]) {
    const names = (await list(folder)) ?? [];
    const count = RECORD_FILES.filter((name) => names.includes(name)).length;
    if (count > (best?.count ?? 0)) best = { folder, count };
  }
  return best?.folder;
}

/**
 * Reads a file of CIFAR-10 records, any number of them, for prediction. The rows have no mean: it belongs to the model.
 *
 * @returns N rows of 3072 bytes in the order of height, width, channel, with the N labels of the file
 * @throws Error `ERR_DATA_FILE` when the file is missing or unreadable, its size is no positive multiple of 3073 bytes, or
 * a label is above 9; TypeError `ERR_INVALID_TYPE` when `file` is no string
 */
export async function readCifarRecords(file: string): Promise<LabelledRows> {
  checkPath(file);
  return withFile(file, async (handle, bytes) => {
    if (bytes === 0 || bytes % RECORD_BYTES !== 0) {
      throw dataFileError(
        `Expected a positive multiple of ${RECORD_BYTES} bytes (a label and 3 × 32 × 32 pixels a record) in ${file} but found ${bytes} bytes`,
      );
    }
    const pictures = allocatePictures(bytes / RECORD_BYTES);
    await readRecords(handle, file, pictures, 0, pictures.labels.length);
    return { X: new Matrix(pictures.pixels, IMAGE_BYTES), y: pictures.labels };
  });
}

/**
 * The path of a folder must be a non-empty string.
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
  throw dataFileError(`${found} found none, nor ${ARCHIVE_FOLDER} with them${lookAlike(names)}. ${REMEDY}`);
}

/** What a folder without the six files holds instead, if it is easily taken for them. */
function lookAlike(names: readonly string[]): string {
  if (names.includes('data_batch_1') || names.includes('cifar-10-batches-py')) {
    return '; what is there is the Python version, which this package does not read';
  }
  const archive = names.find((name) => /^cifar-10-binary.*\.tar/.test(name));
  return archive === undefined ? '' : `; the archive is there but not unpacked: tar -xf ${archive}`;
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
    `Expected ${CLASS_COUNT} class names, one a line, in ${file} but found ${names.length}; ` +
      'correct the file, or remove it to use the standard names',
  );
}

/** Reads the first `count` records of one of the six files as number `to` and following of `pictures`. */
async function readFileOfSet(file: string, pictures: Pictures, to: number, count: number): Promise<void> {
  await withFile(file, async (handle, bytes) => {
    if (bytes !== FILE_BYTES) {
      throw dataFileError(
        `Expected ${FILE_BYTES} bytes (${FILE_RECORDS} records of ${RECORD_BYTES}) in ${file} but found ${bytes} bytes; ` +
          'download or unpack it again',
      );
    }
    await readRecords(handle, file, pictures, to, count);
  });
}

/** Runs `action` on an open file and its size in bytes, and closes it; the system's errors come out as `ERR_DATA_FILE`. */
async function withFile<T>(file: string, action: (handle: FileHandle, bytes: number) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const stats = await handle.stat();
    if (!stats.isFile())
      throw dataFileError(`Expected a file of CIFAR-10 records at ${file} but found no regular file`);
    return await action(handle, stats.size);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw dataFileError(`Cannot read ${file}: ${error.message}`, error);
  } finally {
    await handle?.close();
  }
}

/** Records that are read at a time: 0.8 MB, which stay in the processor's cache until they are unpacked. */
const RECORDS_PER_READ = 256;

/**
 * Reads `count` records as number `to` and following of `pictures`.
 *
 * @param file - the name for error messages
 * @throws Error `ERR_DATA_FILE` when the file ends early or a label is above 9
 * @internal Exported for tests.
 */
export async function readRecords(
  source: Pick<FileHandle, 'read'>,
  file: string,
  pictures: Pictures,
  to: number,
  count: number,
): Promise<void> {
  const buffer = new Uint8Array(Math.min(count, RECORDS_PER_READ) * RECORD_BYTES);
  for (let done = 0; done < count; done += RECORDS_PER_READ) {
    const part = Math.min(RECORDS_PER_READ, count - done);
    const length = await fill(source, buffer.subarray(0, part * RECORD_BYTES));
    if (length < part * RECORD_BYTES) {
      throw dataFileError(
        `Expected ${count * RECORD_BYTES} bytes in ${file} but it ended after ${done * RECORD_BYTES + length} while it was read; ` +
          'is another program writing it?',
      );
    }
    unpackRecords(buffer, part, pictures, to + done);
    checkLabels(pictures.labels.subarray(to + done, to + done + part), done, file);
  }
}

/** Fills `target` from where the last read ended, and returns how many bytes there were. */
async function fill(source: Pick<FileHandle, 'read'>, target: Uint8Array): Promise<number> {
  let length = 0;
  while (length < target.length) {
    const { bytesRead } = await source.read(target, length, target.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

function checkLabels(labels: Uint8Array, first: number, file: string): void {
  const bad = labels.findIndex((label) => label >= CLASS_COUNT);
  if (bad < 0) return;
  throw dataFileError(
    `Expected labels from 0 to ${CLASS_COUNT - 1} in ${file} but record ${first + bad} has the label ${labels[bad]}; ` +
      'it is damaged, or no file of CIFAR-10 records',
  );
}

function dataFileError(message: string, cause?: unknown): Error {
  return withCode(cause === undefined ? new Error(message) : new Error(message, { cause }), 'ERR_DATA_FILE');
}
