import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { measurePredictions } from '../../bench/predictions/measure.js';
import { predictionLines } from '../../bench/predictions/report.js';
import { backendInfo } from '../../src/index.js';
import { thisMachine } from '../../src/platform/this-machine.js';

const FOLDER = fileURLToPath(new URL('../../bench/predictions', import.meta.url));

test('calls of predictions are timed in turns, and onnxruntime-node only where it is installed', async () => {
  const shape = { D: 8, H: 4, C: 3, N: 5 };
  const bench = { shapes: [shape], threads: [1], rounds: 2, seconds: 0.005, folder: FOLDER };
  const { timings, unavailable } = await measurePredictions(bench, () => {});
  const names = timings.map(({ name }) => name);
  expect(names.slice(0, 3)).toStrictEqual(['prepare().probabilities', 'prepare().predictAsync', 'TwoLayerNet.predict']);
  if (unavailable === null) expect(names[3]).toBe('onnxruntime-node');
  else expect(unavailable).toContain('onnxruntime-node');
  for (const { microseconds, ratio } of timings) {
    expect(microseconds.min).toBeGreaterThan(0);
    expect(ratio).toBeGreaterThan(0);
  }
  expect(timings[0].ratio).toBe(1);
  const result = { date: '2026-11-27T00:00:00Z', machine: thisMachine(), backend: backendInfo(), rounds: 2 };
  const text = predictionLines({ ...result, timings, unavailable: 'not installed' }).join('\n');
  expect(text).toMatch(/\nD 8, H 4, 5 rows: prepare\(\)\.probabilities +1 +\S+ +\S+ – \S+ +1\.00\n/);
  expect(text).toContain('onnxruntime-node could not be measured: not installed');
});
