import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../platform/make-folder.js';
import { replaceFile } from '../../platform/replace-file.js';
import { atOnce } from '../../platform/turns.js';
import { checkNumber, checkOptions } from '../../validation/check.js';
import { withCode } from '../../validation/errors.js';
import { checkFolder, findCifar10 } from '../formats/cifar10.js';
import { CIFAR10_SPLIT, type Cifar10Dataset, checkFullTest, cifar10Dataset } from '../formats/cifar10-dataset.js';
import {
  allocatePictures,
  FILE_RECORDS,
  IMAGE_BYTES,
  NAMES_FILE,
  type Pictures,
  packRecords,
  RECORD_BYTES,
  RECORD_FILES,
  TEST_FILE,
  TRAINING_FILES,
} from '../formats/cifar10-layout.js';
import { PicturePainter } from './pictures.js';
import { SYNTHETIC_CLASS_NAMES } from './shapes.js';

/** @see syntheticCifar10 */
export interface SyntheticOptions {
  /**
   * Which data set is drawn: an integer in 0 … 2³² − 1. A seed gives the same bytes on every machine.
   *
   * @defaultValue 0
   */
  seed?: number;
  /**
   * All 10 000 test pictures instead of the first 1000.
   *
   * @defaultValue false
   */
  fullTest?: boolean;
}

/**
 * Draws a stand-in for CIFAR-10 that needs no download: 32 × 32 pictures of ten shapes and patterns in varied colours,
 * positions, sizes, angles, light, clouds and noise, made in memory in about a second. All classes are equally
 * frequent. Each has a colour and a background that it shows more often than others do, as ships are mostly seen on
 * blue.
 *
 * For the article's net it is about as hard as CIFAR-10. With NumPy and the article's code, the first settings (50
 * hidden units, 1000 iterations, learning rate 1e-4, regularization 0.5) reach a validation accuracy of 0.30, the tuned
 * ones (learning rate 1e-3, 2000 iterations) 0.57, and 200 hidden units in 10 000 iterations 0.72.
 *
 * @throws TypeError `ERR_INVALID_TYPE` or `ERR_UNKNOWN_OPTION`, RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`, for
 * wrong options
 */
export function syntheticCifar10(options: SyntheticOptions = {}): Cifar10Dataset {
  const { seed = 0, fullTest = false } = checkOptions(options, 'the options of syntheticCifar10', ['seed', 'fullTest']);
  checkSeed(seed);
  checkFullTest(fullTest);
  const painter = new PicturePainter(seed);
  const training = allocatePictures(TRAINING_FILES.length * FILE_RECORDS);
  paintRecords(painter, 'training', 0, training);
  const test = allocatePictures(fullTest ? FILE_RECORDS : CIFAR10_SPLIT.test);
  paintRecords(painter, 'test', 0, test);
  return atOnce(cifar10Dataset({ training, test, classNames: SYNTHETIC_CLASS_NAMES, origin: 'synthetic' }));
}

/** @see writeSyntheticCifar10 */
export type WriteSyntheticOptions = Pick<SyntheticOptions, 'seed'>;

/**
 * Writes the data set of {@link syntheticCifar10}, with all 10 000 test pictures, as the files of CIFAR-10's binary
 * version (184 MB): `loadCifar10(dir)` then reads what `syntheticCifar10` makes from the same seed.
 *
 * Nothing is ever overwritten: if `dir`, or `cifar-10-batches-bin` in it, has any of CIFAR-10's files, nothing is
 * written.
 *
 * @param dir - the folder; created if it does not exist
 * @throws Error `ERR_NOT_WRITABLE` when there are files of CIFAR-10 already, or the system refuses to write; no file of
 * this call remains then. TypeError `ERR_INVALID_TYPE` or `ERR_UNKNOWN_OPTION`, RangeError `ERR_OUT_OF_RANGE` or
 * `ERR_NOT_FINITE`, for wrong arguments
 */
export async function writeSyntheticCifar10(dir: string, options: WriteSyntheticOptions = {}): Promise<void> {
  checkFolder(dir);
  const { seed = 0 } = checkOptions(options, 'the options of writeSyntheticCifar10', ['seed']);
  checkSeed(seed);
  await makeFolder(dir);
  await refuseExisting(dir);
  const painter = new PicturePainter(seed);
  const contents: (readonly [name: string, chunks: Iterable<string | Uint8Array>])[] = [
    [NAMES_FILE, [`${SYNTHETIC_CLASS_NAMES.join('\n')}\n`]],
    ...TRAINING_FILES.map((name, batch) => [name, paintFile(painter, 'training', batch * FILE_RECORDS)] as const),
    [TEST_FILE, paintFile(painter, 'test', 0)],
  ];
  const written: string[] = [];
  try {
    for (const [name, chunks] of contents) {
      const file = join(dir, name);
      if (await exists(file)) throw alreadyThere(file);
      await replaceFile(file, chunks);
      written.push(file);
    }
  } catch (error) {
    // Half a data set would make the next attempt fail.
    for (const file of written) await rm(file, { force: true });
    throw error;
  }
}

function checkSeed(seed: unknown): void {
  checkNumber(seed, 'the seed of the synthetic data set', { integer: true, min: 0, max: 2 ** 32 - 1 });
}

/** Paints as many records as `pictures` holds, the first of them number `from`. */
function paintRecords(painter: PicturePainter, split: 'training' | 'test', from: number, pictures: Pictures): void {
  const { words, labels } = pictures;
  for (let i = 0; i < labels.length; i++) {
    labels[i] = painter.paint(split, from + i, words, (i * IMAGE_BYTES) / 4);
  }
}

/** Records that are painted at a time for a file: 1.5 MB. */
const RECORDS_PER_CHUNK = 500;

/** The content of one file in chunks. Each chunk overwrites the one before. */
function* paintFile(painter: PicturePainter, split: 'training' | 'test', from: number): Generator<Uint8Array> {
  const pictures = allocatePictures(RECORDS_PER_CHUNK);
  const records = new Uint8Array(RECORDS_PER_CHUNK * RECORD_BYTES);
  for (let done = 0; done < FILE_RECORDS; done += RECORDS_PER_CHUNK) {
    paintRecords(painter, split, from + done, pictures);
    packRecords(pictures, records);
    yield records;
  }
}

async function refuseExisting(dir: string): Promise<void> {
  const folder = await findCifar10(dir);
  if (folder !== undefined) throw alreadyThere(folder);
  for (const name of [NAMES_FILE, ...RECORD_FILES]) {
    if (await exists(join(dir, name))) throw alreadyThere(join(dir, name));
  }
}

/** Whether anything has this name, even a broken link. */
async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

function alreadyThere(path: string): Error {
  return withCode(
    new Error(
      `Cannot write a synthetic data set: ${path} already exists, and data sets are never overwritten; ` +
        'choose another folder, or move it away first',
    ),
    'ERR_NOT_WRITABLE',
  );
}
