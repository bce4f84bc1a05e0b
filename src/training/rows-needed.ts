/** What settings need of the rows that are trained on. */
import type { Picture } from '../../binding.js';
import { conflict } from '../validation/errors.js';
import type { ImageShape } from '../validation/image-shape.js';
import type { SettingValues } from './settings.js';

/** The settings that need something of the rows. */
export type NeedingRows = Readonly<SettingValues<'sampling' | 'batchSize' | 'flip' | 'shift'>>;

/**
 * Checks that minibatches of a permutation are not larger than the permutation.
 *
 * @param rows - N, training rows
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkSampling({ sampling, batchSize }: NeedingRows, rows: number): void {
  if (sampling !== 'permutation' || batchSize <= rows) return;
  throw conflict(
    (name) =>
      `Expected a ${name('batchSize')} of at most ${rows}, the number of training rows, with ${name('sampling')} ` +
      `'permutation' but received ${batchSize}: use smaller minibatches, or ${name('sampling')} 'replacement'`,
  );
}

/**
 * What the rows are pictures of, if they are to be changed; null if they are not.
 *
 * @param shape - how a row is a picture; undefined if nobody said
 * @throws TypeError `ERR_CONFLICT` for rows that are no pictures, and for a shift across a whole picture
 */
export function pictureFor({ flip, shift }: NeedingRows, shape: ImageShape | undefined): Picture | null {
  if (!flip && shift === 0) return null;
  if (!shape) {
    throw conflict(
      (name) =>
        `Expected rows with an imageShape for ${flip ? name('flip') : `a ${name('shift')} of ${shift}`} but received ` +
        'rows without: train on a data set of pictures, or give the net an imageShape',
    );
  }
  const { height, width, channels } = shape;
  if (shift < Math.min(height, width)) return { height, width, channels };
  throw conflict(
    (name) =>
      `Expected a ${name('shift')} below the height and the width of the pictures, ${height} and ${width}, but ` +
      `received ${shift}`,
  );
}
