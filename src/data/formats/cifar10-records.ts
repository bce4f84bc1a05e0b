/** Reads and checks files of CIFAR-10 records. */
import { type FileHandle, open } from 'node:fs/promises';
import { checkPath, isSystemError } from '../../platform/replace-file.js';
import { Matrix } from '../matrix.js';
import type { DatasetPart } from '../part.js';
import {
  allocatePictures,
  CLASS_COUNT,
  FILE_BYTES,
  FILE_RECORDS,
  IMAGE_BYTES,
  type Pictures,
  RECORD_BYTES,
  unpackRecords,
} from './cifar10-layout.js';
import { dataFileError } from './data-file-error.js';

/**
 * Reads a file of any number of CIFAR-10 records, for prediction. The rows have no mean: a net subtracts its own.
 *
 * @returns N rows of 3072 bytes in the order of height, width, channel, with the N labels of the file
 * @throws Error `ERR_DATA_FILE` when the file is missing or unreadable, its size is not a positive multiple of 3073
 * bytes, or a label is above 9; TypeError `ERR_INVALID_TYPE` when `file` is not a string
 */
export async function readCifarRecords(file: string): Promise<DatasetPart> {
  checkPath(file);
  return withFile(file, async (handle, bytes) => {
    if (bytes === 0 || bytes % RECORD_BYTES !== 0) {
      throw dataFileError(
        `Expected a positive multiple of ${RECORD_BYTES} bytes (a label and 3 × 32 × 32 pixels per record) ` +
          `in ${file} but found ${bytes} bytes`,
      );
    }
    const pictures = allocatePictures(bytes / RECORD_BYTES);
    await readRecords(handle, file, pictures, 0, pictures.labels.length);
    return { X: new Matrix(pictures.pixels, IMAGE_BYTES), y: pictures.labels };
  });
}

/** Reads the first `count` records of one of the six files into `pictures`, beginning at picture `to`. */
export async function readFileOfSet(file: string, pictures: Pictures, to: number, count: number): Promise<void> {
  await withFile(file, async (handle, bytes) => {
    if (bytes !== FILE_BYTES) {
      throw dataFileError(
        `Expected ${FILE_BYTES} bytes (${FILE_RECORDS} records of ${RECORD_BYTES}) in ${file} ` +
          `but found ${bytes} bytes; download or unpack it again`,
      );
    }
    await readRecords(handle, file, pictures, to, count);
  });
}

/** Opens a file, runs `action` on it and its size in bytes, and closes it. System errors become `ERR_DATA_FILE`. */
async function withFile<T>(file: string, action: (handle: FileHandle, bytes: number) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const stats = await handle.stat();
    if (!stats.isFile())
      throw dataFileError(
        `Expected a file of CIFAR-10 records at ${file} but found something that is not a regular file`,
      );
    return await action(handle, stats.size);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw dataFileError(`Cannot read ${file}: ${error.message}`, error);
  } finally {
    await handle?.close();
  }
}

/** Records that are read at a time: 0.8 MB, which stays in the processor's cache until it is unpacked. */
const RECORDS_PER_READ = 256;

/**
 * Reads `count` records into `pictures`, beginning at picture `to`.
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
        `Expected ${count * RECORD_BYTES} bytes in ${file} but it ended after ${done * RECORD_BYTES + length} ` +
          'while it was read; is another program writing it?',
      );
    }
    unpackRecords(buffer, part, pictures, to + done);
    checkLabels(pictures.labels.subarray(to + done, to + done + part), done, file);
  }
}

/** Reads on from where the last read ended until `target` is full, and returns the number of bytes read. */
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
      'it is damaged, or not a file of CIFAR-10 records',
  );
}
