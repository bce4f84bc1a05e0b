import { describe, expect, it } from 'vitest';
import { combinationsIn } from '../../src/tune/combinations.js';
import { bestOf, rank, spreadOf } from '../../src/tune/ranking.js';
import { resolveSpace } from '../../src/tune/space.js';
import { makeTrial, type TrialResult } from '../../src/tune/trial.js';

const [settings] = combinationsIn(resolveSpace({}));

function result(reg: number, valAccuracy: number | null, more: { seed?: number; numIters?: number } = {}): TrialResult {
  const { seed = 0, numIters = 100 } = more;
  const status = valAccuracy === null ? 'diverged' : 'done';
  const numbers = { iterations: numIters, numIters, trainAccuracy: valAccuracy, loss: 1, seconds: 1 };
  return { ...makeTrial({ ...settings, reg }, seed), status, valAccuracy, ...numbers };
}

const order = (results: TrialResult[]) => rank(results).map((ranked) => ranked.settings.reg);

describe('ranking', () => {
  it('puts the best validation accuracy first; ties go to the one tried first', () => {
    expect(order([result(1, 0.2), result(2, 0.5), result(3, 0.5), result(4, 0.3)])).toStrictEqual([2, 3, 4, 1]);
  });

  it('uses the mean over the seeds, and reports their spread', () => {
    const results = [
      ...[0.2, 0.3, 0.4].map((accuracy, seed) => result(1, accuracy, { seed })),
      ...[0.1, 0.1, 0.6].map((accuracy, seed) => result(2, accuracy, { seed })),
    ];
    const [first, second] = rank(results);
    expect(first.settings.reg).toBe(1);
    expect(first.valAccuracy?.mean).toBeCloseTo(0.3, 12);
    expect(first.valAccuracy?.deviation).toBeCloseTo(0.1, 12);
    expect(second.valAccuracy?.mean).toBeCloseTo(0.8 / 3, 12);
    expect(bestOf(rank(results))).toMatchObject({ settings: { reg: 1 }, seed: 2, valAccuracy: 0.4 });
  });

  it('ranks settings that diverged with some seeds below those that never did, and those that always did last', () => {
    const results = [
      ...[null, 0.9].map((accuracy, seed) => result(1, accuracy, { seed })),
      ...[null, null].map((accuracy, seed) => result(2, accuracy, { seed })),
      ...[0.1, 0.1].map((accuracy, seed) => result(3, accuracy, { seed })),
    ];
    expect(order(results)).toStrictEqual([3, 1, 2]);
    expect(rank(results).map(({ diverged }) => diverged)).toStrictEqual([0, 1, 2]);
    expect(rank(results)[2].valAccuracy).toBeNull();
  });

  it('ranks settings that got further in a halving first, by their last results only', () => {
    const results = [result(1, 0.6), result(2, 0.5), result(2, 0.4, { numIters: 300 })];
    expect(order(results)).toStrictEqual([2, 1]);
    expect(rank(results)[0].results).toStrictEqual([results[2]]);
    expect(order(results.toReversed())).toStrictEqual([2, 1]);
  });

  it('ranks settings that diverged in a later round below those that did not', () => {
    const results = [result(1, 0.6), result(1, null, { numIters: 300 }), result(2, 0.5)];
    expect(order(results)).toStrictEqual([2, 1]);
    expect(bestOf(rank(results))).toBe(results[2]);
  });

  it('has no best settings if everything diverged', () => {
    expect(bestOf(rank([result(1, null)]))).toBeUndefined();
    expect(bestOf([])).toBeUndefined();
    expect(spreadOf([null])).toBeNull();
    expect(spreadOf([0.25, null])).toStrictEqual({ mean: 0.25, deviation: 0 });
  });
});
