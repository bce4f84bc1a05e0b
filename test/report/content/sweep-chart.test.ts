import { describe, expect, it } from 'vitest';
import { axesOf, sweepChart } from '../../../src/report/content/sweep-chart.js';
import { resolveSearch, type SearchOptions } from '../../../src/tune/search.js';
import { searchOf } from '../../support/charts.js';

type Space = NonNullable<SearchOptions['space']>;

/** A search in which the nth combination has the accuracies `judge(n, seed)`. */
const resultsOf = (options: SearchOptions, judge: (index: number, seed: number) => number | null = () => 0.5) =>
  searchOf(options, (_, seed, index) => judge(index, seed));

const axesFor = (space: Space, search: SearchOptions['search'] = 'grid') =>
  axesOf({ search: resolveSearch({ space, search }) });

describe('the axes of a search', () => {
  it('are the settings that it varied, in the order of all settings', () => {
    expect(axesFor({ std: [0.1, 0.2], hiddenSize: [5, 6], reg: 0.5, learningRate: [0.1, 0.2] })).toStrictEqual([
      'learningRate',
      'hiddenSize',
      'std',
    ]);
    expect(axesFor({ batchSize: [10, 20] })).toStrictEqual(['batchSize']);
  });

  it('include a range, but not a list of one value, even repeated', () => {
    expect(axesFor({ reg: { low: 0, high: 1 }, hiddenSize: [7], batchSize: [9, 9] }, 'random')).toStrictEqual(['reg']);
  });

  it('are the learning rate if nothing was varied', () => {
    expect(axesFor({ learningRate: 0.1, reg: [0.5], hiddenSize: 7 })).toStrictEqual(['learningRate']);
  });

  it('set 0 apart from values that differ by factors', () => {
    const { axes, points } = sweepChart(resultsOf({ space: { reg: [1e-2, 0, 1e-4, 1e-3] } }));
    const words = ['0', '1e-4', '0.001', '0.01'];
    expect(axes).toStrictEqual([{ name: 'regularization strength', log: false, words }]);
    expect(points.map(({ values }) => values[0])).toStrictEqual([3, 0, 1, 2]);
    const plain = sweepChart(resultsOf({ space: { reg: [0, 0.5, 1] } }));
    expect(plain.axes).toStrictEqual([{ name: 'regularization strength', log: false, tried: [0, 0.5, 1] }]);
  });

  it('have readable names', () => {
    const space = { learningRate: [1, 2], learningRateDecay: [0.5, 1], reg: [1, 2], hiddenSize: [1, 2] };
    const { axes } = sweepChart(resultsOf({ space: { ...space, batchSize: [1, 2], std: [1, 2] } }));
    const names = ['learning rate', 'regularization strength', 'hidden units', 'batch size'];
    expect(axes.map(({ name }) => name)).toStrictEqual([...names, 'learning rate decay', 'initial standard deviation']);
  });
});

describe('an axis of a search', () => {
  const logOf = (reg: Space['reg'] & {}, search: SearchOptions['search'] = 'grid') =>
    sweepChart(resultsOf({ space: { reg }, search, ...(search === 'grid' ? {} : { trials: 3 }) })).axes[0].log;

  it.each<[boolean, number[]]>([
    [true, [0.1, 1]],
    [true, [1, 0.5, 0.01]],
    [true, [1, 10]],
    [true, [5, 1000, 7]],
    [false, [1, 9.99]],
    [false, [0.4, 0.5, 0.6]],
    [false, [0, 1]],
    [false, [1, 0, 1e-9, 1e9]],
  ])('is logarithmic (%s) for the list %j: from a factor of ten, and never with 0', (log, values) => {
    expect(logOf(values)).toBe(log);
  });

  it('has the scale of its range, however wide the range is', () => {
    expect(logOf({ low: 0.5, high: 0.6, scale: 'log' }, 'random')).toBe(true);
    expect(logOf({ low: 1e-6, high: 1, scale: 'linear' }, 'random')).toBe(false);
    expect(logOf({ low: 1e-6, high: 1 }, 'random')).toBe(false);
    expect(logOf({ low: 1e-6, high: 1, scale: 'log' }, 'halving')).toBe(true);
  });

  it('has the values that were tried, in order, or the ends of its range', () => {
    const { axes } = sweepChart(resultsOf({ space: { hiddenSize: [100, 50, 50], reg: [0.5, 0.4] } }));
    expect(axes.map(({ tried, range }) => [tried, range])).toStrictEqual([
      [[0.4, 0.5], undefined],
      [[50, 100], undefined],
    ]);
    const drawn = sweepChart(resultsOf({ space: { reg: { low: 0.1, high: 2 } }, search: 'random', trials: 2 }));
    expect([drawn.axes[0].tried, drawn.axes[0].range]).toStrictEqual([undefined, [0.1, 2]]);
  });

  it('is not logarithmic if nothing was varied: one value spans nothing', () => {
    const { axes, points } = sweepChart(resultsOf({ space: { learningRate: 0.25 } }));
    expect(axes).toStrictEqual([{ name: 'learning rate', log: false, tried: [0.25] }]);
    expect(points.map(({ values }) => values)).toStrictEqual([[0.25]]);
  });
});

describe('a setting that is not a number', () => {
  it('has an axis of words, and points that number them', () => {
    const space = { dtype: ['float64', 'float32'] as const, learningRate: [1, 2] };
    const { axes, points } = sweepChart(resultsOf({ space }, (i) => 0.25 * i));
    expect(axes).toStrictEqual([
      { name: 'learning rate', log: false, tried: [1, 2] },
      { name: 'dtype', log: false, words: ['float64', 'float32'] },
    ]);
    const values = [
      [2, 1],
      [2, 0],
      [1, 1],
      [1, 0],
    ];
    expect(points.map((point) => point.values)).toStrictEqual(values);
  });
});

describe('the points of a search', () => {
  it('have the values in the order of the axes, best first, with mean, deviation and iterations', () => {
    const space = { reg: [0.1, 0.2], learningRate: [1, 2] };
    const { axes, points } = sweepChart(resultsOf({ space, seeds: 2, numIters: 7 }, (i, k) => 0.25 * i + 0.125 * k));
    expect(axes.map(({ name }) => name)).toStrictEqual(['learning rate', 'regularization strength']);
    const deviation = 0.125 / Math.SQRT2;
    const expected = [
      { values: [2, 0.2], accuracy: 0.8125 },
      { values: [2, 0.1], accuracy: 0.5625 },
      { values: [1, 0.2], accuracy: 0.3125 },
      { values: [1, 0.1], accuracy: 0.0625 },
    ];
    expect(points).toHaveLength(4);
    for (const [i, point] of points.entries()) {
      expect(point).toMatchObject({ ...expected[i], numIters: 7 });
      expect(point.deviation).toBeCloseTo(deviation, 12);
    }
  });

  it('have no accuracy if every trial diverged, and the accuracy of the others if some did', () => {
    const judge = (i: number, k: number) => (i === 0 || k === 0 ? null : 0.5);
    const { points } = sweepChart(resultsOf({ space: { learningRate: [1, 2] }, seeds: 2, numIters: 7 }, judge));
    expect(points).toStrictEqual([
      { values: [2], accuracy: 0.5, deviation: 0, numIters: 7 },
      { values: [1], accuracy: null, deviation: 0, numIters: 7 },
    ]);
  });
});
