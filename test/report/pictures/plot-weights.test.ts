import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { TwoLayerNet } from '../../../src/net/two-layer-net.js';
import type { Picture } from '../../../src/report/pictures/picture.js';
import { type PlotWeightsOptions, plotWeights, type WeightsOwner } from '../../../src/report/pictures/plot-weights.js';

/** A net of hidden units with these weights, each D numbers. */
function netOf(...units: readonly (readonly number[])[]): WeightsOwner {
  const [H, D] = [units.length, units[0].length];
  const W1 = Float64Array.from({ length: D * H }, (_, i) => units[i % H][Math.floor(i / H)]);
  return { params: { W1 }, inputSize: D, hiddenSize: H };
}

/** Each pixel as `rrggbb`, row by row, read from the SVG document. */
function pixelsOf({ svg }: Pick<Picture, 'svg'>): string[][] {
  const { width, height, pixels } = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const at = 4 * (y * width + x);
      expect(pixels[at + 3]).toBe(255);
      return pixels.subarray(at, at + 3).toString('hex');
    }),
  );
}

const grey = (value: number) => value.toString(16).padStart(2, '0').repeat(3);
const WHITE = 'ffffff';
const tight = { scale: 1, padding: 0 } as const;

function drawn(net: WeightsOwner, options: PlotWeightsOptions = {}): string[][] {
  return pixelsOf(plotWeights(net, { ...tight, ...options }));
}

describe('the colours of plotWeights', () => {
  it('range from black for a unit’s smallest weight to white for its largest', () => {
    const net = netOf([-1, 0, 1, -0.5], [10, 20, 15, 12]);
    expect(drawn(net)).toStrictEqual([
      [grey(0), grey(128), grey(0), grey(255)],
      [grey(255), grey(64), grey(128), grey(51)],
    ]);
  });

  it('range from the smallest of all weights to the largest with a common range', () => {
    const net = netOf([-1, 0, 1, -0.5], [4, 3, 2, 1]);
    expect(drawn(net, { range: 'common' })).toStrictEqual([
      [grey(0), grey(51), grey(255), grey(204)],
      [grey(102), grey(26), grey(153), grey(102)],
    ]);
    expect(drawn(net, { range: 'own' })[1]).toStrictEqual([grey(255), grey(64), grey(85), grey(0)]);
  });

  it('are black for a unit whose weights are equal, with either range', () => {
    const net = netOf([3, 3, 3, 3]);
    const black = new Array(2).fill(new Array(2).fill(grey(0)));
    expect(drawn(net)).toStrictEqual(black);
    expect(drawn(net, { range: 'common' })).toStrictEqual(black);
    expect(drawn(netOf([0, 0, 0, 0]))).toStrictEqual(black);
  });

  it('read the weights in the order height, width, channel', () => {
    const weights = Array.from({ length: 12 }, (_, i) => i);
    const shade = (i: number) => Math.round((255 * i) / 11);
    const colour = (i: number) => Buffer.from([shade(i), shade(i + 1), shade(i + 2)]).toString('hex');
    expect(drawn(netOf(weights))).toStrictEqual([
      [colour(0), colour(3)],
      [colour(6), colour(9)],
    ]);
  });

  it('share one range among the channels of a unit', () => {
    expect(drawn(netOf([0, 1, 2]))).toStrictEqual([[Buffer.from([0, 128, 255]).toString('hex')]]);
  });
});

describe('the grid of plotWeights', () => {
  const dots = netOf([0, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1]);
  const [B, W] = [grey(0), WHITE];

  it('has its units left to right and top to bottom, and white space after the last', () => {
    expect(drawn(dots)).toStrictEqual([
      [B, W, W, B],
      [W, W, W, W],
      [W, W, W, W],
      [B, W, W, W],
    ]);
  });

  it('is roughly square by default', () => {
    const size = ({ width, height }: Picture) => [width, height];
    const ten = netOf(...Array.from({ length: 10 }, () => [0]));
    expect(size(plotWeights(ten, tight))).toStrictEqual([4, 3]);
    expect(size(plotWeights(ten, { ...tight, columns: 10 }))).toStrictEqual([10, 1]);
    expect(size(plotWeights(ten, { ...tight, columns: 1 }))).toStrictEqual([1, 10]);
    expect(size(plotWeights(ten))).toStrictEqual([2 * (4 + 3 * 3), 2 * (3 + 2 * 3)]);
  });

  it('has white padding between units and none around them', () => {
    const dark = netOf([0], [0], [0], [0]);
    expect(drawn(dark, { padding: 2 })).toStrictEqual([
      [B, W, W, B],
      [W, W, W, W],
      [W, W, W, W],
      [B, W, W, B],
    ]);
  });

  it('scales each weight and the padding', () => {
    const small = drawn(dots, { padding: 1 });
    const large = drawn(dots, { padding: 1, scale: 3 });
    expect(large).toStrictEqual(
      small.flatMap((row) => new Array(3).fill(row.flatMap((pixel) => new Array(3).fill(pixel)))),
    );
  });

  it('puts the largest norm first with order norm, and keeps the order of equal norms', () => {
    const net = netOf([0, 1, 1, 1], [-9, 9, 9, 9], [1, 0, 1, 1], [5, 5, 0, 5]);
    expect(drawn(net, { order: 'norm', columns: 4 })).toStrictEqual([
      [B, W, W, W, B, W, W, B],
      [W, W, B, W, W, W, W, W],
    ]);
    expect(drawn(net, { order: 'unit', columns: 4 })).toStrictEqual([
      [B, W, B, W, W, B, W, W],
      [W, W, W, W, W, W, B, W],
    ]);
  });

  it('accepts pictures that are not square', () => {
    const net = netOf([0, 1, 2, 3, 4, 5]);
    const shade = (i: number) => grey(51 * i);
    expect(drawn(net, { imageShape: { height: 2, width: 3, channels: 1 } })).toStrictEqual([
      [shade(0), shade(1), shade(2)],
      [shade(3), shade(4), shade(5)],
    ]);
    expect(drawn(net, { imageShape: { height: 2, width: 1, channels: 3 } })).toStrictEqual([
      [Buffer.from([0, 51, 102]).toString('hex')],
      [Buffer.from([153, 204, 255]).toString('hex')],
    ]);
  });

  it('treats rows as squares with three channels or one, whichever matches their length', () => {
    // 48 = 4 · 4 · 3, 16 = 4 · 4, and 3 is one pixel. No length fits both.
    const sizeOf = (D: number) => plotWeights(netOf(new Array(D).fill(0)), tight).width;
    expect([48, 16, 3, 1, 3072].map(sizeOf)).toStrictEqual([4, 4, 1, 1, 32]);
  });

  it('accepts a TwoLayerNet of either dtype and does not change its weights', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const net = new TwoLayerNet({ inputSize: 12, hiddenSize: 5, numClasses: 2, dtype, backend: 'js' });
      const before = net.params.W1.slice();
      const { width, height } = plotWeights(net, { order: 'norm', range: 'common' });
      expect([width, height]).toStrictEqual([2 * (3 * 2 + 2 * 3), 2 * (2 * 2 + 3)]);
      expect(net.params.W1).toStrictEqual(before);
    }
  });
});

describe('the picture of plotWeights', () => {
  const picture = plotWeights(netOf([0, 1, 2, 3], [3, 1, 2, 0]));

  it('contains the PNG file that png() returns in its SVG document', async () => {
    const data = /href="data:image\/png;base64,([^"]+)"/.exec(picture.svg)?.[1] ?? '';
    expect(Buffer.from(await picture.png()).equals(Buffer.from(data, 'base64'))).toBe(true);
    expect(picture.svg).toMatch(new RegExp(`^<svg [^>]*width="${picture.width}" height="${picture.height}"`));
  });

  it('returns a new copy of its PNG file each time', async () => {
    const first = await picture.png();
    const kept = first.slice();
    first.fill(0);
    expect(await picture.png()).toStrictEqual(kept);
  });

  it('has a fixed size for any scale, but refuses scales out of range', async () => {
    expect(await picture.png({ scale: 3 })).toStrictEqual(await picture.png());
    await expect(picture.png({ scale: 0 })).rejects.toMatchObject({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
  });
});

describe('plotWeights refuses', () => {
  const net = netOf([0, 1, 2, 3], [3, 1, 2, 0]);
  const shape = (height: unknown, width: unknown, channels: unknown) => ({ imageShape: { height, width, channels } });

  it.each<[string, unknown, string, RegExp]>([
    ['an option that does not exist', { ranges: 'own' }, 'ERR_UNKNOWN_OPTION', /"ranges".*did you mean range\?/],
    [
      'options that are not an object',
      3,
      'ERR_INVALID_TYPE',
      /an object for the options of plotWeights but received 3/,
    ],
    ['another range', { range: 'all' }, 'ERR_INVALID_TYPE', /one of "own", "common" for range but received "all"/],
    ['another order', { order: 1 }, 'ERR_INVALID_TYPE', /one of "unit", "norm" for order but received 1/],
    ['more columns than units', { columns: 3 }, 'ERR_OUT_OF_RANGE', /from 1 to 2 for columns but received 3/],
    ['no columns', { columns: 0 }, 'ERR_OUT_OF_RANGE', /from 1 to 2 for columns but received 0/],
    ['a scale of 33', { scale: 33 }, 'ERR_OUT_OF_RANGE', /from 1 to 32 for scale but received 33/],
    ['half a pixel', { scale: 1.5 }, 'ERR_OUT_OF_RANGE', /an integer from 1 to 32 for scale but received 1\.5/],
    ['a scale of NaN', { scale: Number.NaN }, 'ERR_NOT_FINITE', /for scale but received NaN/],
    ['a padding below 0', { padding: -1 }, 'ERR_OUT_OF_RANGE', /from 0 to 32 for padding but received -1/],
    ['a padding as text', { padding: '3' }, 'ERR_INVALID_TYPE', /for padding but received "3"/],
    ['a shape of other size', shape(2, 3, 1), 'ERR_SHAPE', /of 4 numbers with 1 or 3 channels but received 2 · 3 · 1/],
    ['two channels', shape(2, 1, 2), 'ERR_SHAPE', /of 4 numbers with 1 or 3 channels but received 2 · 1 · 2/],
    ['four channels', shape(1, 1, 4), 'ERR_OUT_OF_RANGE', /imageShape\.channels but received 4/],
    ['a shape of height 0', shape(0, 2, 1), 'ERR_OUT_OF_RANGE', /imageShape\.height but received 0/],
    ['a shape without width', shape(2, undefined, 1), 'ERR_INVALID_TYPE', /imageShape\.width but received undefined/],
    ['a list as a shape', { imageShape: [2, 2, 1] }, 'ERR_INVALID_TYPE', /an object for imageShape/],
    ['a shape of other names', { imageShape: { heigth: 2 } }, 'ERR_UNKNOWN_OPTION', /did you mean height\?/],
  ])('%s', (_, options, code, message) => {
    const plot = () => plotWeights(net, options as PlotWeightsOptions);
    expect(plot).toThrow(message);
    expect(plot).toThrow(expect.objectContaining({ code }));
  });

  it('rows that do not form a square picture, without an imageShape', () => {
    const six = netOf([0, 1, 2, 3, 4, 5]);
    expect(() => plotWeights(six)).toThrow(expect.objectContaining({ name: 'RangeError', code: 'ERR_SHAPE' }));
    expect(() => plotWeights(six)).toThrow(/Expected imageShape for rows of 6 numbers/);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('a weight of %d', (weight) => {
    const plot = () => plotWeights(netOf([0, 1, 2, 3], [0, 1, weight, 3]));
    expect(plot).toThrow(expect.objectContaining({ name: 'RangeError', code: 'ERR_NOT_FINITE' }));
    expect(plot).toThrow(/unit 1 of W1/);
  });

  it('a grid too large for memory, before allocating it', () => {
    const many = netOf(...Array.from({ length: 300 }, () => new Array<number>(256).fill(0)));
    const plot = () => plotWeights(many, { columns: 300, scale: 32 });
    expect(plot).toThrow(expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }));
    expect(plot).toThrow(/at most 67108864 pixels but these options yield 182304 · 512/);
  });

  it.each([null, undefined, 7])('%s for a net', (given) => {
    const plot = () => plotWeights(given as unknown as WeightsOwner);
    expect(plot).toThrow(expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_TYPE' }));
  });
});
