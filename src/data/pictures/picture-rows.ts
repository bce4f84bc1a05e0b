/** Pictures as rows of bytes. */

import { lastingArray } from '../../platform/lasting.js';
import type { ImageShape } from '../dataset-input.js';
import { dataFileError } from '../formats/data-file-error.js';
import type { PictureFacts } from './picture-decoder.js';
import { pictureFacts, picturePixels } from './picture-file.js';
import { type PictureSize, parseSize } from './picture-size.js';

/** Pictures that are decoded at the same time: as many as Node has threads for it. */
const AT_ONCE = 4;

/**
 * The shape of the rows of pictures: of the size to which they are resized, or of the one that all have; with one
 * channel if all are grey.
 *
 * @param files - at least one
 * @throws Error `ERR_DATA_FILE` for sizes that differ, naming two files, and as `pictureFacts`
 */
export async function commonShape(files: readonly string[], resize: PictureSize | undefined): Promise<ImageShape> {
  const facts = new Array<PictureFacts>(files.length);
  await several(files, async (file, i) => {
    facts[i] = await pictureFacts(file);
  });
  const channels = facts.every(({ grey }) => grey) ? 1 : 3;
  if (resize !== undefined) return { ...parseSize(resize, 'resize'), channels, resized: true };
  const [{ width, height }] = facts;
  const other = facts.findIndex((found) => found.width !== width || found.height !== height);
  if (other < 0) return { width, height, channels };
  throw dataFileError(
    `Expected pictures of one size but ${files[0]} has ${width} × ${height} pixels and ${files[other]} has ` +
      `${facts[other].width} × ${facts[other].height}: stretch them to one size ` +
      `(resize: '${width}x${height}', or --resize ${width}x${height})`,
  );
}

/**
 * The pixels of N pictures (N · D bytes): see `picturePixels`.
 *
 * @throws Error `ERR_DATA_FILE` with the path of a picture that is damaged
 */
export async function pixelsOf(files: readonly string[], shape: ImageShape): Promise<Uint8Array> {
  const D = shape.height * shape.width * shape.channels;
  const pixels = allocate(files.length, D);
  await several(files, async (file, i) => pixels.set(await picturePixels(file, shape), i * D));
  return pixels;
}

function allocate(N: number, D: number): Uint8Array {
  try {
    return lastingArray(Uint8Array, N * D);
  } catch (cause) {
    throw dataFileError(
      `Expected pictures that fit into memory but ${N} have ${D} bytes each: make them smaller (resize, or --resize)`,
      cause,
    );
  }
}

/** Calls `action` for each file, some at the same time; the first error ends it. */
async function several(files: readonly string[], action: (file: string, i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < files.length) {
      const i = next++;
      try {
        await action(files[i], i);
      } catch (error) {
        next = files.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
