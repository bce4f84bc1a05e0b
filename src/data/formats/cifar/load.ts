/** Reads a version of CIFAR-10 or CIFAR-100. */
import { inTurns } from '../../../platform/turns.js';
import { SYNTHETIC_CLASS_NAMES } from '../../synthetic/shapes.js';
import { CIFAR10_SPLIT, type Cifar10Dataset, cifar10Dataset } from '../cifar10-dataset.js';
import { allocatePictures, FILE_RECORDS, IMAGE_BYTES, type Pictures } from '../cifar10-layout.js';
import { readRecords } from '../cifar10-records.js';
import { dataFileError } from '../data-file-error.js';
import { type CifarFile, filesAt } from './files.js';
import { namesOf, readDictionary, readPickledBatch } from './pickled-batch.js';
import type { CifarPlace } from './place.js';
import { type CifarLabels, type CifarVersion, classCount, recordFiles } from './version.js';

/** What is read of a version. */
export interface CifarOptions {
  /** All 10 000 test pictures, instead of the first 1000. */
  readonly fullTest: boolean;
  /** Which classes of CIFAR-100. */
  readonly labels: CifarLabels;
}

const TRAINING_RECORDS = 50_000;

/**
 * Reads a version and splits it as CS231n does.
 *
 * @param standardNames - the class names, if no file of the version has them
 * @throws Error `ERR_DATA_FILE` when files are missing or damaged
 */
export async function loadCifar(
  place: CifarPlace,
  options: CifarOptions,
  standardNames?: readonly string[],
): Promise<Cifar10Dataset> {
  const { version, path } = place;
  const reading = new Reading(version, options);
  const names = version.names[options.labels];
  const missing = new Set([...recordFiles(version), names]);
  for await (const file of filesAt(place, [...missing])) {
    await reading.add(file);
    missing.delete(file.name);
  }
  const { training, test, classNames = standardNames } = reading;
  if (classNames) missing.delete(names);
  if (missing.size > 0 || !training || !test || !classNames) {
    throw dataFileError(`Expected ${[...missing].join(', ')} of ${version.name} in ${path} but found none`);
  }
  const synthetic = classNames.join() === SYNTHETIC_CLASS_NAMES.join();
  const origin = synthetic ? 'synthetic' : version.id;
  return inTurns(cifar10Dataset({ training, test, classNames, origin }));
}

/** What has been read so far. Archives have their files in any order. */
class Reading {
  training: Pictures | undefined;
  test: Pictures | undefined;
  classNames: readonly string[] | undefined;
  readonly #version: CifarVersion;
  readonly #options: CifarOptions;
  readonly #classes: number;

  constructor(version: CifarVersion, options: CifarOptions) {
    this.#version = version;
    this.#options = options;
    this.#classes = classCount(version, options.labels);
  }

  async add(file: CifarFile): Promise<void> {
    const { training, test, pickled } = this.#version;
    const batch = training.indexOf(file.name);
    if (batch < 0 && file.name !== test) this.classNames = await this.#readNames(file);
    else if (pickled) await this.#addPickled(file, batch);
    else await this.#addRecords(file, batch);
  }

  async #addRecords(file: CifarFile, batch: number): Promise<void> {
    const labelBytes = this.#version.id === 'cifar-10' ? 1 : 2;
    const label = this.#options.labels === 'fine' ? labelBytes - 1 : 0;
    const records = this.#recordsOf(batch);
    checkSize(file, records, labelBytes + IMAGE_BYTES);
    const layout = { labelBytes, label, classes: this.#classes };
    const pictures = batch < 0 ? allocatePictures(this.#testRecords) : this.#allTraining();
    const count = batch < 0 ? this.#testRecords : records;
    await file.read((reader) => readRecords(reader, pictures, Math.max(batch, 0) * records, count, layout));
    if (batch < 0) this.test = pictures;
  }

  async #addPickled(file: CifarFile, batch: number): Promise<void> {
    const records = this.#recordsOf(batch);
    if (file.size > records * MOST_PICKLED_BYTES) {
      throw dataFileError(
        `Expected at most ${records * MOST_PICKLED_BYTES} bytes in ${file.label} but found ${file.size}`,
      );
    }
    const read = await file.read((r) => readPickledBatch(r, file.size, this.#options.labels, this.#classes));
    const { length } = read.labels;
    if (length !== records) {
      throw dataFileError(`Expected ${records} pictures in ${file.label} but found ${length}`);
    }
    if (batch < 0) this.test = firstOf(read, this.#testRecords);
    else if (this.#version.training.length === 1) this.training = read;
    else copyInto(this.#allTraining(), read, batch * records);
  }

  /** Records of a batch of training records, or of the test records for −1. */
  #recordsOf(batch: number): number {
    return batch < 0 ? FILE_RECORDS : TRAINING_RECORDS / this.#version.training.length;
  }

  get #testRecords(): number {
    return this.#options.fullTest ? FILE_RECORDS : CIFAR10_SPLIT.test;
  }

  #allTraining(): Pictures {
    this.training ??= allocatePictures(TRAINING_RECORDS);
    return this.training;
  }

  async #readNames(file: CifarFile): Promise<readonly string[]> {
    const { size, label } = file;
    if (size > MOST_NAME_BYTES) {
      throw dataFileError(`Expected class names, at most ${MOST_NAME_BYTES} bytes, in ${label} but found ${size}`);
    }
    const names = await file.read(async (reader) => {
      if (this.#version.pickled) return namesOf(await readDictionary(reader, size), this.#options.labels) ?? [];
      const lines = (await reader.bytes(size, 'class names')).toString('utf8').split('\n');
      return lines.map((line) => line.trim()).filter((line) => line !== '');
    });
    if (names.length === this.#classes) return names;
    const remedy =
      this.#version.id === 'cifar-10' ? 'correct the file, or remove it to use the standard names' : 'get it again';
    throw dataFileError(
      `Expected ${this.#classes} class names${this.#version.pickled ? '' : ', one per line,'} in ${label} ` +
        `but found ${names.length}; ${remedy}`,
    );
  }
}

/** Bytes of a pickle per picture: more than its pixels, its labels and the name of its file have. */
const MOST_PICKLED_BYTES = IMAGE_BYTES + 256;

/** The longest file of class names. */
const MOST_NAME_BYTES = 65_536;

function checkSize({ size, label }: CifarFile, records: number, recordBytes: number): void {
  if (size === records * recordBytes) return;
  throw dataFileError(
    `Expected ${records * recordBytes} bytes (${records} records of ${recordBytes}) in ${label} ` +
      `but found ${size} bytes; download or unpack it again`,
  );
}

/** A copy of the first pictures: the others need not stay in memory. */
function firstOf({ pixels, labels }: Pictures, count: number): Pictures {
  const first = allocatePictures(count);
  first.pixels.set(pixels.subarray(0, count * IMAGE_BYTES));
  first.labels.set(labels.subarray(0, count));
  return first;
}

function copyInto(all: Pictures, { pixels, labels }: Pictures, to: number): void {
  all.pixels.set(pixels, to * IMAGE_BYTES);
  all.labels.set(labels, to);
}
