import { describe, expect, it } from 'vitest';
import type { Binding, Outcome, TrainingCall } from '../../binding.js';
import { loadNative } from '../../src/backend/native/native.js';
import { referenceBinding } from '../../src/backend/reference/reference.js';
import { selfTest } from '../../src/doctor/self-test.js';
import { TEST_SHAPES, testCase, trainingBy } from '../../src/doctor/test-nets.js';
import { describeOnNative } from '../support/backends.js';

const SMALL = TEST_SHAPES.slice(0, 3);
const FAKE_INFO = { ...referenceBinding.info(), simdTarget: 'FAKE' };

/** The reference as if it were an addon, with what `wrong` puts in its place. */
function fake(wrong: Partial<Binding> = {}): Binding {
  return { ...referenceBinding, info: () => FAKE_INFO, ...wrong };
}

/** Trainings, on the calling thread and beside it, whose outcome `spoil` changes. */
function trainings(spoil: (call: TrainingCall, outcome: Outcome) => Outcome | undefined): Partial<Binding> {
  return {
    train: async (call, report) => {
      const outcome = await referenceBinding.train(call, report);
      return spoil(call, outcome) ?? outcome;
    },
    trainSync: (call, report) => {
      const outcome = referenceBinding.trainSync(call, report);
      return spoil(call, outcome) ?? outcome;
    },
  };
}

/** The call with another learning rate. */
function withRate(call: TrainingCall, learningRate: number): TrainingCall {
  return { ...call, settings: { ...call.settings, learningRate } };
}

/** The names of the checks that fail. */
async function failing(wrong: Partial<Binding>): Promise<string[]> {
  const { passed, checks } = await selfTest(fake(wrong), SMALL);
  const failed = checks.filter((check) => !check.passed);
  expect(passed).toBe(failed.length === 0);
  return [...new Set(failed.map(({ check }) => check))];
}

describe('the self-test', () => {
  it('passes what computes as the reference, in both types of arithmetic', async () => {
    const { passed, checks } = await selfTest(fake(), SMALL);
    expect(passed).toBe(true);
    expect(checks.map(({ dtype, products, check }) => `${dtype} ${products} ${check}`)).toStrictEqual(
      ['float32', 'float64'].flatMap((dtype) =>
        ['scores', 'classes', 'loss', 'gradients', 'training', 'threads'].map((check) => `${dtype} simd ${check}`),
      ),
    );
    for (const check of checks) expect(check).toMatchObject({ difference: 0, at: null, error: null });
  });

  it('tests every kind of matrix product that is available', async () => {
    const asked = new Set<string>();
    const scores: Binding['scores'] = (net, ...rest) => {
      asked.add(net.products);
      referenceBinding.scores(net, ...rest);
    };
    await selfTest(fake({ scores, info: () => ({ ...FAKE_INFO, blas: 'A BLAS' }) }), SMALL);
    expect([...asked]).toStrictEqual(['simd', 'blas']);
  });

  it('passes nothing where there is nothing to test', async () => {
    expect(await selfTest(referenceBinding, SMALL)).toMatchObject({ passed: false, checks: [] });
  });

  it('finds one wrong score', async () => {
    const scores: Binding['scores'] = (net, rows, into) => {
      referenceBinding.scores(net, rows, into);
      into[into.length - 1] += 1e-3;
    };
    expect(await failing({ scores })).toStrictEqual(['scores']);
  });

  it('finds a wrong class of one row', async () => {
    const predict: Binding['predict'] = (net, rows, classes) => {
      const bad = referenceBinding.predict(net, rows, classes);
      classes[0] = (classes[0] + 1) % net.shape.numClasses;
      return bad;
    };
    expect(await failing({ predict })).toStrictEqual(['classes']);
  });

  it('finds a loss without regularization', async () => {
    const lossAndGradients: Binding['lossAndGradients'] = (net, data, reg, gradients) => {
      referenceBinding.lossAndGradients(net, data, reg, gradients);
      return referenceBinding.lossAndGradients(net, data, 0, {
        ...gradients,
        W1: gradients.W1.slice(),
        W2: gradients.W2.slice(),
        b1: gradients.b1.slice(),
        b2: gradients.b2.slice(),
      });
    };
    expect(await failing({ lossAndGradients })).toStrictEqual(['loss']);
  });

  it.each(['W1', 'b1', 'W2', 'b2'] as const)('finds one wrong gradient of %s', async (name) => {
    const lossAndGradients: Binding['lossAndGradients'] = (net, data, reg, gradients) => {
      const loss = referenceBinding.lossAndGradients(net, data, reg, gradients);
      gradients[name][0] += 1e-2;
      return loss;
    };
    expect(await failing({ lossAndGradients })).toStrictEqual(['gradients']);
  });

  it('finds a learning rate that is off by a hundredth', async () => {
    const trainSync: Binding['trainSync'] = (call, report) =>
      referenceBinding.trainSync(withRate(call, 1.01 * call.settings.learningRate), report);
    const train: Binding['train'] = async (call, report) => trainSync(call, report);
    expect(await failing({ train, trainSync })).toStrictEqual(['training']);
  });

  it('finds a training that has other bits on three threads', async () => {
    const wrong = trainings(({ net }) => {
      if (net.threads === 3) net.parameters.W2[0] *= 1 + 2 ** -20;
      return undefined;
    });
    expect(await failing(wrong)).toStrictEqual(['threads']);
  });

  it('finds a training that has other bits beside JavaScript', async () => {
    const { train } = trainings(({ net }) => {
      net.parameters.b2[0] += 1;
      return undefined;
    });
    expect(await failing({ train: train as Binding['train'] })).toStrictEqual(['threads']);
  });

  it.each([
    ['diverged', (outcome: Outcome): Outcome => ({ ...outcome, status: 'diverged' })],
    ['NaN', (outcome: Outcome): Outcome => ({ ...outcome, losses: outcome.losses.map(() => Number.NaN) })],
  ])('finds a training that is %s', async (_what, spoil) => {
    expect(await failing(trainings((_call, outcome) => spoil(outcome)))).toContain('training');
  });

  it('continues after a call that throws, and keeps what it threw', async () => {
    const predict: Binding['predict'] = () => {
      throw new Error('no such instruction');
    };
    const { checks } = await selfTest(fake({ predict }), SMALL);
    expect(checks.filter(({ passed }) => !passed)).toMatchObject([
      { check: 'classes', dtype: 'float32', error: 'no such instruction', difference: null, at: 'D 1, H 1, C 2, N 1' },
      { check: 'classes', dtype: 'float64' },
    ]);
  });

  describe('of bfloat16', () => {
    const info = () => ({ ...FAKE_INFO, bfloat16: true });
    /** The call without bfloat16, which the reference refuses. */
    const plain = (call: TrainingCall): TrainingCall => ({ ...call, net: { ...call.net, bfloat16: false } });

    it('checks training alone, if bfloat16 is available', async () => {
      const trainSync: Binding['trainSync'] = (call, report) => referenceBinding.trainSync(plain(call), report);
      const train: Binding['train'] = async (call, report) => trainSync(call, report);
      const { passed, checks } = await selfTest(fake({ info, train, trainSync }), SMALL);
      expect(passed).toBe(true);
      const own = checks.filter(({ dtype }) => dtype === 'bfloat16').map(({ check }) => check);
      expect(own).toStrictEqual(['training', 'threads']);
    });

    it('allows factors that are rounded, and finds a way that is a fifth too long', async () => {
      for (const [factor, ok] of [
        [1.02, true],
        [1.2, false],
      ] as const) {
        const trainSync: Binding['trainSync'] = (call, report) => {
          const { learningRate } = call.settings;
          const rate = (call.net.bfloat16 ? factor : 1) * learningRate;
          return referenceBinding.trainSync(withRate(plain(call), rate), report);
        };
        const train: Binding['train'] = async (call, report) => trainSync(call, report);
        expect(await selfTest(fake({ info, train, trainSync }), SMALL)).toMatchObject({ passed: ok });
      }
    });
  });
});

describe('the nets of the self-test', () => {
  it.each(TEST_SHAPES)('$D $H $C $N: no hidden unit is within rounding of 0 in any step', (shape) => {
    const test = testCase(shape, 'float64');
    const settings = { products: 'auto', bfloat16: false, threads: 1 } as const;
    let alive = 0;
    for (let steps = 0; steps < shape.steps; steps++) {
      const now = { ...test, shape: { ...shape, steps } };
      const { W1, b1 } = steps === 0 ? test.parameters : trainingBy(referenceBinding, now, settings).parameters;
      const { data, mean } = test.data.rows;
      const hidden = new Float64Array(shape.N * shape.H);
      for (let n = 0; n < shape.N; n++) {
        for (let d = 0; d < shape.D; d++) {
          const x = data[n * shape.D + d] - (mean?.[d] ?? 0);
          for (let h = 0; h < shape.H; h++) hidden[n * shape.H + h] += x * W1[d * shape.H + h];
        }
      }
      const sizes = hidden.map((value, i) => Math.abs(value + b1[i % shape.H]));
      alive += hidden.filter((value, i) => value + b1[i % shape.H] > 0).length;
      const [least, most] = sizes.reduce(
        ([low, high], size) => [Math.min(low, size), Math.max(high, size)],
        [Number.POSITIVE_INFINITY, 0],
      );
      expect(least / most).toBeGreaterThan(5e-6);
    }
    expect(alive).toBeGreaterThan(0);
  });
});

describeOnNative('the addon', () => {
  it('passes the self-test', async () => {
    const { checks, passed } = await selfTest(loadNative().binding as Binding);
    expect(checks.filter((check) => !check.passed)).toStrictEqual([]);
    expect(passed).toBe(true);
  });
});
