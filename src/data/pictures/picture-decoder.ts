/** Decodes pictures, with sharp, an optional dependency. */
import { withCode } from '../../validation/errors.js';
import type { ImageShape } from '../dataset-input.js';

/** What the file of a picture says before it is decoded. */
export interface PictureFacts {
  /** As it is shown: a camera may have stored it turned. */
  readonly width: number;
  readonly height: number;
  /** Whether it has shades of grey only. */
  readonly grey: boolean;
}

/** One picture. What it throws without a code is about the picture. */
export interface PictureDecoder {
  facts(): Promise<PictureFacts>;
  /** Its pixels as `picturePixels` says. */
  pixels(shape: ImageShape): Promise<Uint8Array>;
}

/**
 * What decodes the bytes of pictures; of those with more than `most` pixels it refuses to.
 *
 * @throws (as a rejection) Error `ERR_MISSING_PEER`
 */
export async function pictureDecoder(): Promise<(bytes: Uint8Array, most: number | undefined) => PictureDecoder> {
  const sharp = await loadSharp();
  return (bytes, most) => {
    const picture = sharp(bytes, { limitInputPixels: most ?? false, failOn: 'truncated' });
    return {
      async facts() {
        const { space, autoOrient } = await picture.metadata();
        return { ...autoOrient, grey: space === 'b-w' || space === 'grey16' };
      },
      pixels: ({ width, height, channels }) =>
        picture
          .autoOrient()
          .flatten({ background: 'white' })
          .resize({ width, height, fit: 'fill' })
          .toColourspace(channels === 1 ? 'b-w' : 'srgb')
          .raw({ depth: 'uchar' })
          .toBuffer(),
    };
  };
}

async function loadSharp(): Promise<typeof import('sharp')['default']> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    const message = 'Pictures need the package sharp to be read, and it cannot be loaded. To install it, run: npm ';
    throw withCode(new Error(`${message}install sharp`, { cause }), 'ERR_MISSING_PEER');
  }
}
