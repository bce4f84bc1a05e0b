/** A contact sheet: some pictures of each class. */
import { Dataset } from '../../data/dataset.js';
import type { DatasetInput } from '../../data/dataset-input.js';
import type { PartName } from '../../data/part.js';
import { checkNumber, checkOneOf, checkOptions } from '../../validation/check.js';
import { withCode } from '../../validation/errors.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import type { Picture } from './picture.js';
import { drawGrid, extent, pixelPicture } from './pixel-grid.js';

/** Options of {@link plotPictures}. */
export interface PlotPicturesOptions {
  /**
   * The part whose pictures are drawn.
   * @defaultValue 'train'
   */
  readonly part?: PartName | undefined;
  /**
   * Pictures of each class, 1 … 100: the first in the part.
   * @defaultValue 10
   */
  readonly perClass?: number | undefined;
  /**
   * Width and height of each pixel in pixels, 1 … 64.
   * @defaultValue as large as gives pictures of at most 64 pixels, at least 1
   */
  readonly scale?: number | undefined;
}

/** The most classes that are drawn. */
const MOST_CLASSES = 100;
/** The size of a picture that is easily seen. */
const SEEN = 64;

/**
 * Draws the first pictures of each class, a row of the grid for each of the first 100 classes, in their order. Bytes
 * are drawn as they are; of other numbers the smallest is black and the largest white.
 *
 * @throws TypeError or RangeError for wrong options; RangeError `ERR_SHAPE` for rows that are not pictures of 1 or 3
 * channels, and for a part that is not there
 *
 * @example
 * await plotPictures(data).save('pictures.png');
 */
export function plotPictures(data: Dataset | DatasetInput, options: PlotPicturesOptions = {}): Picture {
  const {
    part = 'train',
    perClass = 10,
    scale,
  } = checkOptions(options, 'the options of plotPictures', ['part', 'perClass', 'scale']);
  checkOneOf(part, 'part', ['train', 'validation', 'test']);
  checkNumber(perClass, 'perClass', { integer: true, min: 1, max: 100 });
  const all = Dataset.from(data);
  const { imageShape, numClasses, inputSize } = all;
  if (!imageShape || (imageShape.channels !== 1 && imageShape.channels !== 3))
    throw withCode(
      new RangeError('Expected rows that are pictures of 1 or 3 channels but received others: give imageShape'),
      'ERR_SHAPE',
    );
  const { X, y } = all.part(part);
  const places = new Array<ArrayLike<number> | undefined>(Math.min(numClasses, MOST_CLASSES) * perClass).fill(
    undefined,
  );
  const drawn = new Int32Array(numClasses);
  for (let row = 0; row < y.length; row++) {
    const label = y[row];
    if (label >= MOST_CLASSES || drawn[label] === perClass) continue;
    places[label * perClass + drawn[label]++] = X.data.subarray(row * inputSize, (row + 1) * inputSize);
  }
  const units = places.filter((unit) => unit !== undefined);
  const side = Math.max(imageShape.width, imageShape.height);
  const size = checkNumber(scale ?? Math.max(1, Math.floor(SEEN / side)), 'scale', { integer: true, min: 1, max: 64 });
  const range = isArrayOf(X.data, 'Uint8Array') ? ([0, 255] as const) : extent(units);
  return pixelPicture(drawGrid(places, imageShape, { range, columns: perClass, scale: size, padding: 2 }));
}
