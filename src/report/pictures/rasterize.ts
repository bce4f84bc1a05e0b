/** SVG to pixels, by resvg where it is installed. */
import { withCode } from '../../validation/errors.js';
import { FONT_NAME, fontFile } from './bundle.js';

/** An SVG document's pixels. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** width · height · 4 bytes: red, green, blue, alpha; multiplied by alpha. */
  readonly rgba: Uint8Array;
  /** A PNG file. */
  png(): Uint8Array;
}

/**
 * Draws an SVG document with the font that this package brings, so that text looks the same on every machine.
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

/** Why {@link rasterize} cannot draw here, and what to do; undefined where it can. */
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
        'A chart becomes a PNG picture with @resvg/resvg-js, which cannot be loaded: npm install @resvg/resvg-js. ' +
          'SVG pictures need nothing more',
        { cause },
      ),
      'ERR_MISSING_PEER',
    );
  }
}
