/** What binding.d.ts promises beside results: its version, and what happens when a report throws. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ParameterArrays, TrainingCall } from '../../../binding.js';
import { BINDING_VERSION } from '../../../src/backend/binding-version.js';
import { chooseBackend } from '../../../src/backend/choose.js';
import { engineSettings } from '../../../src/training/settings.js';
import { describeOnBackends } from '../../support/backends.js';

it('has the same version in C++ and TypeScript', () => {
  const header = readFileSync(join(import.meta.dirname, '..', '..', '..', 'native', 'addon', 'contract.h'), 'utf8');
  expect(/kBindingVersion = (\d+);/.exec(header)?.[1]).toBe(String(BINDING_VERSION));
});

it('has another version whenever its types change', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'binding.d.ts'), 'utf8');
  const types = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s+/g, ' ');
  const digest = createHash('sha256').update(types).digest('hex').slice(0, 16);
  // If this fails, raise both versions, then write the new digest here.
  expect({ version: BINDING_VERSION, digest }).toStrictEqual({ version: 6, digest: 'cd767bc8902d7ac5' });
});

/** A training with so many steps that only a report can end it. */
function endlessCall(): TrainingCall & { net: { parameters: ParameterArrays<Float64Array> } } {
  const parameters = {
    W1: Float64Array.of(0.1, -0.2, 0.3, 0.4),
    b1: new Float64Array(2),
    W2: Float64Array.of(0.1, 0.2, -0.3, 0.4),
    b2: new Float64Array(2),
  };
  return {
    net: {
      shape: { inputSize: 2, hiddenSize: 2, numClasses: 2 },
      parameters,
      products: 'auto',
      bfloat16: false,
      threads: 1,
    },
    training: {
      rows: { data: Float64Array.of(1, 2, 3, -1), count: 2, mean: null },
      labels: Int32Array.of(0, 1),
    },
    validation: null,
    settings: engineSettings({ numIters: 2 ** 31 - 1, batchSize: 1, learningRate: 1e-6 }),
    slots: [],
    firstIteration: 0,
    random: { key: new Uint32Array(624).fill(5), position: 624 },
    stop: new Int32Array(new SharedArrayBuffer(4)),
    reportInterval: 0,
    profile: false,
  };
}

describeOnBackends('a report that throws', (backend) => {
  const { binding } = chooseBackend(backend);

  it.each([new Error('enough'), 'a string', undefined])(
    'ends train, which rejects with what was thrown: %s',
    async (thrown) => {
      const call = endlessCall();
      let reports = 0;
      let seen: Float64Array | undefined;
      const training = binding.train(call, () => {
        reports++;
        seen = call.net.parameters.W1.slice();
        throw thrown;
      });
      await expect(
        training.then(
          () => 'done',
          (error: unknown) => ({ error }),
        ),
      ).resolves.toStrictEqual({ error: thrown });
      expect(reports).toBe(1);
      expect(call.net.parameters.W1).toStrictEqual(seen);
      expect(call.net.parameters.W1[0]).not.toBe(0.1);
      expect(call.random.key).toStrictEqual(new Uint32Array(624).fill(5));
    },
  );

  it('ends trainSync, which throws it', () => {
    const call = endlessCall();
    let seen: Float64Array | undefined;
    const report = () => {
      seen = call.net.parameters.W1.slice();
      throw new RangeError('enough');
    };
    expect(() => binding.trainSync(call, report)).toThrow(new RangeError('enough'));
    expect(call.net.parameters.W1).toStrictEqual(seen);
    expect(call.random.key).toStrictEqual(new Uint32Array(624).fill(5));
  });

  it('is not called again after the stop flag is set', () => {
    const call = endlessCall();
    const { status, iterations } = binding.trainSync(call, () => Atomics.store(call.stop, 0, 2));
    expect(status).toBe('stopped');
    expect(iterations).toBe(2);
  });
});

describeOnBackends('peak', (backend) => {
  const { binding } = chooseBackend(backend);

  it('is NaN exactly if there are no kernels for the type', () => {
    const { bfloat16 } = binding.info();
    expect(Number.isNaN(binding.peak('bfloat16', 1, 0))).toBe(!bfloat16);
  });
});
