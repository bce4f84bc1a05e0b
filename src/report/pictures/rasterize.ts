/** Converts SVG to pixels with resvg, an optional dependency. */
import { withCode } from '../../validation/errors.js';
import { FONT_NAME, fontFile } from './bundle.js';

/** The pixels of an SVG document. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** width · height · 4 bytes: red, green, blue, alpha; colours are premultiplied by alpha. */
  readonly rgba: Uint8Array;
  /** Encodes the pixels as a PNG file. */
  png(): Uint8Array;
}

/**
 * Draws an SVG document with the font in this package, so that text looks the same on every machine.
 *
 * @throws (as a rejection) Error `ERR_MISSING_PEER`
 */
export async function rasterize(svg: string, scale: number): Promise<Raster> {
  const { Resvg } = await loadResvg();
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      fontFiles: [fontFile()],
      loadSystemFonts: false,
      defaultFontFamily: FONT_NAME,
      sansSerifFamily: FONT_NAME,
    },
  }).render();
  const { width, height, pixels } = image;
  return { width, height, rgba: pixels, png: () => image.asPng() };
}

/** Why {@link rasterize} cannot draw on this machine, and what to do about it; undefined if it can. */
export async function whyNoRaster(): Promise<string | undefined> {
  return loadResvg().then(
    () => undefined,
    (error: Error) => error.message,
  );
}

async function loadResvg(): Promise<typeof import('@resvg/resvg-js')> {
  try {
    return await import('@resvg/resvg-js');
  } catch (cause) {
    throw withCode(
      new Error(
        'Charts need the package @resvg/resvg-js to become PNG pictures, and it cannot be loaded. ' +
          'To install it, run: npm install @resvg/resvg-js. SVG pictures do not need it',
        { cause },
      ),
      'ERR_MISSING_PEER',
    );
  }
}
