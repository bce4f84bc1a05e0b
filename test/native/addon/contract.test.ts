/** What binding.d.ts promises beside results: its version, and what happens when a report throws. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ParameterArrays, TrainingCall } from '../../../binding.js';
import { BINDING_VERSION } from '../../../src/backend/binding-version.js';
import { chooseBackend } from '../../../src/backend/choose.js';
import { describeOnBackends } from '../../support/backends.js';
import { trainingCall } from '../../support/training-call.js';

it('has the same version in C++ and TypeScript', () => {
  const header = readFileSync(join(import.meta.dirname, '..', '..', '..', 'native', 'addon', 'contract.h'), 'utf8');
  expect(/kBindingVersion = (\d+);/.exec(header)?.[1]).toBe(String(BINDING_VERSION));
});

it('has another version whenever its types change', () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  const files = ['binding.d.ts', 'binding-training.d.ts', 'binding-types.d.ts'];
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  const types = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s+/g, ' ');
  const digest = createHash('sha256').update(types).digest('hex').slice(0, 16);
  // If this fails, raise both versions, then write the new digest here.
  expect({ version: BINDING_VERSION, digest }).toStrictEqual({ version: 14, digest: 'b535b275bcda7be9' });
});

/** A training with so many steps that only a report can end it. */
function endlessCall(): TrainingCall & { net: { parameters: ParameterArrays<Float64Array> } } {
  const parameters = {
    W1: Float64Array.of(0.1, -0.2, 0.3, 0.4),
    b1: new Float64Array(2),
    W2: Float64Array.of(0.1, 0.2, -0.3, 0.4),
    b2: new Float64Array(2),
  };
  const call = trainingCall({
    net: { shape: { inputSize: 2, hiddenSize: 2, numClasses: 2 }, parameters },
    training: {
      rows: { data: Float64Array.of(1, 2, 3, -1), count: 2, mean: null },
      labels: Int32Array.of(0, 1),
    },
    settings: { numIters: 2 ** 31 - 1, batchSize: 1, learningRate: 1e-6 },
    random: { key: new Uint32Array(624).fill(5), position: 624 },
  });
  return { ...call, net: { ...call.net, parameters } };
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

describeOnBackends('a prepared net', (backend) => {
  const { binding } = chooseBackend(backend);
  const rows = { data: Float64Array.of(1, 2, 3, -1), count: 2, mean: null };

  it('computes the calls that were made before it was closed, and refuses later ones', async () => {
    const { net } = endlessCall();
    const expected = new Float64Array(4);
    binding.scores(net, rows, expected);
    const prepared = binding.prepare(net, 2, null);
    const [scores, classes] = [new Float64Array(4), new Int32Array(2)];
    const calls = [prepared.scoresAsync(rows, scores, 2), prepared.predictAsync(rows, classes, 2)];
    prepared.close();
    prepared.close();
    await expect(Promise.all(calls)).resolves.toStrictEqual(Array(2).fill({ input: -1, result: -1 }));
    expect(scores).toStrictEqual(expected);
    expect(classes).toStrictEqual(Int32Array.of(1, 1));
    expect(() => prepared.scoresAsync(rows, scores, 2)).toThrow('binding: the prepared net is closed');
    expect(() => prepared.predictAsync(rows, classes, 2)).toThrow('binding: the prepared net is closed');
    expect(() => prepared.scores(rows, scores)).toThrow('binding: the prepared net is closed');
    expect(() => prepared.predict(rows, classes)).toThrow('binding: the prepared net is closed');
    expect(() => prepared.scoreRow()).toThrow('binding: the prepared net is closed');
    expect(() => prepared.softmaxRow()).toThrow('binding: the prepared net is closed');
  });

  it('computes on this thread, and one row in memory of its own', () => {
    const { net } = endlessCall();
    const mean = Float64Array.of(0.5, -0.25);
    const expected = new Float64Array(4);
    binding.scores(net, { ...rows, mean }, expected);
    for (const prepared of [binding.prepare(net, 2, mean), binding.prepare(net, null, mean)]) {
      const [scores, classes] = [new Float64Array(4), new Int32Array(2)];
      expect(prepared.scores({ ...rows, mean }, scores)).toStrictEqual({ input: -1, result: -1 });
      expect(scores).toStrictEqual(expected);
      expect(prepared.predict({ ...rows, mean }, classes)).toStrictEqual({ input: -1, result: -1 });
      expect(classes).toStrictEqual(Int32Array.of(...[0, 2].map((i) => (expected[i] < expected[i + 1] ? 1 : 0))));
      for (const first of [2, 0]) {
        prepared.row.set(rows.data.subarray(first, first + 2));
        expect(prepared.scoreRow()).toBe(true);
        expect(prepared.rowScores).toStrictEqual(expected.slice(first, first + 2));
        const probabilities = expected.slice(first, first + 2);
        binding.softmax(probabilities, 2);
        expect(probabilities[0] + probabilities[1]).toBeCloseTo(1, 14);
        expect(prepared.softmaxRow()).toBe(true);
        expect(prepared.rowScores).toStrictEqual(probabilities);
      }
    }
  });

  it('copies its mean', () => {
    const { net } = endlessCall();
    const mean = Float64Array.of(0.5, -0.25);
    const prepared = binding.prepare(net, null, mean);
    prepared.row.set([1, 2]);
    prepared.scoreRow();
    const before = prepared.rowScores.slice();
    mean.fill(100);
    prepared.scoreRow();
    expect(prepared.rowScores).toStrictEqual(before);
  });

  it('copies the rows at once', async () => {
    const { net } = endlessCall();
    const [scores, expected] = [new Float64Array(4), new Float64Array(4)];
    binding.scores(net, rows, expected);
    const [data, mean] = [rows.data.slice(), new Float64Array(2)];
    const call = binding.prepare(net, 2, null).scoresAsync({ data, count: 2, mean }, scores, 2);
    data.fill(5);
    mean.fill(5);
    await call;
    expect(scores).toStrictEqual(expected);
  });

  it('finds the first input that is not finite, or result', async () => {
    const { net } = endlessCall();
    const prepared = binding.prepare(net, 2, null);
    const bad = { ...rows, data: Float64Array.of(1, 2, Number.NaN, 1) };
    const [scores, classes] = [new Float64Array(4), new Int32Array(2)];
    expect(await prepared.scoresAsync(bad, scores, 2)).toStrictEqual({ input: 2, result: -1 });
    expect(await prepared.predictAsync(bad, classes, 2)).toStrictEqual({ input: 2, result: -1 });
    expect(prepared.scores(bad, scores)).toStrictEqual({ input: 2, result: -1 });
    expect(prepared.predict(bad, classes)).toStrictEqual({ input: 2, result: -1 });
    prepared.row.set([1, Number.NaN]);
    expect(prepared.scoreRow()).toBe(false);
    expect(prepared.softmaxRow()).toBe(false);
    net.parameters.b2[1] = Number.NaN;
    const broken = binding.prepare(net, 2, null);
    expect(await broken.scoresAsync(rows, scores, 2)).toStrictEqual({ input: -1, result: 1 });
    expect(await broken.predictAsync(rows, classes, 2)).toStrictEqual({ input: -1, result: 0 });
    expect(broken.scores(rows, scores)).toStrictEqual({ input: -1, result: 1 });
    expect(broken.predict(rows, classes)).toStrictEqual({ input: -1, result: 0 });
    expect(broken.scoreRow()).toBe(false);
  });
});

describeOnBackends('peak', (backend) => {
  const { binding } = chooseBackend(backend);

  it('is NaN exactly if there are no kernels for the type', () => {
    const { bfloat16 } = binding.info();
    expect(Number.isNaN(binding.peak('bfloat16', 1, 0))).toBe(!bfloat16);
  });
});
