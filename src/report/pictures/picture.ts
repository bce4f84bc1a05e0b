import { extname } from 'node:path';
import { replaceFile } from '../../platform/replace-file.js';
import { checkNumber } from '../../validation/check.js';
import { withCode } from '../../validation/errors.js';
import { rasterize } from './rasterize.js';

/**
 * A picture: an SVG document that can also be saved as a PNG file of any size.
 *
 * @example
 * await plotHistory(history).save('training.svg');
 * await plotWeights(net).save('weights.png');
 */
export class Picture {
  /** In pixels at scale 1. */
  readonly width: number;
  readonly height: number;
  /** The picture as a self-contained SVG document. */
  readonly svg: string;
  readonly #png: Uint8Array | undefined;

  /**
   * @internal `plotHistory` and similar functions create pictures. `png` is given if the picture consists of pixels.
   */
  constructor(width: number, height: number, svg: string, png?: Uint8Array) {
    this.width = width;
    this.height = height;
    this.svg = svg;
    this.#png = png;
  }

  /** Whether the picture consists of pixels, like a weight grid, so that PNG output needs no SVG renderer. */
  get isPixels(): boolean {
    return this.#png !== undefined;
  }

  /**
   * The picture as a PNG file. Charts need the optional package `@resvg/resvg-js`; weight grids do not.
   *
   * @param options - `scale`: output pixels per pixel of {@link width}, 0.1 … 10, default 1; ignored by weight grids,
   * which have a fixed size
   * @throws (as a rejection) Error `ERR_MISSING_PEER` if `@resvg/resvg-js` is not installed, with the command that
   * installs it; RangeError for a scale out of range
   */
  async png(options: { scale?: number } = {}): Promise<Uint8Array> {
    const scale = checkNumber(options.scale ?? 1, 'scale', { min: 0.1, max: 10 });
    if (this.#png) return this.#png.slice();
    return (await rasterize(this.svg, scale)).png();
  }

  /** The picture as a `data:` URL: a PNG file for a weight grid, an SVG document for a chart. */
  dataUri(): string {
    const type = this.#png ? 'image/png' : 'image/svg+xml';
    return `data:${type};base64,${Buffer.from(this.#png ?? this.svg).toString('base64')}`;
  }

  /**
   * Writes the picture to `file` atomically, as SVG or PNG according to its extension.
   *
   * @throws (as a rejection) the errors of {@link png} for PNG; Error `ERR_NOT_WRITABLE`, also for another extension
   */
  async save(file: string): Promise<void> {
    await replaceFile(file, [await this.#as(file)]);
  }

  async #as(file: string): Promise<string | Uint8Array> {
    const extension = extname(file).toLowerCase();
    if (extension === '.svg') return this.svg;
    if (extension === '.png') return this.png();
    const message = `Expected a file ending in .svg or .png for a picture but received ${JSON.stringify(file)}`;
    throw withCode(new Error(message), 'ERR_NOT_WRITABLE');
  }
}
