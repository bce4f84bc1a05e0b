/** Dropout, flips, shifts and permutations against two plain programs, one of them in NumPy. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../../src/backend/choose.js';
import { PARAMETERS } from '../../../src/validation/parameters.js';
import { describeOnBackends, errorOfScale, productsOf } from '../../support/backends.js';
import { describeWithPython, python } from '../../support/python.js';
import { naiveTraining } from './naive-training.js';
import { callOf, MINIBATCH_SEED, NOISY_TRAININGS, type NoisyResult, type NoisyTraining } from './noisy-trainings.js';

const TOLERANCE = { float32: 1e-4, float64: 1e-10 };

/** How far results are apart, at most. */
function error(got: NoisyResult, expected: NoisyResult): number {
  return Math.max(...(['losses', ...PARAMETERS] as const).map((name) => errorOfScale(got[name], expected[name])));
}

const titled = NOISY_TRAININGS.map((training) => [training.name, training] as const);
const naive = new Map<NoisyTraining, NoisyResult>();

/** The result of the program in TypeScript, which takes long enough to compute it once. */
function naiveResult(training: NoisyTraining): NoisyResult {
  const result = naive.get(training) ?? naiveTraining(training);
  naive.set(training, result);
  return result;
}

describeOnBackends('noise in a training', (backend) => {
  const { binding } = chooseBackend(backend);

  describe.each(titled)('%s', (_name, training) => {
    it.each(
      productsOf(binding).flatMap((products) =>
        (['float64', 'float32'] as const).map((dtype) => [dtype, products] as const),
      ),
    )('is what a plain program computes: %s, %s products', (dtype, products) => {
      const call = callOf(training, dtype, products);
      const { status, losses } = binding.trainSync(call, null);
      expect(status).toBe('done');
      const { W1, b1, W2, b2 } = call.net.parameters;
      const got = { losses: [...losses], W1: [...W1], b1: [...b1], W2: [...W2], b2: [...b2] };
      expect(error(got, naiveResult(training))).toBeLessThan(TOLERANCE[dtype]);
    });
  });

  it('is kept between two trainings with one seed, and is another with another', () => {
    const results = [1, 1, 2].map((noiseSeed) => {
      const call = { ...callOf(NOISY_TRAININGS[0], 'float64', 'auto'), noiseSeed };
      binding.trainSync(call, null);
      return call.net.parameters.W1;
    });
    expect(results[1]).toStrictEqual(results[0]);
    expect(results[2]).not.toStrictEqual(results[0]);
  });
});

describeWithPython('the plain program beside NumPy', ['numpy'], () => {
  it('computes the same trainings', () => {
    const program = readFileSync(new URL('noise.py', import.meta.url), 'utf8');
    const results = python<NoisyResult[]>(program, JSON.stringify(NOISY_TRAININGS), String(MINIBATCH_SEED));
    expect(results).toHaveLength(NOISY_TRAININGS.length);
    results.forEach((result, i) => {
      expect(error(naiveResult(NOISY_TRAININGS[i]), result), NOISY_TRAININGS[i].name).toBeLessThan(1e-10);
    });
  });
});
