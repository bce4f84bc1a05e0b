// Charts of unusual sizes, numbers and names.
import { describe, expect, it } from 'vitest';
import { plotWeights } from '../../../src/report/pictures/plot-weights.js';
import { plotConfusion, plotHistory, plotSweep } from '../../../src/report/pictures/plots.js';
import type { SearchOptions } from '../../../src/tune/search.js';
import { boxesOf as labels, searchOf } from '../../support/charts.js';

/** A search in which the nth combination has the accuracies `judge(n, seed)`. */
const resultsOf = (options: SearchOptions, judge: (index: number, seed: number) => number | null) =>
  searchOf(options, (_, seed, index) => judge(index, seed));

const history = (lossHistory: number[]) => ({ lossHistory, trainAccHistory: [], valAccHistory: [] });
describe('a chart', () => {
  it('contains no control characters from a title, which XML forbids', async () => {
    await expect(plotHistory(history([2, 1]), { title: 'a\x07b' }).png()).resolves.toBeDefined();
  });
  it('contains no control characters from a class name', async () => {
    await expect(plotConfusion({ confusion: [[1]] }, { classNames: ['a\x01b'] }).png()).resolves.toBeDefined();
  });
  it.each([[[1e-7, 2e-7, 1.5e-7]], [[1e30, 1e5, 3]], [[123_456_789, 234_567_890]]])(
    'has the labels of its loss axis inside: %j',
    (losses) => {
      for (const { text, x, anchor, width } of labels(plotHistory(history(losses)).svg)) {
        if (anchor === 'end') expect(x - width, text).toBeGreaterThanOrEqual(0);
      }
    },
  );
  it('omits labels that do not fit into the cells', () => {
    const learningRate = Array.from({ length: 10 }, (_, i) => 10 ** -i);
    const { svg } = plotSweep(
      resultsOf({ space: { learningRate, reg: [0, 1] }, seeds: 2 }, (i, k) => 0.3 + i / 100 + k / 50),
    );
    const cells = labels(svg)
      .filter(({ text }) => text.includes('±'))
      .sort((a, b) => a.y - b.y || a.x - b.x);
    expect(cells).toEqual([]);
    const fewer = { space: { learningRate: learningRate.slice(0, 4), reg: [0, 1] }, seeds: 2 };
    expect(
      labels(plotSweep(resultsOf(fewer, (i, k) => 0.3 + i / 100 + k / 50)).svg).filter(({ text }) =>
        text.includes('±'),
      ),
    ).toHaveLength(8);
  });
  it('shows the full names of six settings', () => {
    const space = {
      learningRate: [1, 2],
      reg: [1, 2],
      hiddenSize: [1, 2],
      batchSize: [1, 2],
      learningRateDecay: [0.5, 1],
      std: [1, 2],
    };
    const texts = labels(plotSweep(resultsOf({ space }, () => 0.5)).svg).map(({ text }) => text);
    // A word on each line.
    expect(texts).toEqual(expect.arrayContaining(['Regularization', 'strength', 'decay', 'Validation', 'accuracy']));
  });
  it('counts iterations in whole numbers', () => {
    const texts = labels(plotHistory(history([3, 2, 1])).svg)
      .filter(({ y }) => y > 330)
      .map(({ text }) => text);
    expect(texts.filter((text) => /\d\.\d/.test(text))).toEqual([]);
  });
  it('is reproducible', () => {
    expect(plotHistory(history([2, 1])).svg).toBe(plotHistory(history([2, 1])).svg);
  });
  it('contains no placeholder for missing values', () => {
    const space = { learningRate: { low: 1e-5, high: 1e-1 }, reg: { low: 0, high: 1 } };
    expect(plotSweep(resultsOf({ space, search: 'random', trials: 5 }, () => 0.5)).svg).not.toContain('[object');
  });
  it('has no accuracy beyond 1 on its scale', () => {
    const { svg } = plotSweep(resultsOf({ space: { learningRate: [1, 2], reg: [1, 2] } }, () => 1));
    expect(labels(svg).map(({ text }) => text)).not.toContain('1.050');
  });
  it.each<[string, () => unknown]>([
    ['plotSweep({})', () => plotSweep({} as never)],
    ['classNames null', () => plotConfusion({ confusion: [[1]] }, { classNames: null as never })],
    ['classNames a string', () => plotConfusion({ confusion: [[1]] }, { classNames: 'a' as never })],
    ['plotWeights({})', () => plotWeights({} as never)],
    ['W1 of another length', () => plotWeights({ params: { W1: new Float64Array(4) }, inputSize: 3, hiddenSize: 2 })],
    [
      'confusion of text',
      () =>
        plotConfusion({
          confusion: [
            ['x', 1],
            [2, 3],
          ] as never,
        }),
    ],
    ['losses of text', () => plotHistory(history(['x', 'y'] as never))],
  ])('is refused with an error code for %s', (_, plot) => {
    expect(plot).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_/) }));
  });
  it('shows a finite loss between ones that are not', () => {
    expect(plotHistory(history([Number.NaN, 1, Number.NaN])).svg).toMatch(
      /ecmeta_series_index="0"[^>]*ecmeta_ssr_type="chart"/,
    );
  });
  it('treats undefined as the default', () => {
    expect(plotConfusion({ confusion: [[1]] }, { width: undefined as never }).width).toBe(
      plotConfusion({ confusion: [[1]] }).width,
    );
  });
  it('draws weights at the limits of float64', async () => {
    const max = Number.MAX_VALUE;
    const of = (W1: number[]) =>
      plotWeights({ params: { W1: Float64Array.from(W1) }, inputSize: W1.length, hiddenSize: 1 }).svg;
    expect(of([-max, 0, 0, max])).toBe(of([-1, 0, 0, 1]));
    expect(of([0, 5e-324, 0, 5e-324])).toBe(of([0, 1, 0, 1]));
  });
});
