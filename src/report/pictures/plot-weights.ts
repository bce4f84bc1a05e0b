/** The weights of the hidden layer as pictures, as the article's figures 4 and 5. */
import type { ParameterArrays, Reals } from '../../../binding.js';
import { checkNumber, checkOneOf, checkOptions } from '../../validation/check.js';
import { withCode, wrongShape, wrongType } from '../../validation/errors.js';
import { Picture } from './picture.js';
import { encodePng, type Pixels } from './png.js';

/** What a column of W1 means as a picture. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 3 for red, green and blue; the order of a row's numbers is height, width, channel. */
  readonly channels: number;
}

/** Options of {@link plotWeights}. */
export interface PlotWeightsOptions {
  /**
   * What a column of W1 means; height · width · channels must be D.
   * @defaultValue a square of 3 channels, or of 1, if D is one
   */
  imageShape?: ImageShape;
  /**
   * From which weights to which the colours go: each unit's own, or those of all units, so that strong units stand out.
   * @defaultValue 'own'
   */
  range?: 'own' | 'common';
  /**
   * Units in their order in the net, or the largest norm first.
   * @defaultValue 'unit'
   */
  order?: 'unit' | 'norm';
  /**
   * Units in a row of the grid.
   * @defaultValue as many as make it about square
   */
  columns?: number;
  /**
   * Pixels for each weight, 1 … 32.
   * @defaultValue 2
   */
  scale?: number;
  /**
   * Pixels between units, before scaling, 0 … 32.
   * @defaultValue 3, the article's
   */
  padding?: number;
}

/** A net, or what is needed of one. */
export interface WeightsOwner {
  readonly params: Pick<ParameterArrays, 'W1'>;
  /** D, numbers per row. */
  readonly inputSize: number;
  /** H, hidden units. */
  readonly hiddenSize: number;
}

const OPTIONS = ['imageShape', 'range', 'order', 'columns', 'scale', 'padding'] as const;
/** The largest grid that is drawn, in pixels. */
const MAX_PIXELS = 2 ** 26;

/**
 * The columns of W1 as images in a grid, one for each hidden unit, left to right and top to bottom: the smallest weight
 * black, the largest white, in each channel. CS231n's `visualize_grid`, which the article uses.
 *
 * @throws TypeError or RangeError for options that are unknown or out of range; RangeError `ERR_SHAPE` when D is no
 * picture of the shape, or of none that could be guessed; `ERR_NOT_FINITE` when a weight is not finite
 */
export function plotWeights(net: WeightsOwner, options: PlotWeightsOptions = {}): Picture {
  checkOptions(options, 'the options of plotWeights', OPTIONS);
  const { hiddenSize: H, inputSize: D } = checkOwner(net);
  const { W1 } = net.params;
  const shape = checkShape(options.imageShape ?? squareOf(D), D);
  const range = checkOneOf(options.range ?? 'own', 'range', ['own', 'common']);
  const order = checkOneOf(options.order ?? 'unit', 'order', ['unit', 'norm']);
  const count = { integer: true, min: 1, max: H } as const;
  const columns = checkNumber(options.columns ?? Math.ceil(Math.sqrt(H)), 'columns', count);
  const scale = checkNumber(options.scale ?? 2, 'scale', { integer: true, min: 1, max: 32 });
  const padding = checkNumber(options.padding ?? 3, 'padding', { integer: true, min: 0, max: 32 });
  const units = Array.from({ length: H }, (_, unit) => columnOf(W1, H, unit));
  if (order === 'norm') sortByNorm(units);
  const pixels = drawGrid(units, shape, { common: range === 'common', columns, scale, padding });
  const { width, height } = pixels;
  const png = encodePng(pixels);
  const data = Buffer.from(png).toString('base64');
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<image width="${width}" height="${height}" style="image-rendering:pixelated" href="data:image/png;base64,${data}"/></svg>`;
  return new Picture(width, height, svg, png);
}

function checkOwner(net: WeightsOwner): WeightsOwner {
  if (typeof net !== 'object' || net === null) throw wrongType('a net', net);
  const { inputSize, hiddenSize, params } = net;
  checkNumber(inputSize, 'inputSize', { integer: true, min: 1 });
  checkNumber(hiddenSize, 'hiddenSize', { integer: true, min: 1 });
  const W1: unknown = params?.W1;
  if (!(W1 instanceof Float32Array || W1 instanceof Float64Array)) throw wrongType('a typed array of reals for W1', W1);
  if (W1.length !== inputSize * hiddenSize) throw wrongShape(`${inputSize * hiddenSize} numbers for W1`, W1);
  return net;
}

/** The pictures that D numbers may be, if nobody says. */
function squareOf(D: number): ImageShape {
  for (const channels of [3, 1]) {
    const side = Math.sqrt(D / channels);
    if (Number.isInteger(side)) return { height: side, width: side, channels };
  }
  throw withCode(
    new RangeError(`Expected imageShape for rows of ${D} numbers, which are no square picture of 3 channels or 1`),
    'ERR_SHAPE',
  );
}

function checkShape(shape: ImageShape, D: number): ImageShape {
  const { height, width, channels } = checkOptions(shape, 'imageShape', ['height', 'width', 'channels']);
  checkNumber(height, 'imageShape.height', { integer: true, min: 1 });
  checkNumber(width, 'imageShape.width', { integer: true, min: 1 });
  checkNumber(channels, 'imageShape.channels', { integer: true, min: 1, max: 3 });
  if (channels !== 2 && height * width * channels === D) return shape;
  throw withCode(
    new RangeError(
      `Expected an imageShape of ${D} numbers with 1 or 3 channels but received ${height} · ${width} · ${channels}`,
    ),
    'ERR_SHAPE',
  );
}

/** The weights of one hidden unit (D), which lie H apart. */
function columnOf(W1: Reals, H: number, unit: number): Float64Array {
  const column = new Float64Array(W1.length / H);
  for (let d = 0; d < column.length; d++) column[d] = W1[d * H + unit];
  if (column.every(Number.isFinite)) return column;
  throw withCode(new RangeError(`Expected finite weights but unit ${unit} of W1 has others`), 'ERR_NOT_FINITE');
}

function sortByNorm(units: Float64Array[]): void {
  const norms = new Map(units.map((unit) => [unit, unit.reduce((sum, weight) => sum + weight * weight, 0)]));
  units.sort((a, b) => (norms.get(b) ?? 0) - (norms.get(a) ?? 0));
}

interface Grid {
  readonly common: boolean;
  readonly columns: number;
  readonly scale: number;
  readonly padding: number;
}

/** Units on white ground, each weight a square of `scale` pixels. */
function drawGrid(units: readonly Float64Array[], shape: ImageShape, grid: Grid): Pixels {
  const { columns, scale, padding } = grid;
  const rows = Math.ceil(units.length / columns);
  const width = scale * (columns * (shape.width + padding) - padding);
  const height = scale * (rows * (shape.height + padding) - padding);
  if (width * height > MAX_PIXELS) {
    const message = `Expected a grid of at most ${MAX_PIXELS} pixels but these options make ${width} · ${height}`;
    throw withCode(new RangeError(message), 'ERR_OUT_OF_RANGE');
  }
  const rgb = new Uint8Array(width * height * 3).fill(255);
  const all = grid.common ? extent(units) : undefined;
  for (const [i, unit] of units.entries()) {
    const left = (i % columns) * (shape.width + padding);
    const top = Math.floor(i / columns) * (shape.height + padding);
    drawUnit(unit, shape, all ?? extent([unit]), { rgb, width, left, top, scale });
  }
  return { width, height, rgb };
}

/** The smallest and the largest weight. */
function extent(units: readonly Float64Array[]): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const unit of units) {
    for (const weight of unit) {
      low = Math.min(low, weight);
      high = Math.max(high, weight);
    }
  }
  return [low, high];
}

/** Where a unit goes: its corner in weights, and the picture. */
interface Place {
  readonly rgb: Uint8Array;
  /** Of the picture, in pixels. */
  readonly width: number;
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

function drawUnit(unit: Float64Array, shape: ImageShape, [low, high]: [number, number], place: Place): void {
  const { rgb, width, left, top, scale } = place;
  const { channels } = shape;
  // The span of the largest numbers is no number: their halves have one.
  const half = Number.isFinite(high - low) ? 1 : 0.5;
  const span = high * half - low * half;
  // A unit of equal weights has no shades.
  const shade = (weight: number) => (span > 0 ? Math.round(255 * ((weight * half - low * half) / span)) : 0);
  for (let y = 0; y < shape.height * scale; y++) {
    for (let x = 0; x < shape.width * scale; x++) {
      const weight = (Math.floor(y / scale) * shape.width + Math.floor(x / scale)) * channels;
      const pixel = ((top * scale + y) * width + left * scale + x) * 3;
      for (let c = 0; c < 3; c++) rgb[pixel + c] = shade(unit[weight + (c % channels)]);
    }
  }
}
