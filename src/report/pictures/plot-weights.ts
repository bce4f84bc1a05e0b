/** The weights of the hidden layer as pictures, like the article's figures 4 and 5. */
import type { ParameterArrays, Reals } from '../../../binding.js';
import type { ImageShape } from '../../data/dataset.js';
import { checkAttached, checkNumber, checkOneOf, checkOptions, isObject } from '../../validation/check.js';
import { withCode, wrongShape, wrongType } from '../../validation/errors.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import type { Picture } from './picture.js';
import { drawGrid, extent, pixelPicture } from './pixel-grid.js';
import type { Pixels } from './png.js';

/** Options of {@link plotWeights}. */
export interface PlotWeightsOptions {
  /**
   * The shape of a column of W1 as a picture; height · width · channels must equal D.
   * @defaultValue a square with 3 channels or else with 1, if D allows it
   */
  imageShape?: ImageShape | undefined;
  /**
   * The range of weights that the colours span: each unit's own range, or the common range of all units, which makes
   * units with large weights stand out.
   * @defaultValue 'own'
   */
  range?: 'own' | 'common';
  /**
   * The order of the units: as in the net, or by decreasing norm.
   * @defaultValue 'unit'
   */
  order?: 'unit' | 'norm';
  /**
   * Units per row of the grid.
   * @defaultValue a roughly square grid
   */
  columns?: number;
  /**
   * Width and height of each weight in pixels, 1 … 32.
   * @defaultValue 2
   */
  scale?: number;
  /**
   * Pixels between units, before scaling, 0 … 32.
   * @defaultValue 3, as in the article
   */
  padding?: number;
}

/** A net, or the parts of one that a picture of its weights needs. */
export interface WeightsOwner {
  readonly params: Pick<ParameterArrays, 'W1'>;
  /** D, numbers per row. */
  readonly inputSize: number;
  /** H, hidden units. */
  readonly hiddenSize: number;
}

const OPTIONS = ['imageShape', 'range', 'order', 'columns', 'scale', 'padding'] as const;

/**
 * Draws the columns of W1 as images in a grid, one per hidden unit, left to right and top to bottom. In each channel
 * the smallest weight is black and the largest is white. This is CS231n's `visualize_grid`, which the article uses.
 *
 * @throws TypeError or RangeError if an option is unknown or out of range; RangeError `ERR_SHAPE` if `imageShape` does
 * not match D, or if it is missing and D is not a square picture; RangeError `ERR_NOT_FINITE` if a weight is not finite
 */
export function plotWeights(net: WeightsOwner, options: PlotWeightsOptions = {}): Picture {
  return pixelPicture(drawWeights(net, options));
}

/** The pixels of {@link plotWeights}. */
export function drawWeights(net: WeightsOwner, options: PlotWeightsOptions = {}): Pixels {
  checkOptions(options, 'the options of plotWeights', OPTIONS);
  const { hiddenSize: H, inputSize: D } = checkOwner(net);
  const { W1 } = net.params;
  const { imageShape = squareOf(D), range = 'own', order = 'unit', scale = 2, padding = 3 } = options;
  const { columns = Math.ceil(Math.sqrt(H)) } = options;
  const shape = checkShape(imageShape, D);
  checkOneOf(range, 'range', ['own', 'common']);
  checkOneOf(order, 'order', ['unit', 'norm']);
  checkNumber(columns, 'columns', { integer: true, min: 1, max: H });
  checkNumber(scale, 'scale', { integer: true, min: 1, max: 32 });
  checkNumber(padding, 'padding', { integer: true, min: 0, max: 32 });
  const units = Array.from({ length: H }, (_, unit) => columnOf(W1, H, unit));
  if (order === 'norm') sortByNorm(units);
  const common = range === 'common' ? extent(units) : undefined;
  return drawGrid(units, shape, { range: common, columns, scale, padding });
}

function checkOwner(net: WeightsOwner): WeightsOwner {
  if (!isObject(net) || !isObject(net.params)) throw wrongType('a net', net);
  const { inputSize, hiddenSize, params } = net;
  checkNumber(inputSize, 'inputSize', { integer: true, min: 1 });
  checkNumber(hiddenSize, 'hiddenSize', { integer: true, min: 1 });
  const W1: unknown = params?.W1;
  if (!isArrayOf(W1, 'Float32Array') && !isArrayOf(W1, 'Float64Array'))
    throw wrongType('a typed array of reals for W1', W1);
  checkAttached(W1, 'params.W1');
  if (W1.length !== inputSize * hiddenSize) throw wrongShape(`${inputSize * hiddenSize} numbers for W1`, W1);
  return net;
}

/** The default shape for D numbers. */
function squareOf(D: number): ImageShape {
  for (const channels of [3, 1]) {
    const side = Math.sqrt(D / channels);
    if (Number.isInteger(side)) return { height: side, width: side, channels };
  }
  throw withCode(
    new RangeError(
      `Expected imageShape for rows of ${D} numbers, which do not form a square picture with 1 or 3 channels`,
    ),
    'ERR_SHAPE',
  );
}

function checkShape(shape: ImageShape, D: number): ImageShape {
  const { height, width, channels } = checkOptions(shape, 'imageShape', ['height', 'width', 'channels', 'resized']);
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

/** The weights of one hidden unit (D): a column of W1. */
function columnOf(W1: Reals, H: number, unit: number): Float64Array {
  const column = new Float64Array(W1.length / H);
  for (let d = 0; d < column.length; d++) column[d] = W1[d * H + unit];
  if (column.every(Number.isFinite)) return column;
  throw withCode(
    new RangeError(`Expected finite weights but unit ${unit} of W1 has NaN or infinite ones`),
    'ERR_NOT_FINITE',
  );
}

function sortByNorm(units: Float64Array[]): void {
  const norms = new Map(units.map((unit) => [unit, unit.reduce((sum, weight) => sum + weight * weight, 0)]));
  units.sort((a, b) => (norms.get(b) ?? 0) - (norms.get(a) ?? 0));
}
