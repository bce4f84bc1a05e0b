/** Reads and checks files of CIFAR-10 records. */
import { checkPath } from '../../platform/replace-file.js';
import { type ByteReader, withReader } from '../files/byte-reader.js';
import { type DataFile, fileChunks, headOf, withDataFile } from '../files/data-file.js';
import { Matrix } from '../matrix.js';
import type { DatasetPart } from '../part.js';
import { isPickle } from '../pickle/unpickle.js';
import { readPickledBatch } from './cifar/pickled-batch.js';
import {
  allocatePictures,
  CIFAR10_RECORD,
  CLASS_COUNT,
  IMAGE_BYTES,
  type Pictures,
  RECORD_BYTES,
  type RecordLayout,
  unpackRecords,
} from './cifar10-layout.js';
import { dataFileError } from './data-file-error.js';

/**
 * Reads a file of any number of CIFAR-10 records, or a batch of the Python version, for prediction. The rows have no
 * mean: a net subtracts its own.
 *
 * @returns N rows of 3072 bytes in the order of height, width, channel, with the N labels of the file
 * @throws Error `ERR_DATA_FILE` when the file is missing or unreadable, its size is not a positive multiple of 3073
 * bytes, or a label is above 9; TypeError `ERR_INVALID_TYPE` when `file` is not a string
 */
export async function readCifarRecords(file: string): Promise<DatasetPart> {
  checkPath(file);
  return withDataFile(file, async (opened) => {
    const pickled = isPickle(await headOf(opened, 2)) && opened.size % RECORD_BYTES !== 0;
    const { pixels, labels } = await withReader(fileChunks(opened), file, (reader) =>
      pickled ? readPickledBatch(reader, opened.size, 'fine', CLASS_COUNT) : readAll(reader, opened),
    );
    return { X: new Matrix(pixels, IMAGE_BYTES), y: labels };
  });
}

async function readAll(reader: ByteReader, { path, size }: DataFile): Promise<Pictures> {
  if (size === 0 || size % RECORD_BYTES !== 0) {
    throw dataFileError(
      `Expected a positive multiple of ${RECORD_BYTES} bytes (a label and 3 × 32 × 32 pixels per record) ` +
        `in ${path} but found ${size} bytes`,
    );
  }
  const pictures = allocatePictures(size / RECORD_BYTES);
  await readRecords(reader, pictures, 0, pictures.labels.length);
  return pictures;
}

/** Records that are read at a time: 0.8 MB, which stays in the processor's cache until it is unpacked. */
const RECORDS_PER_READ = 256;

/**
 * Reads `count` records into `pictures`, beginning at picture `to`.
 *
 * @param layout - what precedes the pictures, with C: labels are 0 … C − 1
 * @throws Error `ERR_DATA_FILE` when the file ends early or a label is C or more
 * @internal Exported for tests.
 */
export async function readRecords(
  reader: ByteReader,
  pictures: Pictures,
  to: number,
  count: number,
  layout: RecordLayout & { readonly classes: number } = TEN_CLASSES,
): Promise<void> {
  const recordBytes = layout.labelBytes + IMAGE_BYTES;
  const buffer = new Uint8Array(Math.min(count, RECORDS_PER_READ) * recordBytes);
  for (let done = 0; done < count; done += RECORDS_PER_READ) {
    const part = Math.min(RECORDS_PER_READ, count - done);
    await reader.fill(buffer.subarray(0, part * recordBytes), 'records');
    unpackRecords(buffer, part, pictures, to + done, layout);
    checkLabels(pictures.labels.subarray(to + done, to + done + part), layout.classes, done, reader.name);
  }
}

const TEN_CLASSES = { ...CIFAR10_RECORD, classes: CLASS_COUNT };

function checkLabels(labels: Uint8Array, classes: number, first: number, file: string): void {
  const bad = labels.findIndex((label) => label >= classes);
  if (bad < 0) return;
  throw dataFileError(
    `Expected labels from 0 to ${classes - 1} in ${file} but record ${first + bad} has the label ${labels[bad]}; ` +
      'it is damaged, or not a file of such records',
  );
}
