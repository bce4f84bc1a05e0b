/** Converts SVG to pixels with the browser, in its own fonts. */
import type * as Original from '../../../../report/pictures/rasterize.js';
import { withCode } from '../../../../validation/errors.js';

export const rasterize: typeof Original.rasterize = async (svg, scale) => {
  if (typeof Image === 'undefined') {
    const message = 'Charts become PNG pictures on a page, and this is a Worker: pass the SVG to the page';
    throw withCode(new Error(message), 'ERR_MISSING_PEER');
  }
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const [width, height] = [image.width, image.height].map((size) => Math.round(scale * size));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(image, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const png = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  return { width, height, rgba: new Uint8Array(data.buffer), png: () => png };
};

export const whyNoRaster: typeof Original.whyNoRaster = async () => undefined;
