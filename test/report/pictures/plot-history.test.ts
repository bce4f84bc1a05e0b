import { describe, expect, it } from 'vitest';
import { type PlotHistoryOptions, plotHistory } from '../../../src/report/pictures/plots.js';
import { BLUE, boxesOf, curveOf, historyOf, marksOf, placesOf, textsOf, VERMILION } from '../../support/charts.js';

describe('plotHistory', () => {
  it('names its axes and its curves', () => {
    const texts = textsOf(plotHistory(historyOf(1000, 6)));
    expect(texts).toEqual(expect.arrayContaining(['Iteration', 'Loss', 'Epoch', 'Accuracy']));
    expect(texts).toEqual(expect.arrayContaining(['loss', 'mean of 20 iterations']));
    expect(texts).toEqual(expect.arrayContaining(['training', 'validation']));
  });

  it('omits the epochs if there are no accuracies', () => {
    const texts = textsOf(plotHistory(historyOf(1000, 0)));
    expect(texts).toEqual(expect.arrayContaining(['Iteration', 'Loss', 'loss']));
    for (const text of ['Epoch', 'Accuracy', 'training']) expect(texts).not.toContain(text);
  });

  it('labels epochs at equal distances, and ticks of an axis with as many decimals each', () => {
    const texts = textsOf(plotHistory(historyOf(1000, 30)));
    const epochs = texts.slice(texts.indexOf('Epoch')).filter((text) => /^\d\d?$/.test(text));
    // The first is that of the iterations.
    expect(epochs.slice(1)).toEqual(['0', '3', '6', '9', '12', '15', '18', '21', '24', '27']);
    const decimals = texts.filter((text) => /^\d\.\d+$/.test(text)).map((text) => text.length);
    expect(decimals.length).toBeGreaterThan(6);
    expect(new Set(decimals).size).toBe(1);
  });

  it.each([200, 320, 360, 519])('has its legend above the plot, and most of the width for it, %d wide', (width) => {
    const picture = plotHistory(historyOf(20_000, 6), { width, height: 420 });
    const loss = curveOf(picture, BLUE);
    const top = Math.min(...loss.map(([, y]) => y));
    const legend = boxesOf(picture.svg).filter(({ text }) => /^(loss|mean of .*)$/.test(text));
    expect(legend).toHaveLength(2);
    for (const { text, x, y, width: wide } of legend) {
      expect(y, text).toBeLessThan(top - 4);
      expect(x + wide, text).toBeLessThan(width);
    }
    const [[left], [right]] = [loss[0], loss.at(-1) as [number, number]];
    expect(right - left).toBeGreaterThan(width - 100);
    for (const { text, x, anchor, width: wide } of boxesOf(picture.svg)) {
      if (anchor === 'end') expect(x - wide, text).toBeGreaterThan(0);
      if (anchor === 'middle' && text.includes(',')) expect(x + wide / 2, text).toBeLessThan(width);
    }
  });

  it('omits missing accuracies', () => {
    const texts = textsOf(plotHistory({ ...historyOf(9, 3), valAccHistory: [] }));
    expect(texts).toEqual(expect.arrayContaining(['Epoch', 'training']));
    expect(texts).not.toContain('validation');
  });

  it('smooths over a fiftieth of the iterations, over a given number, or not at all', () => {
    const means = (iterations: number, options?: PlotHistoryOptions) =>
      textsOf(plotHistory(historyOf(iterations, 0), options)).filter((text) => text.startsWith('mean'));
    expect(means(500)).toStrictEqual(['mean of 10 iterations']);
    expect(means(1000, { smoothing: 10 })).toStrictEqual(['mean of 10 iterations']);
    expect(means(200)).toStrictEqual([]);
    expect(means(1000, { smoothing: 1 })).toStrictEqual([]);
  });

  it('draws the loss and its moving average to scale', () => {
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

  it('shows a single outlier among 100 000 losses', () => {
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

  it('draws each accuracy at its epoch, and nothing for NaN', () => {
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
