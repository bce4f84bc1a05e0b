/** Pictures for a model: whether they are of the shape that it was trained on. */
import type { ImageShape } from '../dataset-input.js';
import { dataFileError } from '../formats/data-file-error.js';
import type { PictureSize } from './picture-size.js';

/** The size to which pictures for a model are stretched: its own, if those that it was trained on were. */
export function sizeFor(wanted: ImageShape | undefined): PictureSize | undefined {
  return wanted?.resized ? `${wanted.width}x${wanted.height}` : undefined;
}

/**
 * Checks that pictures are of the size and the channels that a model reads. Where either is unknown, nothing is.
 *
 * @param place - where they are
 * @throws Error `ERR_DATA_FILE`, which names both
 */
export function checkPictures(found: ImageShape | undefined, wanted: ImageShape | undefined, place: string): void {
  if (!found || !wanted) return;
  const { width, height } = wanted;
  const sameSize = found.width === width && found.height === height;
  if (sameSize && found.channels === wanted.channels) return;
  const remedy = sameSize ? '' : `: pass resize, ${width}x${height}, for pictures in files; stretch others first`;
  throw dataFileError(
    `Expected pictures of ${pictureWords(wanted)}, as the model was trained on, at ${place} but found ` +
      `${pictureWords(found)}${remedy}`,
  );
}

function pictureWords({ width, height, channels }: ImageShape): string {
  return `${width} × ${height} pixels in ${channels === 1 ? 'grey' : 'colours'}`;
}
