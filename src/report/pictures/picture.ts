import { extname } from 'node:path';
import { replaceFile } from '../../platform/replace-file.js';
import { checkNumber } from '../../validation/check.js';
import { withCode } from '../../validation/errors.js';
import { rasterize } from './rasterize.js';

/**
 * A picture: an SVG document, and as many pixels as are asked for.
 *
 * @example
 * await plotHistory(history).save('training.svg');
 * await plotWeights(net).save('weights.png');
 */
export class Picture {
  /** In pixels, at scale 1. */
  readonly width: number;
  readonly height: number;
  /** The picture as an SVG document, which needs nothing else. */
  readonly svg: string;
  readonly #png: Uint8Array | undefined;

  /** @internal Pictures are made by `plotHistory` and its like; `png` is one of pixels that is there already. */
  constructor(width: number, height: number, svg: string, png?: Uint8Array) {
    this.width = width;
    this.height = height;
    this.svg = svg;
    this.#png = png;
  }

  /** Whether it is made of pixels, so that a PNG file needs no drawing: a weight grid is. */
  get isPixels(): boolean {
    return this.#png !== undefined;
  }

  /**
   * The picture as a PNG file. A chart is drawn by `@resvg/resvg-js`, which must be installed beside this package; a
   * weight grid needs nothing.
   *
   * @param options - `scale`: pixels for each pixel of {@link width}, .1 … 10, 1 unless given; a weight grid has one size
   * @throws (as a rejection) Error `ERR_MISSING_PEER` without `@resvg/resvg-js`, with the command that installs it;
   * RangeError for a scale out of range
   */
  async png(options: { scale?: number } = {}): Promise<Uint8Array> {
    const scale = checkNumber(options.scale ?? 1, 'scale', { min: 0.1, max: 10 });
    if (this.#png) return this.#png.slice();
    return (await rasterize(this.svg, scale)).png();
  }

  /** The picture as a data: address, for a page: of the PNG file where there is one without drawing, else of the SVG. */
  dataUri(): string {
    const type = this.#png ? 'image/png' : 'image/svg+xml';
    return `data:${type};base64,${Buffer.from(this.#png ?? this.svg).toString('base64')}`;
  }

  /**
   * Writes the picture to `file`, whole or not at all, as SVG or PNG by its ending.
   *
   * @throws (as a rejection) as {@link png} for PNG; Error `ERR_NOT_WRITABLE`, also for another ending
   */
  async save(file: string): Promise<void> {
    await replaceFile(file, [await this.#as(file)]);
  }

  async #as(file: string): Promise<string | Uint8Array> {
    const ending = extname(file).toLowerCase();
    if (ending === '.svg') return this.svg;
    if (ending === '.png') return this.png();
    const message = `Expected a file ending in .svg or .png for a picture but received ${JSON.stringify(file)}`;
    throw withCode(new Error(message), 'ERR_NOT_WRITABLE');
  }
}
