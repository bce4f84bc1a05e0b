import { describe, expect, it, test } from 'vitest';
import { combinationsOf, fewCombinations, resolveSearch, roundsOf, type SearchOptions } from '../../src/tune/search.js';

const roundsFor = (options: SearchOptions, combinations: number) =>
  roundsOf(resolveSearch({ search: 'halving', ...options }), combinations).map(
    ({ combinations, numIters }) => [combinations, numIters] as const,
  );

describe('a search', () => {
  it("is the article's by default", () => {
    const search = resolveSearch({});
    expect(search).toMatchObject({ search: 'grid', numIters: 2000, seeds: 1, seed: 0, space: { dtype: ['float32'] } });
    expect(combinationsOf(search)).toHaveLength(6);
    expect(roundsOf(search, 6)).toStrictEqual([{ combinations: 6, numIters: 2000 }]);
  });

  it('is plain data that resolves to itself', () => {
    for (const options of [
      {},
      { search: 'random', trials: 4 },
      { search: 'halving', space: { reg: { low: 1, high: 2 } } },
    ]) {
      const search = resolveSearch(options as SearchOptions);
      expect(resolveSearch(JSON.parse(JSON.stringify(search)))).toStrictEqual(search);
    }
  });

  it('draws combinations by its seed', () => {
    const drawn = (seed: number) =>
      combinationsOf(resolveSearch({ search: 'random', trials: 5, seed, space: { reg: { low: 0, high: 1 } } }));
    expect(drawn(3)).toStrictEqual(drawn(3));
    expect(drawn(3)).not.toStrictEqual(drawn(4));
    expect(drawn(3)).toHaveLength(5);
  });

  it('halves the whole grid, or 27 draws from a space with ranges', () => {
    expect(combinationsOf(resolveSearch({ search: 'halving' }))).toHaveLength(6);
    expect(combinationsOf(resolveSearch({ search: 'halving', trials: 4 }))).toHaveLength(4);
    expect(combinationsOf(resolveSearch({ search: 'halving', space: { reg: { low: 0, high: 1 } } }))).toHaveLength(27);
  });

  const HUNDRED = Array.from({ length: 100 }, (_, i) => i + 1);

  it.each<[string, SearchOptions, RegExp]>([
    [
      'a range in a grid',
      { space: { reg: { low: 0, high: 1 } } },
      /a list of values for reg in a grid .* received a range/,
    ],
    [
      'trials with a grid',
      { trials: 3 },
      /no trials with search 'grid', which tries every combination, but received 3/,
    ],
    ['no trial', { search: 'random', trials: 0 }, /from 1 to 100000 for trials but received 0/],
    ['half a seed', { seeds: 1.5 }, /seeds but received 1.5/],
    [
      'a grid that cannot be listed',
      { space: { learningRate: HUNDRED, reg: HUNDRED, hiddenSize: HUNDRED, batchSize: HUNDRED.slice(0, 10) } },
      /at most 100000 combinations but received one of 10000000 \(learningRate 100 × reg 100 × hiddenSize 100 × batch/,
    ],
    [
      'a halving of such a grid',
      { search: 'halving', space: { reg: HUNDRED, hiddenSize: HUNDRED, batchSize: HUNDRED } },
      /one of 1000000 .*: try fewer values, or draw some combinations with the search 'random' and trials/,
    ],
    [
      'more trials than can be ranked',
      { search: 'random', trials: 1000, seeds: 1000, space: { reg: { low: 0, high: 1 } } },
      /at most 250000 trials in all but received 1000000, 1000 combinations with 1000 seeds/,
    ],
    ['seeds beyond the last', { seed: 2 ** 32 - 1, seeds: 2 }, /the last seed but received 4294967296/],
    [
      'more first iterations than there are',
      { search: 'halving', numIters: 10, minIters: 20 },
      /minIters of at most numIters \(10\) but received 20/,
    ],
    ['a factor of one', { search: 'halving', eta: 1 }, /from 2 to 100 for eta/],
    ['another kind', { search: 'bayes' as 'grid' }, /one of "grid", "random", "halving" for search/],
    ['another option', { trails: 3 } as SearchOptions, /did you mean trials\?/],
    ['another arithmetic', { space: { dtype: 'float16' as 'float32' } }, /for dtype/],
  ])('refuses %s', (_, options, message) => {
    expect(() => resolveSearch(options)).toThrow(message);
  });
});

test('a search says when its space has fewer combinations than are to be drawn', () => {
  const few = resolveSearch({ search: 'random', trials: 100_000, space: { reg: [0.1, 0.2] } });
  expect(combinationsOf(few)).toHaveLength(2);
  expect(fewCombinations(few)).toBe('The search space has only 2 combinations, fewer than the 100000 requested');
  expect(fewCombinations(resolveSearch({ search: 'random', space: { reg: { low: 0, high: 1 } } }))).toBeUndefined();
});

describe('the rounds of a halving', () => {
  it("are Hyperband's: a third continues, for three times the iterations", () => {
    expect(roundsFor({ numIters: 2000, minIters: 50 }, 27)).toStrictEqual([
      [27, 74],
      [9, 222],
      [3, 667],
      [1, 2000],
    ]);
    expect(roundsFor({ numIters: 81, minIters: 1 }, 81)).toStrictEqual([
      [81, 1],
      [27, 3],
      [9, 9],
      [3, 27],
      [1, 81],
    ]);
  });

  it('are fewer if the first would have too few iterations, or if there are few combinations', () => {
    expect(roundsFor({ numIters: 2000, minIters: 500 }, 27)).toStrictEqual([
      [27, 667],
      [9, 2000],
    ]);
    expect(roundsFor({}, 2)).toStrictEqual([[2, 2000]]);
    expect(roundsFor({ eta: 2, minIters: 1 }, 5)).toStrictEqual([
      [5, 500],
      [2, 1000],
      [1, 2000],
    ]);
  });
});
