import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Picture } from '../../../src/report/pictures/picture.js';
import type { PlotOptions } from '../../../src/report/pictures/plot-options.js';
import { plotConfusion, plotHistory, plotSweep } from '../../../src/report/pictures/plots.js';
import { rasterize } from '../../../src/report/pictures/rasterize.js';
import {
  CONFUSION,
  DRAWN,
  expectSound,
  historyOf,
  judge,
  judgeDraw,
  labelOf,
  labelsOf,
  SPACE,
  searchOf,
  THREE,
  textsOf,
} from '../../support/charts.js';

describe('a chart is a valid SVG document', () => {
  const [nan, infinite] = [Number.NaN, Number.POSITIVE_INFINITY];
  const none = () => null;
  it.each<[string, () => Picture]>([
    ['of a training', () => plotHistory(historyOf(1000, 6))],
    ['of a training in a size', () => plotHistory(historyOf(1000, 6), { width: 401, height: 307 })],
    ['of the smallest size', () => plotHistory(historyOf(1000, 6), { width: 200, height: 200, title: 'small' })],
    ['of a training with smoothing beyond its length', () => plotHistory(historyOf(9, 2), { smoothing: 1000 })],
    ['of a training without accuracies', () => plotHistory(historyOf(1000, 0))],
    ['of 0 iterations', () => plotHistory(historyOf(0, 0))],
    ['of 1 iteration', () => plotHistory(historyOf(1, 1))],
    ['of 2 iterations', () => plotHistory(historyOf(2, 2))],
    ['of accuracies without losses', () => plotHistory({ ...historyOf(1, 5), lossHistory: [] })],
    ['of training accuracies alone', () => plotHistory({ ...historyOf(9, 5), valAccHistory: [] })],
    ['of NaN accuracies', () => plotHistory({ ...historyOf(9, 4), valAccHistory: [nan, 0.5, nan, nan] })],
    ['of nothing but NaN', () => plotHistory({ lossHistory: [nan], trainAccHistory: [nan], valAccHistory: [nan] })],
    ['of losses without end', () => plotHistory({ ...historyOf(0, 3), lossHistory: [2, infinite, nan, -infinite, 3] })],
    [
      'of such losses smoothed',
      () => plotHistory({ ...historyOf(0, 3), lossHistory: [nan, nan, 1] }, { smoothing: 2 }),
    ],
    ['of equal losses', () => plotHistory({ ...historyOf(0, 0), lossHistory: [2, 2, 2] })],
    ['of huge losses', () => plotHistory({ ...historyOf(0, 0), lossHistory: [1e300, 2, 1e-300] })],
    ['of a grid', () => plotSweep(searchOf({ space: SPACE }, judge))],
    [
      'of a grid over seeds',
      () => plotSweep(searchOf({ space: SPACE, seeds: 3 }, (s, k) => Number(judge(s)) + k / 50)),
    ],
    ['of a grid of equal accuracies', () => plotSweep(searchOf({ space: SPACE }, () => 1))],
    ['of a diverged grid', () => plotSweep(searchOf({ space: SPACE }, none))],
    ['of draws', () => plotSweep(searchOf(DRAWN, judgeDraw), { title: 'draws' })],
    ['of diverged draws', () => plotSweep(searchOf(DRAWN, none))],
    ['of one draw', () => plotSweep(searchOf({ ...DRAWN, trials: 1 }, () => 0.4))],
    ['of one varied setting', () => plotSweep(searchOf({ space: { learningRate: [1e-3, 1e-2, 1] } }, judge))],
    ['of one varied setting, diverged', () => plotSweep(searchOf({ space: { reg: [0, 1, 2] } }, none))],
    ['of one result', () => plotSweep(searchOf({ space: { learningRate: 1e-3 } }, () => 0.4))],
    ['of one result, diverged', () => plotSweep(searchOf({ space: { learningRate: 1e-3 } }, none))],
    ['of three settings', () => plotSweep(searchOf(THREE, judgeDraw))],
    ['of three settings, diverged', () => plotSweep(searchOf(THREE, none))],
    ['of three settings and one draw', () => plotSweep(searchOf({ ...THREE, trials: 1 }, () => 0.4))],
    ['of a confusion matrix', () => plotConfusion({ confusion: CONFUSION })],
    ['of a narrow confusion matrix', () => plotConfusion({ confusion: CONFUSION }, { width: 300, height: 300 })],
    ['of one class', () => plotConfusion({ confusion: [[0]] }, { classNames: [''] })],
    ['on dark ground', () => plotConfusion({ confusion: CONFUSION }, { dark: true, title: 'dark' })],
  ])('%s', (_, draw) => expectSound(draw()));

  it('with the given size, or one that suits the chart', () => {
    const size = ({ width, height }: Picture) => [width, height];
    expect(size(plotHistory(historyOf(9, 2)))).toStrictEqual([760, 620]);
    expect(size(plotHistory(historyOf(9, 0)))).toStrictEqual([760, 380]);
    expect(size(plotHistory(historyOf(9, 2), { width: 10_000, height: 333 }))).toStrictEqual([10_000, 333]);
    const big = Array.from({ length: 40 }, () => new Array<number>(40).fill(1));
    const [small, large] = [plotConfusion({ confusion: CONFUSION }), plotConfusion({ confusion: big })];
    expect(large.width).toBeGreaterThan(small.width);
    expect(large.height).toBeGreaterThan(small.height);
  });

  it('of 100 000 iterations, with no more points than are visible', () => {
    const picture = plotHistory(historyOf(100_000, 200));
    expectSound(picture);
    expect(picture.svg.length).toBeLessThan(200_000);
    expect(textsOf(picture)).toContain('mean of 2000 iterations');
  }, 30_000);
});

describe.each<[string, (options: PlotOptions) => Picture]>([
  ['plotHistory', (options) => plotHistory(historyOf(50, 3), options)],
  ['plotSweep', (options) => plotSweep(searchOf({ space: SPACE }, judge), options)],
  ['plotConfusion', (options) => plotConfusion({ confusion: CONFUSION }, options)],
])('%s', (name, plot) => {
  it('has a title where it is given one, and shows its markup as text', () => {
    const title = `<b>&"'`;
    const picture = plot({ title });
    expectSound(picture);
    expect(labelOf(picture, title).x).toBeCloseTo(picture.width / 2, 0);
    expect(picture.svg).not.toContain('<b>');
    expect(textsOf(plot({}))).not.toContain(title);
    expect(textsOf(plot({ title: '' }))).toStrictEqual(textsOf(plot({})));
  });

  it('draws its title with letters: the PNG file differs where the title is', async () => {
    const decode = async (title: string) => {
      const picture = plot({ title });
      return { picture, raster: await rasterize(picture.svg, 1) };
    };
    // Both charts are laid out alike; only the text differs.
    const [a, b] = [await decode('MMMMMM'), await decode('iiiiii')];
    const { width, rgba } = a.raster;
    const different: [x: number, y: number][] = [];
    for (let i = 0; i < rgba.length; i += 4) {
      if (rgba[i] !== b.raster.rgba[i]) different.push([(i / 4) % width, Math.floor(i / 4 / width)]);
    }
    expect(different.length).toBeGreaterThan(200);
    for (const [x, y] of different) {
      expect(Math.abs(x - width / 2)).toBeLessThan(60);
      expect(y).toBeLessThan(36);
    }
  });

  it('is drawn on white, or on a dark background with light text on request', async () => {
    const corner = async (dark: boolean) => [...(await rasterize(plot({ dark }).svg, 1)).rgba.subarray(0, 4)];
    expect(await corner(false)).toStrictEqual([255, 255, 255, 255]);
    expect(await corner(true)).toStrictEqual([0x15, 0x18, 0x1d, 255]);
    const colors = (dark: boolean) => labelsOf(plot({ dark, title: 'T' })).filter(({ text }) => text === 'T');
    expect(colors(true)[0].color).toBe('#e8ebef');
    expect(colors(false)[0].color).toBe('#1b1f24');
  });

  it.each<[string, unknown, string, RegExp]>([
    ['an option that does not exist', { tittle: '' }, 'ERR_UNKNOWN_OPTION', /"tittle".*did you mean title\?/],
    ['an unknown option', { xyzzy: 1 }, 'ERR_UNKNOWN_OPTION', /valid options are width, height, title, dark/],
    ['width 0', { width: 0 }, 'ERR_OUT_OF_RANGE', /an integer from 200 to 10000 for width but received 0/],
    ['width 199', { width: 199 }, 'ERR_OUT_OF_RANGE', /for width but received 199/],
    ['height 10001', { height: 10_001 }, 'ERR_OUT_OF_RANGE', /for height but received 10001/],
    ['height 300.5', { height: 300.5 }, 'ERR_OUT_OF_RANGE', /an integer from 200 to 10000 for height/],
    ['width NaN', { width: Number.NaN }, 'ERR_NOT_FINITE', /for width but received NaN/],
    ['width as text', { width: '300' }, 'ERR_INVALID_TYPE', /for width but received "300"/],
    ['a number as title', { title: 7 }, 'ERR_INVALID_TYPE', /a string for title but received 7/],
    ['dark as text', { dark: 'yes' }, 'ERR_INVALID_TYPE', /true or false for dark but received "yes"/],
    ['null for options', null, 'ERR_INVALID_TYPE', new RegExp(`an object for the options of ${name}`)],
  ])('refuses %s', (_, options, code, message) => {
    expect(() => plot(options as PlotOptions)).toThrow(message);
    expect(() => plot(options as PlotOptions)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a chart in a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'picture-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const picture = plotHistory(historyOf(50, 3), { width: 300, height: 400 });
  const sizeOf = (png: Uint8Array) => [Buffer.from(png).readUInt32BE(16), Buffer.from(png).readUInt32BE(20)];

  it('is written as SVG to .svg and as PNG to .png, in capitals as well', async () => {
    for (const name of ['a.svg', 'b.png', 'c.SVG', 'd.PNG']) await picture.save(join(folder, name));
    expect(readdirSync(folder).toSorted()).toEqual(['a.svg', 'b.png', 'c.SVG', 'd.PNG']);
    for (const name of ['a.svg', 'c.SVG']) expect(readFileSync(join(folder, name), 'utf8')).toBe(picture.svg);
    for (const name of ['b.png', 'd.PNG']) {
      const png = readFileSync(join(folder, name));
      expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      expect(sizeOf(png)).toStrictEqual([300, 400]);
      expect(png.equals(await picture.png())).toBe(true);
    }
  });

  it.each(['a.txt', 'a', 'a.svg.gz', 'svg'])(
    'is not written with the extension of %s, and leaves nothing',
    async (name) => {
      const saved = picture.save(join(folder, name));
      await expect(saved).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
      await expect(saved).rejects.toThrow(/a file ending in \.svg or \.png for a picture but received/);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('is not written to a folder that does not exist', async () => {
    await expect(picture.save(join(folder, 'none', 'a.svg'))).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
  });

  it('has the size that its scale requests', async () => {
    expect(sizeOf(await picture.png())).toStrictEqual([300, 400]);
    expect(sizeOf(await picture.png({ scale: 2 }))).toStrictEqual([600, 800]);
    expect(sizeOf(await picture.png({ scale: 0.5 }))).toStrictEqual([150, 200]);
  });

  it.each<[unknown, string]>([
    [0, 'ERR_OUT_OF_RANGE'],
    [11, 'ERR_OUT_OF_RANGE'],
    [Number.NaN, 'ERR_NOT_FINITE'],
    ['2', 'ERR_INVALID_TYPE'],
  ])('is not drawn at scale %s', async (scale, code) => {
    await expect(picture.png({ scale: scale as number })).rejects.toMatchObject({ code });
  });
});
