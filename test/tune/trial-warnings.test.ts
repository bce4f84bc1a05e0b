/** Searches say what their trainings warned of. */
import { expect, it } from 'vitest';
import { RandomState } from '../../src/random/random-state.js';
import { sweep } from '../../src/tune/sweep.js';
import { describeOnBackends } from '../support/backends.js';

const D = 4;
const X = new RandomState(1).randn(100 * D);
const y = Array.from({ length: 100 }, (_, i) => (X[D * i] > 0 ? 1 : 0));
const part = { X, y };
const data = { train: part, validation: part, inputSize: D };

describeOnBackends('the warnings of a search', (backend) => {
  const options = { numIters: 120, backend } as const;
  const space = { hiddenSize: 8, batchSize: 20, learningRateDecay: 1, std: 0.5 };

  it('are gathered from its trials, with the words of the best if it has them', async () => {
    const learningRate = [1e-9, 1e-8, 0.5];
    const { results, warnings } = await sweep(data, {
      ...options,
      space: { ...space, learningRate, std: 1e-4, reg: 0 },
    });
    expect(results.slice(0, 2).every((result) => (result.warnings?.length ?? 0) > 0)).toBe(true);
    expect(
      warnings.some((text) => /^In [23] of 3 trials(, the best among them)?: After 120 .* no better than/.test(text)),
    ).toBe(true);
    const one = await sweep(data, { ...options, space: { ...space, learningRate: 1e-9, std: 1e-4 } });
    expect(one.warnings[0]).toMatch(/^In the only trial: .* no better than guessing/);
  });

  it('are none where trials learn', async () => {
    const { results, warnings } = await sweep(data, { ...options, space: { ...space, learningRate: [0.3, 0.5] } });
    expect(warnings).toEqual([]);
    expect(results.every((result) => !('warnings' in result))).toBe(true);
  });

  it('are those of results that were known, too, and name classes without rows', async () => {
    const from1 = { X, y: y.map((label) => label + 1) };
    const given = { train: from1, validation: from1, inputSize: D };
    const search = { ...options, space: { ...space, learningRate: 1e-9, std: 1e-4 } };
    const first = await sweep(given, search);
    expect(first.warnings[0]).toMatch(/^No training row is of class "0"/);
    const again = await sweep(given, { ...search, earlier: JSON.parse(JSON.stringify(first.results)) });
    expect(again.warnings).toEqual(first.warnings);
  });
});
