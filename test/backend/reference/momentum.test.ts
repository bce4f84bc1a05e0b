/** A rule with a slot of state on the TypeScript backend, whose only shipped rule, SGD, has none. */
import { describe, expect, it } from 'vitest';
import type { ParameterArrays, TrainingCall } from '../../../binding.js';
import { trainSync } from '../../../src/backend/reference/train.js';
import { SGD, type UpdateRule } from '../../../src/backend/reference/update-rule.js';
import { engineSettings } from '../../../src/training/settings.js';
import { copyParameters, PARAMETERS } from '../../../src/validation/parameters.js';

const [D, H, C, N] = [5, 4, 3, 12];

/** velocity ← momentum · velocity + gradient (+ reg · w); parameters ← parameters − rate · velocity. */
function momentum(factor: number): UpdateRule {
  return {
    name: 'momentum',
    slots: 1,
    apply({ settings, learningRate }, isWeight, parameters, gradient, [velocity]) {
      for (let i = 0; i < parameters.length; i++) {
        const decayed = gradient[i] + (isWeight ? settings.reg * parameters[i] : 0);
        velocity[i] = factor * velocity[i] + decayed;
        parameters[i] -= learningRate * velocity[i];
      }
    },
  };
}

/** Numbers from −0.5 to 0.5. */
function numbers(length: number, seed: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => (((i + 1) * (seed * 7919 + 104729)) % 1009) / 1009 - 0.5);
}

function start(): ParameterArrays {
  return { W1: numbers(D * H, 1), b1: numbers(H, 2), W2: numbers(H * C, 3), b2: numbers(C, 4) };
}

function zeros(): ParameterArrays {
  const { W1, b1, W2, b2 } = start();
  return { W1: W1.fill(0), b1: b1.fill(0), W2: W2.fill(0), b2: b2.fill(0) };
}

function call(parameters: ParameterArrays, slots: ParameterArrays[], numIters: number): TrainingCall {
  return {
    net: {
      shape: { inputSize: D, hiddenSize: H, numClasses: C },
      parameters,
      products: 'auto',
      bfloat16: false,
      threads: 1,
    },
    slots,
    training: {
      rows: { data: numbers(N * D, 5), count: N, mean: null },
      labels: Int32Array.from({ length: N }, (_, i) => i % C),
    },
    validation: null,
    settings: engineSettings({ numIters, batchSize: 6, learningRate: 0.1, learningRateDecay: 1, reg: 0.2 }),
    firstIteration: 0,
    best: null,
    random: { key: Uint32Array.from({ length: 624 }, (_, i) => i * 2654435761), position: 624 },
    stop: new Int32Array(new SharedArrayBuffer(4)),
    reportInterval: 0,
    profile: false,
  };
}

function expectNear(got: ParameterArrays, expected: ParameterArrays): void {
  for (const name of PARAMETERS) {
    got[name].forEach((value, i) => {
      expect(value).toBeCloseTo(expected[name][i], 12);
    });
  }
}

describe('momentum on the TypeScript backend', () => {
  it('with factor 0 takes the same steps as SGD', () => {
    const [plain, withSlots] = [start(), start()];
    trainSync(call(plain, [], 9), null, SGD);
    trainSync(call(withSlots, [zeros()], 9), null, momentum(0));
    expectNear(withSlots, plain);
  });

  it('accumulates the gradients: two steps move as far as the formula says', () => {
    const one = start();
    trainSync(call(one, [], 1), null, SGD);
    const first = start();
    const firstVelocity = zeros();
    trainSync(call(first, [firstVelocity], 1), null, momentum(0.9));
    expectNear(first, one);
    for (const name of PARAMETERS) {
      firstVelocity[name].forEach((v, i) => {
        expect(v).toBeCloseTo((start()[name][i] - one[name][i]) / 0.1, 12);
      });
    }
  });

  it('continues with its slots as if there had been no break, bit for bit', () => {
    const whole = start();
    const wholeVelocity = zeros();
    trainSync(call(whole, [wholeVelocity], 8), null, momentum(0.9));
    const parts = start();
    const velocity = zeros();
    const before = call(parts, [velocity], 3);
    const { position } = trainSync(before, null, momentum(0.9));
    const after = call(parts, [velocity], 8);
    trainSync({ ...after, firstIteration: 3, random: { key: before.random.key, position } }, null, momentum(0.9));
    expect(parts).toEqual(whole);
    expect(velocity).toEqual(wholeVelocity);
    const forgetful = copyParameters(start());
    const restarted = call(forgetful, [zeros()], 3);
    const middle = trainSync(restarted, null, momentum(0.9));
    const random = { key: restarted.random.key, position: middle.position };
    trainSync({ ...call(forgetful, [zeros()], 8), firstIteration: 3, random }, null, momentum(0.9));
    expect(forgetful).not.toEqual(whole);
  });

  it('refuses a number of slots that is not its own', () => {
    expect(() => trainSync(call(start(), [], 1), null, momentum(0.9))).toThrow('expected an array of 1 slots');
  });
});
