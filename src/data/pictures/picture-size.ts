import { wrongType } from '../../validation/errors.js';

/** A width and a height in pixels, such as `32x24`. */
export type PictureSize = `${number}x${number}`;

/** The largest width and height that pictures may be resized to. */
const MOST = 4096;

/**
 * The width and height of a size.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function parseSize(size: unknown, name: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,4})[x×](\d{1,4})$/.exec(String(size)) ?? [];
  const sizes = { width: Number(width), height: Number(height) };
  if (typeof size === 'string' && Object.values(sizes).every((side) => side >= 1 && side <= MOST)) return sizes;
  throw wrongType(`a width and a height from 1 to ${MOST}, such as 32x24, for ${name}`, size);
}
