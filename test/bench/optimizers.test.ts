import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { measureOptimizers, type OptimizerBench, torchPrograms } from '../../bench/optimizers/measure.js';
import { optimizerLines } from '../../bench/optimizers/report.js';
import { RULES } from '../../bench/optimizers/rules.js';
import { backendInfo, TwoLayerNet } from '../../src/index.js';
import { DataCache } from '../../src/measure/net-contenders.js';
import { thisMachine } from '../../src/platform/this-machine.js';

const FAKE_PEER = fileURLToPath(new URL('fake-peer.mjs', import.meta.url));

function fakePeer(mode: string) {
  return { file: mode, command: process.execPath, args: [FAKE_PEER, mode], missing: undefined };
}

/** Rows of 48 numbers can be pictures of 4 · 4 pixels. */
const shape = { D: 48, H: 3, C: 2, N: 8 };
const how = { dtype: 'float32', rowType: 'bytes', threads: 1, rounds: 2 } as const;
const bench: OptimizerBench = {
  ...how,
  rules: ['sgd', 'adam', 'pictures'],
  shapes: [shape],
  products: 'auto',
  backend: 'auto',
  seconds: 0.005,
  cache: new DataCache(40),
  programsOf: ({ torch }) => (torch === null ? [] : ['works', 'refuses', 'unavailable'].map(fakePeer)),
};

describe('update rules', () => {
  test("take turns with plain gradient descent and with peers; one that fails does not end the others'", async () => {
    const told: string[] = [];
    const timings = await measureOptimizers(bench, (line) => told.push(line));
    expect(told).toEqual([
      "SGD without unavailable: No module named 'fake'",
      'SGD, D 48, H 3, C 2, N 8',
      "Adam without unavailable: No module named 'fake'",
      'Adam, D 48, H 3, C 2, N 8',
      'SGD, flips and shifts of 2, D 48, H 3, C 2, N 8',
    ]);
    const [sgd, adam, pictures] = timings;
    // It is not timed twice.
    expect(sgd).toMatchObject({ rule: 'sgd', shape, ratio: 1, plain: sgd.milliseconds });
    expect(adam.rule).toBe('adam');
    expect(adam.plain.min).toBeGreaterThan(0);
    // A fake peer says that an iteration takes a millisecond.
    const { min, max } = adam.milliseconds;
    const [works, ...failed] = adam.peers;
    expect(works).toEqual({ name: 'fake', milliseconds: { median: 1, min: 1, max: 1 }, ratio: expect.any(Number) });
    expect('ratio' in works && works.ratio).toBeCloseTo((1 / min + 1 / max) / 2, 9);
    expect(failed).toEqual([
      { name: 'fake', failed: 'no 3 hidden units' },
      { name: 'unavailable', failed: "No module named 'fake'" },
    ]);
    expect(pictures.peers).toEqual([]);

    const date = '2026-11-27T00:00:00Z';
    const text = optimizerLines({ date, machine: thisMachine(), backend: backendInfo(), ...how, timings }).join('\n');
    expect(text).toMatch(/\nD 48, H 3, C 2, N 8 +ms\/step +lowest – highest +× SGD +fake +unavailable/);
    expect(text).toMatch(/\nSGD +\S+ +\S+ – \S+ +1\.00 +1 +\S+ × +- +-\n/);
    expect(text).toMatch(/\nSGD, flips and shifts of 2 +\S+ +\S+ – \S+ +\S+ +- +- +- +-\n/);
    expect(text).toContain('Adam, D 48, H 3, C 2, N 8: fake: no 3 hidden units');
  });

  test('flips need rows that can be pictures', async () => {
    const rows = { ...bench, rules: ['flips'], shapes: [{ ...shape, D: 20 }] };
    await expect(measureOptimizers(rows, () => {})).rejects.toThrow(/imageShape for flip/);
  });

  test.each(Object.entries(RULES))('%s changes what a training does', (_, { options }) => {
    const imageShape = { height: 4, width: 4, channels: 3 as const };
    const X = Uint8Array.from({ length: 48 * 40 }, (_, i) => (i * 7919) % 256);
    const y = Array.from({ length: 40 }, (_, i) => i % 2);
    const train = (more: object) => {
      const net = new TwoLayerNet({ inputSize: 48, hiddenSize: 3, numClasses: 2, imageShape });
      net.trainSync(X, y, null, null, { numIters: 5, batchSize: 8, ...more });
      return Array.from(net.params.W1);
    };
    if (Object.keys(options).length === 0) return;
    expect(train(options)).not.toEqual(train({}));
  });

  test('PyTorch has those that are update rules, eager and compiled', () => {
    const programs = Object.values(RULES).map((rule) => torchPrograms('folder', 'python')(rule, 'bytes'));
    expect(programs.map((some) => some.length)).toEqual([2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0]);
    const [, compiled] = programs[2];
    expect(compiled).toMatchObject({ file: 'PyTorch compiled', command: 'python' });
    expect(JSON.parse(compiled.args[1])).toEqual({
      name: 'SGD',
      options: { momentum: 0.9, nesterov: true },
      compiled: true,
      rowType: 'bytes',
    });
  });
});
