/** The pixels of pictures, as rows of numbers. */
import type { ImageShape } from '../data/dataset-input.js';

/** What can be drawn on a canvas. */
export type Drawable = ImageBitmap | HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | OffscreenCanvas;

/**
 * The pixels of a picture that is stretched to a size: height · width · channels bytes in this order. What is
 * transparent becomes white.
 */
export function stretched(picture: Drawable, { width, height, channels }: ImageShape): Uint8Array {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(height * width * channels);
  for (let i = 0; i < height * width; i++) {
    const [red, green, blue] = data.subarray(4 * i, 4 * i + 3);
    if (channels === 1) pixels[i] = Math.round(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    else pixels.set([red, green, blue], 3 * i);
  }
  return pixels;
}
