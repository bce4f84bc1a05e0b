/**
 * Pictures as sixels. Only this file uses npm's sixel, so that its encoder can be bundled into one file. That file must
 * declare `UPNG` (esbuild: `banner: { js: 'var UPNG;' }`): sixel/upng.js assigns it without a declaration, which is an
 * error in strict code.
 */
import { FINALIZER, image2sixel, introducer, sixelEncode } from 'sixel/lib/SixelEncoder.js';
import { checkNumber } from '../../validation/check.js';
import { wrongShape } from '../../validation/errors.js';

/** The number of colours that existing terminals support in one picture. */
const MOST_COLORS = 256;
/** Leaves uncovered pixels unchanged instead of painting them in the background colour. */
const KEEP_BACKGROUND = 1;

/**
 * A picture in sixels (DEC STD 070), from the introducer of the device control string to its terminator, to be written
 * where it is to appear.
 *
 * Up to 256 colours are kept, to a hundredth in each channel; more are reduced to 256 and dithered. Transparent pixels
 * become white, which plots are made for.
 *
 * @param rgba - red, green, blue and alpha of each pixel, (height, width, 4), 0 … 255, colours not premultiplied by
 * alpha; not modified
 * @param width - pixels
 * @param height - pixels
 * @throws RangeError `ERR_OUT_OF_RANGE` for a size below one pixel, `ERR_SHAPE` if `rgba` has the wrong length
 */
export function encodeSixel(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number): string {
  checkNumber(width, 'width', { integer: true, min: 1 });
  checkNumber(height, 'height', { integer: true, min: 1 });
  if (rgba.length !== width * height * 4) {
    throw wrongShape(`${width * height * 4} bytes for ${width} × ${height} pixels`, rgba);
  }
  const pixels = onWhite(rgba);
  const colors = [...new Set(new Uint32Array(pixels.buffer))];
  if (colors.length > MOST_COLORS) return image2sixel(pixels, width, height, MOST_COLORS, KEEP_BACKGROUND);
  return introducer(KEEP_BACKGROUND) + sixelEncode(pixels, width, height, colors) + FINALIZER;
}

/** An opaque copy at the start of its own buffer, which the encoder reads as 32-bit words and modifies. */
function onWhite(rgba: Uint8Array | Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(rgba.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3] / 255;
    for (let channel = i; channel < i + 3; channel++)
      pixels[channel] = Math.round(rgba[channel] * alpha + 255 * (1 - alpha));
    pixels[i + 3] = 255;
  }
  return pixels;
}
