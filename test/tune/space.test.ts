import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnce } from '../../src/platform/turns.js';
import { RandomState } from '../../src/random/random-state.js';
import { combinationsIn, countOf, drawing } from '../../src/tune/combinations.js';
import { type ResolvedSpace, type SearchSpace, variedSettings } from '../../src/tune/settings.js';
import { resolveSpace } from '../../src/tune/space.js';

const gridOf = (space: ResolvedSpace) => [...combinationsIn(space)];
const drawFrom = (...of: Parameters<typeof drawing>) => atOnce(drawing(...of));

const DEFAULTS = { hiddenSize: 50, batchSize: 200, learningRateDecay: 0.95, std: 1e-4, dtype: 'float32' };

describe('a search space', () => {
  it("makes the article's grid in the order of its loops", () => {
    const grid = gridOf(resolveSpace({ learningRate: [1e-2, 1e-3], reg: [0.4, 0.5, 0.6] }));
    expect(grid).toMatchObject(
      [1e-2, 1e-3].flatMap((learningRate) => [0.4, 0.5, 0.6].map((reg) => ({ learningRate, reg, ...DEFAULTS }))),
    );
  });

  it('tries a value that is named twice once', () => {
    expect(gridOf(resolveSpace({ reg: [0.5, 0.5], hiddenSize: [7, 7, 8] }))).toHaveLength(2);
  });

  it('says which settings differ between trials', () => {
    const space = resolveSpace({ learningRate: [1, 1], reg: [1, 2], std: { low: 1, high: 2 }, hiddenSize: 3 });
    expect(variedSettings(space)).toStrictEqual(['reg', 'std']);
  });

  it.each<[string, unknown, RegExp, string]>([
    ['an unknown setting', { learnRate: 1 }, /did you mean learningRate\?/, 'ERR_UNKNOWN_OPTION'],
    ['a value out of range', { reg: [0.1, -1] }, /at least 0 for reg but received -1/, 'ERR_OUT_OF_RANGE'],
    ['a value that is not a number', { reg: ['x'] }, /for reg but received "x"/, 'ERR_INVALID_TYPE'],
    ['half a hidden unit', { hiddenSize: 2.5 }, /an integer .* for hiddenSize but received 2.5/, 'ERR_OUT_OF_RANGE'],
    ['an empty list', { std: [] }, /at least one value for std/, 'ERR_SHAPE'],
    ['a text', { std: 'log' }, /a number, a list of numbers or a range/, 'ERR_INVALID_TYPE'],
    ['a range upside down', { reg: { low: 2, high: 1 } }, /a low end below the high end 1 of reg/, 'ERR_OUT_OF_RANGE'],
    ['a log range from 0', { reg: { low: 0, high: 1, scale: 'log' } }, /above 0 for the log scale/, 'ERR_OUT_OF_RANGE'],
    ['an unknown scale', { reg: { low: 1, high: 2, scale: 'ln' } }, /one of "linear", "log"/, 'ERR_INVALID_TYPE'],
    ['half a range', { reg: { low: 1 } }, /the high end of reg but received undefined/, 'ERR_INVALID_TYPE'],
    ['a misspelt end', { reg: { low: 1, hgh: 2 } }, /did you mean high\?/, 'ERR_UNKNOWN_OPTION'],
  ])('refuses %s', (_, space, message, code) => {
    expect(() => resolveSpace(space as SearchSpace)).toThrow(message);
    expect(() => resolveSpace(space as SearchSpace)).toThrow(expect.objectContaining({ code }));
  });
});

describe('drawing from a space', () => {
  const space = resolveSpace({
    learningRate: { low: 1e-5, high: 1e-1, scale: 'log' },
    reg: { low: 0.25, high: 0.75 },
    hiddenSize: { low: 10, high: 1000, scale: 'log' },
    batchSize: [50, 100],
  });

  it('stays in the ranges and the lists, for any seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        for (const drawn of drawFrom(space, 20, new RandomState(seed))) {
          expect(drawn.learningRate).toBeGreaterThanOrEqual(1e-5);
          expect(drawn.learningRate).toBeLessThanOrEqual(1e-1);
          expect(drawn.reg).toBeGreaterThanOrEqual(0.25);
          expect(drawn.reg).toBeLessThanOrEqual(0.75);
          expect(drawn.hiddenSize).toSatisfy(Number.isInteger);
          expect(drawn.hiddenSize).toBeGreaterThanOrEqual(10);
          expect(drawn.hiddenSize).toBeLessThanOrEqual(1000);
          expect([50, 100]).toContain(drawn.batchSize);
          expect(drawn.std).toBe(1e-4);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('gives each factor of ten of a log range the same share, and each part of a linear one', () => {
    const drawn = drawFrom(space, 4000, new RandomState(0));
    const share = (test: (settings: (typeof drawn)[number]) => boolean) => drawn.filter(test).length / drawn.length;
    // Four decades; a share of 4000 draws has a standard deviation of 0.007.
    for (const low of [1e-5, 1e-4, 1e-3, 1e-2]) {
      expect(share(({ learningRate }) => learningRate >= low && learningRate < 10 * low)).toBeCloseTo(0.25, 1);
    }
    for (const low of [0.25, 0.375, 0.5, 0.625]) {
      expect(share(({ reg }) => reg >= low && reg < low + 0.125)).toBeCloseTo(0.25, 1);
    }
    expect(share(({ hiddenSize }) => hiddenSize < 100)).toBeCloseTo(0.5, 1);
    expect(share(({ batchSize }) => batchSize === 50)).toBeCloseTo(0.5, 1);
  });

  it('draws the same combinations from the same seed, and with more trials the same ones first', () => {
    const few = drawFrom(space, 5, new RandomState(1));
    expect(drawFrom(space, 9, new RandomState(1)).slice(0, 5)).toStrictEqual(few);
    expect(drawFrom(space, 5, new RandomState(2))).not.toStrictEqual(few);
  });

  it('draws no combination twice, and all of them if more are requested', () => {
    const small = resolveSpace({ reg: [1, 2, 3], hiddenSize: { low: 1, high: 3 } });
    const drawn = drawFrom(small, 50, new RandomState(0));
    expect(new Set(drawn.map(({ reg, hiddenSize }) => `${reg} ${hiddenSize}`)).size).toBe(drawn.length);
    expect(drawn).toHaveLength(9);
  });

  it('gives each whole number of a range the same share', () => {
    const whole = resolveSpace({ hiddenSize: { low: 1, high: 3 }, reg: { low: 0, high: 1 } });
    const drawn = drawFrom(whole, 3000, new RandomState(0)).map(({ hiddenSize }) => hiddenSize);
    for (const size of [1, 2, 3]) expect(drawn.filter((one) => one === size).length / 3000).toBeCloseTo(1 / 3, 1);
  });

  it('draws distinct values from a narrow range', () => {
    const narrow = resolveSpace({ learningRateDecay: { low: 0.99991, high: 0.99999 } });
    const drawn = drawFrom(narrow, 27, new RandomState(0)).map(({ learningRateDecay }) => learningRateDecay);
    expect(new Set(drawn).size).toBe(27);
    for (const value of drawn) expect(value).toSatisfy((one: number) => one >= 0.99991 && one <= 0.99999);
  });

  it('draws values of four digits, which can be typed again', () => {
    for (const { learningRate, reg } of drawFrom(space, 50, new RandomState(0))) {
      expect(learningRate).toBe(Number(learningRate.toPrecision(4)));
      expect(reg).toBe(Number(reg.toPrecision(4)));
    }
  });
});

describe('the size of a space', () => {
  it('is the number of combinations that differ in what they mean, for any lists', () => {
    const list = <T>(...values: T[]) => fc.subarray(values, { minLength: 1 });
    const space = fc.record({
      optimizer: list('sgd' as const, 'adam' as const, 'adamw' as const),
      momentum: list(0, 0.5, 0.9),
      nesterov: list(false, true),
      schedule: list('decay' as const, 'cosine' as const, 'step' as const),
      learningRateDecay: list(0.9, 1),
      beta1: list(0.9, 0.8),
      finalRate: list(0, 0.1),
      reg: list(0.1, 0.2),
    });
    fc.assert(
      fc.property(space, (choices) => {
        const grid = gridOf(resolveSpace(choices));
        expect(new Set(grid.map((settings) => JSON.stringify(settings))).size).toBe(grid.length);
        expect(countOf(resolveSpace(choices))).toBe(grid.length);
        // Drawing finds the same ones, and then ends.
        const all = drawFrom(resolveSpace(choices), 100_000, new RandomState(1));
        expect(all).toHaveLength(grid.length);
      }),
      { numRuns: 30 },
    );
  });

  it('is known without making the combinations', () => {
    const hundred = (factor: number) => Array.from({ length: 100 }, (_, i) => (i + 1) * factor);
    const space = { learningRate: hundred(1e-5), reg: hundred(1e-3), hiddenSize: hundred(1), batchSize: hundred(1) };
    expect(countOf(resolveSpace(space))).toBe(1e8);
    expect(countOf(resolveSpace({ reg: { low: 0, high: 1 } }))).toBe(Number.POSITIVE_INFINITY);
    expect(countOf(resolveSpace({ hiddenSize: { low: 1, high: 1000 }, reg: [1, 2] }))).toBe(2000);
    expect(combinationsIn(resolveSpace(space)).next().value).toMatchObject({ hiddenSize: 1, batchSize: 1 });
  });
});
