import { describe, expect, it } from 'vitest';
import { combinationsOf, resolveSearch, roundsOf, type SearchOptions } from '../../src/tune/search.js';

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
