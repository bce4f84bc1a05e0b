/** Rows of numbers as pictures in a grid. */
import type { ImageShape } from '../../data/dataset.js';
import { withCode } from '../../validation/errors.js';
import { Picture } from './picture.js';
import { encodePng, type Pixels } from './png.js';

/** The largest allowed grid, in pixels. */
const MAX_PIXELS = 2 ** 26;

/** Pixels as a picture. */
export function pixelPicture(pixels: Pixels): Picture {
  const { width, height } = pixels;
  const png = encodePng(pixels);
  const data = Buffer.from(png).toString('base64');
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<image width="${width}" height="${height}" style="image-rendering:pixelated" ` +
    `href="data:image/png;base64,${data}"/></svg>`;
  return new Picture(width, height, svg, png);
}

/** How a grid is drawn. */
export interface Grid {
  /** The numbers that are black and white; undefined for the smallest and largest of each picture. */
  readonly range?: Range | undefined;
  /** Pictures per row. */
  readonly columns: number;
  /** Width and height of each number in pixels. */
  readonly scale: number;
  /** Pixels between pictures, before scaling. */
  readonly padding: number;
}

/** The smallest and largest number. */
export type Range = readonly [low: number, high: number];

/**
 * Draws pictures on a white background, left to right and top to bottom, each number as a square of `scale` · `scale`
 * pixels. The place of an undefined one stays white.
 *
 * @throws RangeError `ERR_OUT_OF_RANGE` for a grid of more than 2²⁶ pixels
 */
export function drawGrid(units: readonly (ArrayLike<number> | undefined)[], shape: ImageShape, grid: Grid): Pixels {
  const { columns, scale, padding } = grid;
  const rows = Math.ceil(units.length / columns);
  const width = scale * (columns * (shape.width + padding) - padding);
  const height = scale * (rows * (shape.height + padding) - padding);
  if (width * height > MAX_PIXELS) {
    const message = `Expected a grid of at most ${MAX_PIXELS} pixels but these options yield ${width} · ${height}`;
    throw withCode(new RangeError(message), 'ERR_OUT_OF_RANGE');
  }
  const rgb = new Uint8Array(width * height * 3).fill(255);
  for (const [i, unit] of units.entries()) {
    if (!unit) continue;
    const left = (i % columns) * (shape.width + padding);
    const top = Math.floor(i / columns) * (shape.height + padding);
    drawUnit(unit, shape, grid.range ?? extent([unit]), { rgb, width, left, top, scale });
  }
  return { width, height, rgb };
}

/** The smallest and largest of all numbers. */
export function extent(units: readonly ArrayLike<number>[]): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const unit of units) {
    for (let i = 0; i < unit.length; i++) {
      low = Math.min(low, unit[i]);
      high = Math.max(high, unit[i]);
    }
  }
  return [low, high];
}

/** Where to draw a unit: the picture, and the unit's top left corner in weights. */
interface Place {
  readonly rgb: Uint8Array;
  /** The width of the picture, in pixels. */
  readonly width: number;
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

function drawUnit(unit: ArrayLike<number>, shape: ImageShape, [low, high]: Range, place: Place): void {
  const { rgb, width, left, top, scale } = place;
  const { channels } = shape;
  // The span of very large weights overflows; the span of their halves does not.
  const half = Number.isFinite(high - low) ? 1 : 0.5;
  const span = high * half - low * half;
  // A unit whose weights are all equal is black.
  const shade = (weight: number) => (span > 0 ? Math.round(255 * ((weight * half - low * half) / span)) : 0);
  for (let y = 0; y < shape.height * scale; y++) {
    for (let x = 0; x < shape.width * scale; x++) {
      const weight = (Math.floor(y / scale) * shape.width + Math.floor(x / scale)) * channels;
      const pixel = ((top * scale + y) * width + left * scale + x) * 3;
      for (let c = 0; c < 3; c++) rgb[pixel + c] = shade(unit[weight + (c % channels)]);
    }
  }
}
