import { wrongType } from '../validation/errors.js';
import { IMAGE_BYTES, IMAGE_SHAPE, LITTLE_ENDIAN, type Pictures } from './formats/cifar10-layout.js';
import { Matrix } from './matrix.js';

/** Rows with the class of each. */
export interface LabelledRows {
  /** N rows of D numbers. */
  X: Matrix;
  /** The class of each row (N), 0 … C − 1. */
  y: Uint8Array;
}

/** Labelled pictures in three parts, with what a classifier needs to know about them. */
export interface ImageDataset {
  /** The first 49 000 of the 50 000 training records. */
  train: LabelledRows;
  /** The other 1000, to choose settings by. */
  validation: LabelledRows;
  /** Records that neither training nor choosing has seen. */
  test: LabelledRows;
  /** The name of each class (C), by label. */
  classNames: readonly string[];
  /** The mean over the rows of `train` (D), in the units of a pixel (0 … 255). It is also the mean of each part's `X`. */
  mean: Float64Array;
  /** What a row of D = height · width · channels numbers means; the order is height, width, channel. */
  imageShape: { readonly height: number; readonly width: number; readonly channels: number };
  /** Where the pictures come from: photographs of CIFAR-10, or drawn by this package. */
  source: 'cifar-10' | 'synthetic';
}

/** How many of the training records train; the rest validate. The split of CS231n, which the article follows. */
export const TRAIN_ROWS = 49_000;

/** How many test records there are unless all are asked for. */
export const TEST_ROWS = 1000;

/** What {@link splitImages} puts together. */
export interface ImageParts {
  /** All training records, more than {@link TRAIN_ROWS}; kept, not copied. */
  readonly training: Pictures;
  /** The test records; kept, not copied. */
  readonly test: Pictures;
  /** @see ImageDataset.classNames */
  readonly classNames: readonly string[];
  /** @see ImageDataset.source */
  readonly source: ImageDataset['source'];
}

/** The data set of these parts: training and validation are views of one memory, and the mean is taken. */
export function splitImages({ training, test, classNames, source }: ImageParts): ImageDataset {
  const { pixels, labels } = training;
  const mean = meanRow(pixels.subarray(0, TRAIN_ROWS * IMAGE_BYTES), IMAGE_BYTES);
  const all = new Matrix(pixels, IMAGE_BYTES, { mean });
  return {
    train: { X: all.slice(0, TRAIN_ROWS), y: labels.subarray(0, TRAIN_ROWS) },
    validation: { X: all.slice(TRAIN_ROWS), y: labels.subarray(TRAIN_ROWS) },
    test: { X: new Matrix(test.pixels, IMAGE_BYTES, { mean }), y: test.labels },
    classNames,
    mean,
    imageShape: IMAGE_SHAPE,
    source,
  };
}

/**
 * Whether all test records are wanted, as a boolean.
 *
 * @throws TypeError `ERR_INVALID_TYPE` for anything else
 */
export function checkFullTest(value: unknown): void {
  if (typeof value === 'boolean') return;
  throw wrongType('true or false for fullTest', value);
}

/** Rows that are summed in 16-bit lanes before the lanes are emptied: at most 257, since 257 · 255 = 2¹⁶ − 1. */
const LANE_ROWS = 256;

/**
 * The mean of each column over all rows of bytes: whole sums, so that the order of the rows does not matter, then one
 * division. Four rows of four columns are added at a time, the columns in the 16-bit lanes of two words: several times as
 * fast as byte by byte.
 *
 * @param bytes - rows · columns bytes, row-major, whose start in the buffer is a multiple of 4; rows a multiple of 4
 * @param columns - a multiple of 4
 */
export function meanRow(bytes: Uint8Array, columns: number): Float64Array {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const rowWords = columns / 4;
  const rows = bytes.length / columns;
  const sums = new Float64Array(columns);
  const low = new Uint32Array(rowWords);
  const high = new Uint32Array(rowWords);
  for (let from = 0; from < rows; from += LANE_ROWS) {
    low.fill(0);
    high.fill(0);
    const end = Math.min(from + LANE_ROWS, rows);
    for (let row = from; row < end; row += 4) addFourRows(words, row * rowWords, low, high);
    addLanes(sums, low, high);
  }
  return sums.map((sum) => sum / rows);
}

const LANES = 0x00ff00ff;

/** Adds bytes 0 and 2 of each word of four rows to the lanes of `low`, bytes 1 and 3 to those of `high`. */
function addFourRows(words: Uint32Array, first: number, low: Uint32Array, high: Uint32Array): void {
  const rowWords = low.length;
  for (let word = 0; word < rowWords; word++) {
    const a = words[first + word];
    const b = words[first + word + rowWords];
    const c = words[first + word + 2 * rowWords];
    const d = words[first + word + 3 * rowWords];
    low[word] += (a & LANES) + (b & LANES) + (c & LANES) + (d & LANES);
    high[word] += ((a >>> 8) & LANES) + ((b >>> 8) & LANES) + ((c >>> 8) & LANES) + ((d >>> 8) & LANES);
  }
}

function addLanes(sums: Float64Array, low: Uint32Array, high: Uint32Array): void {
  const lanes = LITTLE_ENDIAN ? [low, high, low, high] : [high, low, high, low];
  const shifts = LITTLE_ENDIAN ? [0, 0, 16, 16] : [16, 16, 0, 0];
  for (let column = 0; column < sums.length; column++) {
    const byte = column % 4;
    sums[column] += (lanes[byte][(column - byte) / 4] >>> shifts[byte]) & 0xffff;
  }
}
