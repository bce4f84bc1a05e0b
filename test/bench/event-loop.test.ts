import { expect, test } from 'vitest';
import { eventLoopLines } from '../../bench/event-loop/report.js';
import { measureEventLoop } from '../../bench/event-loop/verbs.js';
import { watchEventLoop } from '../../bench/event-loop/watch.js';
import { backendInfo } from '../../src/index.js';
import { thisMachine } from '../../src/platform/this-machine.js';

test('the delay that blocking work causes is seen', async () => {
  const { late, blocked } = await watchEventLoop(async () => {
    for (const end = performance.now() + 60; performance.now() < end; );
  });
  expect(Math.max(...late)).toBeGreaterThan(55);
  if (blocked) for (const [i, delay] of blocked.entries()) expect(delay).toBeLessThanOrEqual(late[i]);
});

test('every call is watched, and reported in one line', async () => {
  const shape = { D: 20, H: 8, C: 3, N: 16 };
  const bench = { shape, threads: 2, dtype: 'float32', backend: 'auto', rows: 200, seconds: 0.001 } as const;
  const timings = await measureEventLoop(bench, () => {});
  for (const { late, calls } of timings) {
    expect(calls).toBeGreaterThan(0);
    expect(late.p50).toBeLessThanOrEqual(late.p99);
    expect(late.p99).toBeLessThanOrEqual(late.max);
  }
  const result = { date: '2026-11-26T00:00:00Z', machine: thisMachine(), backend: backendInfo('auto'), timings };
  const text = eventLoopLines(result).join('\n');
  const classifier = ['Classifier.fit', 'classifier.evaluate', 'classifier.save', 'Classifier.load', 'loadDataset'];
  const net = ['create', 'train', 'predictAsync', 'evaluateAsync', 'sweep', 'saveModel', 'loadModel'];
  for (const verb of [...net, ...classifier]) {
    expect(text).toMatch(new RegExp(`\\n${verb}.*D 20, H 8, 200 rows, float32 +2 +\\d+ `));
  }
});
