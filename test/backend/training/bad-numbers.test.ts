/** Weights of 0 and numbers that overflow. */
import { describe, expect, it } from 'vitest';
import type { TrainingCall } from '../../../binding.js';
import { chooseBackend } from '../../../src/backend/choose.js';
import { RandomState } from '../../../src/random/random-state.js';
import type { EngineSettings } from '../../../src/training/settings.js';
import { copyParameters } from '../../../src/validation/parameters.js';
import { describeOnBackends } from '../../support/backends.js';
import { allFinite } from '../../support/training.js';
import { allOf, parametersIn, trainingCall } from '../../support/training-call.js';
import { UPDATE_RULES } from '../../support/update-rules.js';
import { type Kind, kindsOf } from './all-settings.js';

const [D, H, C, N] = [10, 7, 3, 24];

function callOf(kind: Pick<Kind, 'dtype' | 'products' | 'bfloat16'>, settings: Partial<EngineSettings>): TrainingCall {
  const random = new RandomState(4);
  const normal = (length: number, scale: number) => random.randn(length).map((draw) => scale * draw);
  const parameters = { W1: normal(D * H, 0.5), b1: normal(H, 0.1), W2: normal(H * C, 0.5), b2: normal(C, 0.1) };
  const { dtype, products, bfloat16 = false } = kind;
  return trainingCall({
    net: {
      shape: { inputSize: D, hiddenSize: H, numClasses: C },
      parameters: parametersIn(dtype, parameters),
      products,
      bfloat16,
    },
    training: {
      rows: { data: normal(N * D, 1), count: N, mean: null },
      labels: Int32Array.from(random.randint(0, C, N)),
    },
    settings: { numIters: 12, batchSize: 8, learningRate: 0.02, learningRateDecay: 1, reg: 0.1, ...settings },
  });
}

/** Σ values² */
function squares(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value * value, 0);
}

describeOnBackends('weights of 0', (backend) => {
  const { binding } = chooseBackend(backend);
  const kinds = kindsOf(binding);

  it.each(kinds)('leave the penalty alone where all rows of a minibatch have one: %o', (kind) => {
    const reg = 0.5;
    const call = { ...callOf(kind, { numIters: 1, reg }), weights: new Float64Array(N) };
    const before = copyParameters(call.net.parameters);
    const { losses, status } = binding.trainSync(call, null);
    expect(status).toBe('done');
    expect(losses[0] / (0.5 * reg * (squares(before.W1) + squares(before.W2)))).toBeCloseTo(1, 6);
    const { W1, b1, W2, b2 } = call.net.parameters;
    const shrunk = (1 - 0.02 * reg) * before.W1[3];
    expect(W1[3] / shrunk).toBeCloseTo(1, 6);
    expect(W2[3]).not.toBe(before.W2[3]);
    expect({ b1, b2 }).toStrictEqual({ b1: before.b1, b2: before.b2 });
  });

  it.each(kinds)('change no parameter without a penalty: %o', (kind) => {
    for (const rule of Object.values(UPDATE_RULES)) {
      const call = { ...callOf(kind, { ...rule, reg: 0, weightDecay: 0, clipNorm: 1 }), weights: new Float64Array(N) };
      const before = copyParameters(call.net.parameters);
      const { losses, status } = binding.trainSync(call, null);
      expect(status).toBe('done');
      expect([...losses]).toStrictEqual(Array(12).fill(0));
      expect(allOf(call.net.parameters)).toStrictEqual(allOf(before));
    }
  });

  it.each(kinds)('take rows out of a training: %o', (kind) => {
    const weights = Float64Array.from({ length: N }, (_, n) => (n % 3 === 0 ? 0 : 1 + n / N));
    const [call, other] = [0, 1].map(() => ({ ...callOf(kind, UPDATE_RULES.adam), weights }));
    for (let n = 0; n < N; n += 3) {
      other.training.labels[n] = (other.training.labels[n] + 1) % C;
      other.training.rows.data.fill(-20, n * D, (n + 1) * D);
    }
    const [expected, got] = [call, other].map((one) => [...binding.trainSync(one, null).losses]);
    expect(got).toStrictEqual(expected);
    expect(allOf(other.net.parameters)).toStrictEqual(allOf(call.net.parameters));
  });

  it.each(kinds)('are not those of 1, which are those of none: %o', (kind) => {
    const trained = [null, new Float64Array(N).fill(1), Float64Array.from({ length: N }, (_, n) => n % 2)].map(
      (weights) => {
        const call = { ...callOf(kind, {}), weights };
        binding.trainSync(call, null);
        return allOf(call.net.parameters);
      },
    );
    expect(trained[1]).toStrictEqual(trained[0]);
    expect(trained[2]).not.toStrictEqual(trained[0]);
  });
});

describeOnBackends('a training that diverges', (backend) => {
  const { binding } = chooseBackend(backend);

  describe.each(['momentum', 'nesterov', 'adam', 'adamw'])('with %s', (name) => {
    it.each(kindsOf(binding))('goes back to the last finite parameters, and their slots: %o', (kind) => {
      const settings = { ...UPDATE_RULES[name], dropout: 0.2 };
      const tooMuch = Number.MAX_VALUE;
      // Momentum's step is the gradient times the rate: the gradient has to be large, too.
      const factor = name.startsWith('adam') ? 1 : 1e3;
      const newCall = (numIters: number, rates: number[]) => {
        const call = callOf(kind, { ...settings, numIters });
        const data = call.training.rows.data.map((value) => factor * value);
        const training = { ...call.training, rows: { ...call.training.rows, data } };
        return { ...call, training, rates: Float64Array.from(rates), finalAccuracies: true };
      };
      const finite = Array(3).fill(1e-7);
      const expected = newCall(3, finite);
      expect(binding.trainSync(expected, null).status).toBe('done');
      const call = newCall(6, [...finite, tooMuch, 1e-7, 1e-7]);
      const outcome = binding.trainSync(call, null);
      expect(outcome).toMatchObject({ status: 'diverged', iterations: 4, accuracies: null, learningRate: 1e-7 });
      expect(allFinite(call.net.parameters)).toBe(true);
      expect(allOf(call.net.parameters)).toStrictEqual(allOf(expected.net.parameters));
      expect(call.slots.map(allOf)).toStrictEqual(expected.slots.map(allOf));
      // The last step is followed by no loss that would tell.
      const last = newCall(4, [...finite, tooMuch]);
      expect(binding.trainSync(last, null)).toMatchObject({ status: 'diverged', iterations: 4, accuracies: null });
      expect(allOf(last.net.parameters)).toStrictEqual(allOf(expected.net.parameters));
    });
  });

  it.each(kindsOf(binding).filter(({ dtype }) => dtype === 'float32'))(
    'goes back even if no loss tells: %o',
    (kind) => {
      const { dtype: _, ...net } = kind;
      const parameters = {
        W1: Float32Array.of(0),
        b1: Float32Array.of(1e-3),
        W2: Float32Array.of(1e3, -1e3),
        b2: new Float32Array(2),
      };
      const before = copyParameters(parameters);
      // b1 becomes −Infinity, which the ReLU turns into 0: the losses after the first are 0.
      const call = trainingCall({
        net: { shape: { inputSize: 1, hiddenSize: 1, numClasses: 2 }, parameters, ...net },
        training: { rows: { data: new Float32Array(1), count: 1, mean: null }, labels: Int32Array.of(1) },
        rates: Float64Array.of(1e36, 1e-9, 1e-9, 1e-9),
        settings: { numIters: 4, batchSize: 1, reg: 0 },
      });
      expect(binding.trainSync(call, null).status).toBe('diverged');
      expect(call.net.parameters).toStrictEqual(before);
    },
  );
});
