import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RandomState } from '../../../src/random/random-state.js';
import type { Picture } from '../../../src/report/pictures/picture.js';
import {
  type PlotConfusionOptions,
  type PlotHistoryOptions,
  type PlotOptions,
  plotConfusion,
  plotHistory,
  plotSweep,
} from '../../../src/report/pictures/plots.js';
import { rasterize } from '../../../src/report/pictures/rasterize.js';
import { type RankedSettings, rank } from '../../../src/tune/ranking.js';
import { combinationsOf, resolveSearch, type SearchOptions } from '../../../src/tune/search.js';
import { makeTrial } from '../../../src/tune/trial.js';

type Settings = RankedSettings['settings'];

/** A training whose loss falls, with accuracies that rise. */
function historyOf(iterations: number, epochs: number) {
  const noise = new RandomState(3).uniform(-0.1, 0.1, iterations);
  return {
    lossHistory: Array.from(noise, (value, i) => 0.3 + 2 * Math.exp((-2 * i) / iterations) + value),
    trainAccHistory: Array.from({ length: epochs }, (_, epoch) => 0.2 + (0.5 * epoch) / epochs),
    valAccHistory: Array.from({ length: epochs }, (_, epoch) => 0.15 + (0.4 * epoch) / epochs),
  };
}

/** A search whose combinations have the accuracies that `judge` gives them. */
function searchOf(options: SearchOptions, judge: (settings: Settings, seed: number) => number | null) {
  const search = resolveSearch(options);
  const results = combinationsOf(search).flatMap((settings) =>
    Array.from({ length: search.seeds }, (_, k) => {
      const valAccuracy = judge(settings, k);
      const status = valAccuracy === null ? ('diverged' as const) : ('done' as const);
      const { numIters } = search;
      const rest = { iterations: numIters, numIters, status, valAccuracy, trainAccuracy: null, loss: 1, seconds: 1 };
      return { ...makeTrial(settings, k, search.dtype), ...rest };
    }),
  );
  return { search, ranking: rank(results) };
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };

/** Each text of the picture with the place of its anchor. */
function labelsOf({ svg }: Picture): { text: string; x: number; y: number; color: string }[] {
  return [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes, text]) => {
    const numbers = /transform="[a-z]+\(([^)]*)\)"/.exec(attributes)?.[1].split(/[ ,]/).map(Number) ?? [0, 0];
    const [x, y] = numbers.slice(-2);
    const color = /fill="([^"]*)"/.exec(attributes)?.[1] ?? '';
    return { text: text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity]), x, y, color };
  });
}

const textsOf = (picture: Picture) => labelsOf(picture).map(({ text }) => text);

/** The one label of this text. */
function labelOf(picture: Picture, text: string): { x: number; y: number } {
  const found = labelsOf(picture).filter((label) => label.text === text);
  expect(found, text).toHaveLength(1);
  return found[0];
}

/** The marks of data: the nth series' points, cells or lines. */
function marksOf({ svg }: Picture, series: number): string[] {
  const mark = new RegExp(`<[^>]*ecmeta_series_index="${series}"[^>]*ecmeta_ssr_type="chart"[^>]*>`, 'g');
  return svg.match(mark) ?? [];
}

/** Where the marks of a series are. */
const placesOf = (picture: Picture, series: number) =>
  marksOf(picture, series).map((mark) => {
    const [x, y] = (/matrix\(([^)]*)\)/.exec(mark)?.[1] ?? '').split(',').map(Number).slice(-2);
    return { x, y };
  });

/** The numbers of a curve's path, point by point. */
function curveOf({ svg }: Picture, color: string, nth = 0): [number, number][] {
  const paths = svg.match(new RegExp(`<path [^>]*fill="none"[^>]*stroke="${color}"[^>]*>`, 'g')) ?? [];
  const path = / d="([^"]*)"/.exec(paths[nth])?.[1] ?? '';
  return [...path.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

const [BLUE, VERMILION] = ['#0072b2', '#d55e00'];

/** An SVG document that a strict reader of XML takes, of the size that it says, and without leaks of JavaScript. */
function expectSound(picture: Picture): void {
  const { width, height, svg } = picture;
  expect(svg).toMatch(new RegExp(`^<svg width="${width}" height="${height}" `));
  expect(svg.trimEnd().endsWith('</svg>')).toBe(true);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  const image = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
  expect([image.width, image.height]).toStrictEqual([width, height]);
}

const SPACE = { learningRate: [1e-2, 1e-3, 1e-4], reg: [0, 0.5] };
const DRAWN = {
  space: { learningRate: { low: 1e-5, high: 1e-1, scale: 'log' }, reg: { low: 0, high: 1 } },
  search: 'random',
  trials: 20,
} as const;
const THREE = { ...DRAWN, space: { ...DRAWN.space, hiddenSize: [20, 50, 200] } };
/** Different for each of SPACE, and none where both are largest. */
const judge = ({ learningRate, reg }: Settings) =>
  learningRate === 1e-2 && reg === 0.5 ? null : 0.4 - Math.log10(learningRate) / 100 + reg / 10;
/** Of draws, some diverge. */
const judgeDraw = ({ learningRate, reg }: Settings) => (learningRate > 1e-2 ? null : 0.3 + reg / 10);
/** Left of the scale of colours, in pixels. */
const END_OF_CELLS = 760 - 96;
const CONFUSION = [
  [51, 2, 3],
  [4, 52, 6],
  [7, 8, 153],
];

describe('a chart is a sound SVG document', () => {
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

  it('of the size that is asked for, or of one that the chart needs', () => {
    const size = ({ width, height }: Picture) => [width, height];
    expect(size(plotHistory(historyOf(9, 2)))).toStrictEqual([760, 620]);
    expect(size(plotHistory(historyOf(9, 0)))).toStrictEqual([760, 380]);
    expect(size(plotHistory(historyOf(9, 2), { width: 10_000, height: 333 }))).toStrictEqual([10_000, 333]);
    const big = Array.from({ length: 40 }, () => new Array<number>(40).fill(1));
    const [small, large] = [plotConfusion({ confusion: CONFUSION }), plotConfusion({ confusion: big })];
    expect(large.width).toBeGreaterThan(small.width);
    expect(large.height).toBeGreaterThan(small.height);
  });

  it('of 100 000 iterations too, with no more points than can be seen', () => {
    const picture = plotHistory(historyOf(100_000, 200));
    expectSound(picture);
    expect(picture.svg.length).toBeLessThan(200_000);
    expect(textsOf(picture)).toContain('mean of 2000 iterations');
  }, 30_000);
});

describe('plotHistory', () => {
  it('names its axes and its curves', () => {
    const texts = textsOf(plotHistory(historyOf(1000, 6)));
    expect(texts).toEqual(expect.arrayContaining(['Iteration', 'Loss', 'Epoch', 'Accuracy']));
    expect(texts).toEqual(expect.arrayContaining(['loss', 'mean of 20 iterations']));
    expect(texts).toEqual(expect.arrayContaining(['training', 'validation']));
  });

  it('does without epochs where there are no accuracies', () => {
    const texts = textsOf(plotHistory(historyOf(1000, 0)));
    expect(texts).toEqual(expect.arrayContaining(['Iteration', 'Loss', 'loss']));
    for (const text of ['Epoch', 'Accuracy', 'training']) expect(texts).not.toContain(text);
  });

  it('does without the accuracies that are missing', () => {
    const texts = textsOf(plotHistory({ ...historyOf(9, 3), valAccHistory: [] }));
    expect(texts).toEqual(expect.arrayContaining(['Epoch', 'training']));
    expect(texts).not.toContain('validation');
  });

  it('smooths over a fiftieth of the iterations, over as many as it is told, or not at all', () => {
    const means = (iterations: number, options?: PlotHistoryOptions) =>
      textsOf(plotHistory(historyOf(iterations, 0), options)).filter((text) => text.startsWith('mean'));
    expect(means(500)).toStrictEqual(['mean of 10 iterations']);
    expect(means(1000, { smoothing: 10 })).toStrictEqual(['mean of 10 iterations']);
    expect(means(200)).toStrictEqual([]);
    expect(means(1000, { smoothing: 1 })).toStrictEqual([]);
  });

  it('draws the loss to scale, and beside it the means', () => {
    const history = { lossHistory: [3, 1, 2, 5], trainAccHistory: [], valAccHistory: [] };
    const picture = plotHistory(history, { smoothing: 3 });
    // Pixels are y0 + slope · loss, the same for both curves; paths are rounded to a tenth of a pixel.
    const [raw, mean] = [curveOf(picture, BLUE), curveOf(picture, VERMILION)];
    expect(raw).toHaveLength(4);
    const slope = (raw[3][1] - raw[1][1]) / (5 - 1);
    expect(slope).toBeLessThan(0);
    const step = raw[1][0] - raw[0][0];
    expect(step).toBeGreaterThan(0);
    const expectCurve = (curve: [number, number][], values: readonly number[]) => {
      expect(curve).toHaveLength(values.length);
      for (const [i, [x, y]] of curve.entries()) {
        expect(Math.abs(x - raw[0][0] - i * step)).toBeLessThan(0.3);
        expect(Math.abs(y - raw[1][1] - slope * (values[i] - 1))).toBeLessThan(0.3);
      }
    };
    expectCurve(raw, history.lossHistory);
    expectCurve(mean, [2, 2, 8 / 3, 3.5]);
  });

  it('shows a single loss that stands out of 100 000', () => {
    const lossHistory = new Array<number>(100_000).fill(1);
    lossHistory[43_210] = 9;
    lossHistory[67_890] = 0;
    const ys = curveOf(
      plotHistory({ lossHistory, trainAccHistory: [], valAccHistory: [] }, { smoothing: 1 }),
      BLUE,
    ).map(([, y]) => y);
    const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
    expect((bottom - ys[0]) / (bottom - top)).toBeCloseTo(1 / 9, 2);
  });

  it('draws each accuracy over its epoch, and nothing for NaN', () => {
    const [training, validation] = [
      [0.1, 0.2, 0.3, 0.5],
      [0.1, Number.NaN, 0.3, Number.NaN],
    ];
    const history = { lossHistory: [2, 1], trainAccHistory: training, valAccHistory: validation };
    const [first, second] = [1, 2].map((series) => placesOf(plotHistory(history), series));
    expect(first).toHaveLength(4);
    const step = first[1].x - first[0].x;
    for (const [i, { x, y }] of first.entries()) {
      expect(x - first[0].x).toBeCloseTo(i * step, 1);
      expect((y - first[0].y) / (first[3].y - first[0].y)).toBeCloseTo((training[i] - 0.1) / 0.4, 2);
    }
    expect(second).toStrictEqual([first[0], first[2]]);
  });

  it('shows a single iteration as a point', () => {
    const picture = plotHistory(historyOf(1, 1));
    for (const series of [0, 1, 2]) expect(marksOf(picture, series)).toHaveLength(1);
  });

  it.each<[string, unknown, unknown, string, RegExp]>([
    ['no history', null, {}, 'ERR_INVALID_TYPE', /the history of a training but received null/],
    ['a number as history', 3, {}, 'ERR_INVALID_TYPE', /the history of a training but received 3/],
    ['a history without losses', {}, {}, 'ERR_INVALID_TYPE', /lists of numbers in the history.*received undefined/],
    ['smoothing 0', historyOf(9, 0), { smoothing: 0 }, 'ERR_OUT_OF_RANGE', /at least 1 for smoothing but received 0/],
    ['smoothing NaN', historyOf(9, 0), { smoothing: Number.NaN }, 'ERR_NOT_FINITE', /for smoothing but received NaN/],
    ['smoothing 1.5', historyOf(9, 0), { smoothing: 1.5 }, 'ERR_OUT_OF_RANGE', /an integer .* for smoothing/],
  ])('refuses %s', (_, history, options, code, message) => {
    const plot = () => plotHistory(history as ReturnType<typeof historyOf>, options as PlotHistoryOptions);
    expect(plot).toThrow(message);
    expect(plot).toThrow(expect.objectContaining({ code }));
  });
});

describe('plotSweep', () => {
  it('makes a cell of each combination of two settings, with its accuracy or that it diverged', () => {
    const results = searchOf({ space: SPACE }, judge);
    const picture = plotSweep(results);
    expect(textsOf(picture)).toEqual(expect.arrayContaining(['learning rate', 'regularization strength']));
    expect(marksOf(picture, 0)).toHaveLength(6);
    for (const { settings, valAccuracy } of results.ranking) {
      const text = valAccuracy === null ? 'diverged' : valAccuracy.mean.toFixed(3);
      const [cell] = labelsOf(picture).filter((label) => label.text === text && label.x < END_OF_CELLS);
      const column = { 0.01: '0.01', 0.001: '0.001', 0.0001: '1e-4' }[settings.learningRate] ?? '';
      expect(cell.x).toBeCloseTo(labelOf(picture, column).x, 1);
      expect(cell.y).toBeCloseTo(labelOf(picture, settings.reg === 0 ? '0' : '0.5').y, 1);
    }
  });

  it('says how far seeds lie apart', () => {
    const picture = plotSweep(searchOf({ space: SPACE, seeds: 2 }, ({ reg }, k) => 0.25 + reg / 2 + k / 8));
    const cells = textsOf(picture).filter((text) => text.includes('±'));
    expect(cells.toSorted()).toStrictEqual([
      ...new Array(3).fill('0.313 ± 0.088'),
      ...new Array(3).fill('0.563 ± 0.088'),
    ]);
  });

  it('has the best in the lightest colour of its scale, the worst in the darkest, and says which they are', () => {
    const results = searchOf({ space: SPACE }, ({ learningRate, reg }) => 0.2 + learningRate * 10 + reg / 2);
    const picture = plotSweep(results);
    const fills = marksOf(picture, 0).map((mark) => /fill="([^"]*)"/.exec(mark)?.[1]);
    expect(fills[0]).toBe('rgb(253,231,37)');
    expect(fills[5]).toBe('rgb(68,1,84)');
    // Once in its cell, and once at the end of the scale.
    for (const end of ['0.550', '0.201']) expect(textsOf(picture).filter((text) => text === end)).toHaveLength(2);
  });

  it('writes on its cells what can be read: dark on light, light on dark', () => {
    const accuracies = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    const picture = plotSweep(searchOf({ space: SPACE }, () => accuracies.pop() ?? null));
    const cells = labelsOf(picture).filter(({ text }) => /^0\.\d00$/.test(text));
    const colorOf = (text: string) => cells.filter((cell) => cell.text === text)[0].color;
    expect(colorOf('0.600')).toBe('#1b1f24');
    expect(colorOf('0.200')).toBe('#ffffff');
  });

  it('makes a point of each drawn combination, and a cross of each that diverged', () => {
    const results = searchOf(DRAWN, judgeDraw);
    const lost = results.ranking.filter(({ valAccuracy }) => valAccuracy === null);
    expect(lost.length).toBeGreaterThan(0);
    const picture = plotSweep(results);
    expect(marksOf(picture, 0)).toHaveLength(20 - lost.length);
    expect(marksOf(picture, 1)).toHaveLength(lost.length);
    expect(textsOf(picture)).toEqual(expect.arrayContaining(['learning rate', 'regularization strength', 'diverged']));
  });

  it('puts drawn combinations at their values, by factors on a log axis', () => {
    const results = searchOf(DRAWN, ({ reg }) => 0.3 + reg / 10);
    const picture = plotSweep(results);
    expect(textsOf(picture)).not.toContain('diverged');
    const places = placesOf(picture, 0);
    const [left, right] = [labelOf(picture, '1e-4').x, labelOf(picture, '0.01').x];
    const [low, high] = [labelOf(picture, '0.2').y, labelOf(picture, '0.8').y];
    for (const [i, { settings }] of results.ranking.entries()) {
      const x = left + ((right - left) * (Math.log10(settings.learningRate) + 4)) / 2;
      const y = low + ((high - low) * (settings.reg - 0.2)) / 0.6;
      expect(Math.hypot(places[i].x - x, places[i].y - y)).toBeLessThan(0.5);
    }
  });

  it('makes a line of each combination of three settings, over an axis for each and one for the accuracy', () => {
    const results = searchOf(THREE, judgeDraw);
    const lost = results.ranking.filter(({ valAccuracy }) => valAccuracy === null).length;
    const picture = plotSweep(results);
    const names = ['learning rate', 'regularization strength', 'hidden units', 'Validation accuracy'];
    const places = names.map((name) => labelOf(picture, name));
    expect(new Set(places.map(({ y }) => y)).size).toBe(1);
    expect(places.map(({ x }) => x)).toStrictEqual(places.map(({ x }) => x).toSorted((a, b) => a - b));
    expect(marksOf(picture, 0)).toHaveLength(20 - lost);
    expect(marksOf(picture, 1)).toHaveLength(lost);
    expect(textsOf(picture)).toContain('diverged');
  });

  it('makes a curve over one varied setting, from its least value to its largest', () => {
    const accuracies: Record<number, number | null> = { 0.001: 0.2, 0.01: 0.6, 0.1: null, 1: 0.4 };
    const space = { learningRate: [1, 0.01, 0.1, 0.001] };
    const picture = plotSweep(searchOf({ space }, ({ learningRate }) => accuracies[learningRate]));
    expect(textsOf(picture)).toEqual(expect.arrayContaining(['learning rate', 'Validation accuracy', 'diverged']));
    const tick = (text: string) => labelOf(picture, text).x;
    const curve = curveOf(picture, BLUE);
    expect(curve).toHaveLength(3);
    for (const [i, text] of ['0.001', '0.01', '1'].entries())
      expect(Math.abs(curve[i][0] - tick(text))).toBeLessThan(1);
    const [low, high, middle] = curve.map(([, y]) => y);
    expect((middle - low) / (high - low)).toBeCloseTo(0.5, 1);
    const [cross, ...more] = placesOf(picture, 1);
    expect(more).toHaveLength(0);
    expect(Math.abs(cross.x - tick('0.1'))).toBeLessThan(1);
  });

  it('makes a point over the learning rate where nothing was varied', () => {
    const picture = plotSweep(searchOf({ space: { learningRate: 1e-3, reg: 0.5 } }, () => 0.4));
    expect(textsOf(picture)).toEqual(expect.arrayContaining(['learning rate', 'Validation accuracy']));
    expect(marksOf(picture, 0)).toHaveLength(1);
    expect(placesOf(picture, 0)[0].x).toBeCloseTo(labelOf(picture, '0.001').x, 0);
  });

  it('says that all diverged', () => {
    const none = () => null;
    const cells = textsOf(plotSweep(searchOf({ space: SPACE }, none)));
    expect(cells.filter((text) => text === 'diverged')).toHaveLength(6);
    const draws = plotSweep(searchOf(DRAWN, none));
    expect([marksOf(draws, 0).length, marksOf(draws, 1).length]).toStrictEqual([0, 20]);
    const lines = plotSweep(searchOf(THREE, none));
    expect([marksOf(lines, 0).length, marksOf(lines, 1).length]).toStrictEqual([0, 20]);
    const curve = plotSweep(searchOf({ space: { reg: [1, 2] } }, none));
    expect([marksOf(curve, 0).length, marksOf(curve, 1).length]).toStrictEqual([0, 2]);
  });

  it('refuses what has no results', () => {
    const empty = { ...searchOf({ space: SPACE }, judge), ranking: [] };
    expect(() => plotSweep(empty)).toThrow(expect.objectContaining({ name: 'RangeError', code: 'ERR_SHAPE' }));
    expect(() => plotSweep(empty)).toThrow(/at least one result of a search but received an array of 0/);
    for (const given of [null, 3] as unknown as (typeof empty)[]) {
      expect(() => plotSweep(given)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_TYPE' }));
    }
  });
});

describe('plotConfusion', () => {
  it('has true classes from top to bottom, predicted ones from left to right', () => {
    const picture = plotConfusion({ confusion: CONFUSION }, { classNames: ['cat', 'dog', 'frog'] });
    const texts = textsOf(picture);
    expect(texts).toEqual(expect.arrayContaining(['True class', 'Predicted class', '0 %', '100 %']));
    const counts = CONFUSION.map((row) => row.map((count) => labelOf(picture, String(count))));
    for (const [label, name] of ['cat', 'dog', 'frog'].entries()) {
      const [row, column] = labelsOf(picture)
        .filter(({ text }) => text === name)
        .toSorted((a, b) => a.x - b.x || a.y - b.y)
        .toSorted((a, b) => Number(a.y > counts[2][0].y) - Number(b.y > counts[2][0].y));
      expect(counts[label].map(({ y }) => y)).toStrictEqual([row.y, row.y, row.y]);
      expect(counts.map((cells) => cells[label].x)).toStrictEqual([column.x, column.x, column.x]);
    }
    expect(counts[0].map(({ x }) => x)).toStrictEqual(counts[0].map(({ x }) => x).toSorted((a, b) => a - b));
    expect(counts[0][0].y).toBeLessThan(counts[1][0].y);
  });

  it('shades each cell by its share of the row, not by its count', () => {
    const confusion = [
      [1, 0],
      [500, 500],
    ];
    const picture = plotConfusion({ confusion });
    const fills = marksOf(picture, 0).map((mark) => /fill="([^"]*)"/.exec(mark)?.[1]);
    expect(fills).toHaveLength(4);
    expect(fills.slice(0, 2)).toStrictEqual(['rgb(253,231,37)', 'rgb(68,1,84)']);
    expect(fills[2]).toBe(fills[3]);
  });

  it('has numbers for classes without names', () => {
    const confusion = [
      [11, 22],
      [33, 44],
    ];
    expect(textsOf(plotConfusion({ confusion })).filter((text) => /^[01]$/.test(text))).toHaveLength(4);
  });

  it('shows names with markup as text', () => {
    const classNames = ['<script>', '</text>&', `'"]]>`];
    const picture = plotConfusion({ confusion: CONFUSION }, { classNames });
    expectSound(picture);
    expect(picture.svg).not.toMatch(/<script|&&|<\/text>&</);
    for (const name of classNames) expect(textsOf(picture).filter((text) => text === name)).toHaveLength(2);
  });

  it.each<[string, unknown, unknown, string, RegExp]>([
    ['nothing', null, {}, 'ERR_INVALID_TYPE', /a square matrix of counts for confusion but received undefined/],
    ['rows of other lengths', { confusion: [[1, 2], [3]] }, {}, 'ERR_INVALID_TYPE', /a square matrix of counts/],
    [
      'too few names',
      { confusion: CONFUSION },
      { classNames: ['a'] },
      'ERR_SHAPE',
      /3 classNames but received an array/,
    ],
    [
      'a misspelt option',
      { confusion: CONFUSION },
      { classnames: [] },
      'ERR_UNKNOWN_OPTION',
      /did you mean classNames/,
    ],
  ])('refuses %s', (_, evaluation, options, code, message) => {
    const plot = () => plotConfusion(evaluation as { confusion: number[][] }, options as PlotConfusionOptions);
    expect(plot).toThrow(message);
    expect(plot).toThrow(expect.objectContaining({ code }));
  });
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

  it('is drawn on white, or dark with light text where that is asked for', async () => {
    const corner = async (dark: boolean) => [...(await rasterize(plot({ dark }).svg, 1)).rgba.subarray(0, 4)];
    expect(await corner(false)).toStrictEqual([255, 255, 255, 255]);
    expect(await corner(true)).toStrictEqual([0x15, 0x18, 0x1d, 255]);
    const colors = (dark: boolean) => labelsOf(plot({ dark, title: 'T' })).filter(({ text }) => text === 'T');
    expect(colors(true)[0].color).toBe('#e8ebef');
    expect(colors(false)[0].color).toBe('#1b1f24');
  });

  it.each<[string, unknown, string, RegExp]>([
    ['an option that does not exist', { tittle: '' }, 'ERR_UNKNOWN_OPTION', /"tittle".*did you mean title\?/],
    ['an option like none', { xyzzy: 1 }, 'ERR_UNKNOWN_OPTION', /known are width, height, title, dark/],
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

  it('is its SVG document in .svg, and a PNG file in .png, in capitals as well', async () => {
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

  it.each(['a.txt', 'a', 'a.svg.gz', 'svg'])('is not made with the ending of %s, and nothing is left', async (name) => {
    const saved = picture.save(join(folder, name));
    await expect(saved).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    await expect(saved).rejects.toThrow(/a file ending in \.svg or \.png for a picture but received/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not made in a folder that does not exist', async () => {
    await expect(picture.save(join(folder, 'none', 'a.svg'))).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
  });

  it('has as many pixels as its scale says', async () => {
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
