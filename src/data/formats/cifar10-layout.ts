import { lastingArray } from '../../platform/lasting.js';
import { allocated } from '../../validation/system-limits.js';
import { LITTLE_ENDIAN } from '../arrays/byte-order.js';

/**
 * The layout of "CIFAR-10 binary version" (https://www.cs.toronto.edu/~kriz/cifar.html). A file is a sequence of
 * records of {@link RECORD_BYTES} bytes without header or padding: one label byte (0 … 9), then 32 × 32 red bytes, 32 ×
 * 32 green bytes and 32 × 32 blue bytes, each plane row by row from the top left. Beside these files,
 * `batches.meta.txt` has the class names, one per line, in the order of the labels.
 */

/** The side of a picture in pixels. */
export const IMAGE_SIDE = 32;
/** Red, green, blue. */
export const IMAGE_CHANNELS = 3;
/** Pixels in a plane: 1024. */
export const PLANE_BYTES = IMAGE_SIDE * IMAGE_SIDE;
/** Bytes of a picture: 3072, which is D of nets that train on them. */
export const IMAGE_BYTES = PLANE_BYTES * IMAGE_CHANNELS;
/** How a row of {@link IMAGE_BYTES} numbers is a picture. */
export const IMAGE_SHAPE = { height: IMAGE_SIDE, width: IMAGE_SIDE, channels: IMAGE_CHANNELS } as const;
/** Bytes of a record: the label, then the picture. */
export const RECORD_BYTES = 1 + IMAGE_BYTES;
/** Labels run from 0 to 9. */
export const CLASS_COUNT = 10;
/** Records in each of the six files. */
export const FILE_RECORDS = 10_000;
/** Bytes of each of the six files: 30 730 000. */
export const FILE_BYTES = FILE_RECORDS * RECORD_BYTES;
/** The 50 000 records for training and validation, in order. */
export const TRAINING_FILES: readonly string[] = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`);
/** The 10 000 records for testing. */
export const TEST_FILE = 'test_batch.bin';
/** The six files of records. */
export const RECORD_FILES: readonly string[] = [...TRAINING_FILES, TEST_FILE];
/** The file of class names. */
export const NAMES_FILE = 'batches.meta.txt';

/** Pictures with their labels, in memory. */
export interface Pictures {
  /** N · 3072 bytes in the order of picture, height, width, channel. */
  readonly pixels: Uint8Array;
  /** The same memory as N · 768 words: filling it four bytes at a time takes half the time. */
  readonly words: Uint32Array;
  /** The class of each (N). */
  readonly labels: Uint8Array;
}

/** Allocates memory for `count` pictures. */
export function allocatePictures(count: number): Pictures {
  const pixels = allocated(`${count} pictures`, () => lastingArray(Uint8Array, count * IMAGE_BYTES));
  return { pixels, words: new Uint32Array(pixels.buffer), labels: new Uint8Array(count) };
}

/** What stands in a record before its picture. */
export interface RecordLayout {
  /** Label bytes: 1 in CIFAR-10, 2 in CIFAR-100 (coarse, then fine), none in arrays of pictures. */
  readonly labelBytes: number;
  /** Which of them is the label. */
  readonly label: number;
}

/** The records of CIFAR-10. */
export const CIFAR10_RECORD: RecordLayout = { labelBytes: 1, label: 0 };

/** Unpacks the first `count` of `records` into `pictures`, labels included, beginning at picture `to`. */
export function unpackRecords(
  records: Uint8Array,
  count: number,
  { words, labels }: Pictures,
  to: number,
  { labelBytes, label } = CIFAR10_RECORD,
): void {
  for (let record = 0; record < count; record++) {
    const from = record * (labelBytes + IMAGE_BYTES);
    if (labelBytes > 0) labels[to + record] = records[from + label];
    unpackPicture(records, from + labelBytes, words, ((to + record) * IMAGE_BYTES) / 4);
  }
  if (!LITTLE_ENDIAN) Buffer.from(words.buffer, to * IMAGE_BYTES, count * IMAGE_BYTES).swap32();
}

/** Unpacks the three planes that begin at byte `r`. */
function unpackPicture(planes: Uint8Array, r: number, words: Uint32Array, word: number): void {
  let g = r + PLANE_BYTES;
  let b = g + PLANE_BYTES;
  for (const end = g; r < end; r += 4, g += 4, b += 4, word += 3) {
    words[word] = planes[r] | (planes[g] << 8) | (planes[b] << 16) | (planes[r + 1] << 24);
    words[word + 1] = planes[g + 1] | (planes[b + 1] << 8) | (planes[r + 2] << 16) | (planes[g + 2] << 24);
    words[word + 2] = planes[b + 2] | (planes[r + 3] << 8) | (planes[g + 3] << 16) | (planes[b + 3] << 24);
  }
}

/** The inverse of {@link unpackRecords}: packs all of `pictures` into `records`. */
export function packRecords({ pixels, labels }: Pictures, records: Uint8Array): void {
  let pixel = 0;
  for (let index = 0; index < labels.length; index++) {
    let red = index * RECORD_BYTES;
    records[red++] = labels[index];
    for (const end = red + PLANE_BYTES; red < end; red++, pixel += IMAGE_CHANNELS) {
      records[red] = pixels[pixel];
      records[red + PLANE_BYTES] = pixels[pixel + 1];
      records[red + 2 * PLANE_BYTES] = pixels[pixel + 2];
    }
  }
}
