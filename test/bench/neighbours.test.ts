import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { BusyLoop } from '../../bench/neighbours/busy-loop.js';
import { measureNeighbours } from '../../bench/neighbours/measure.js';
import { neighbourLines } from '../../bench/neighbours/report.js';
import { backendInfo } from '../../src/index.js';
import { thisMachine } from '../../src/platform/this-machine.js';

const FAKE_PEER = fileURLToPath(new URL('fake-peer.mjs', import.meta.url));

function fakePeer(mode: string) {
  return { file: `${mode}.mjs`, command: process.execPath, args: [FAKE_PEER, mode], missing: undefined };
}

/** A fake peer says that an iteration takes a millisecond, whatever happens beside it. */
test('situations are compared in each round, and a peer that fails does not end the others', async () => {
  const shape = { D: 4, H: 3, C: 2, N: 8 };
  const programs = [fakePeer('refuses'), fakePeer('works')];
  const bench = { programs, shape, threads: 2, rounds: 2, seconds: 0.01, rows: 10 };
  const timings = await measureNeighbours(bench, () => {});
  expect(timings).toStrictEqual([
    { file: 'refuses.mjs', shape, failed: 'no 3 hidden units' },
    {
      name: 'fake',
      dtype: 'float32',
      shape,
      threads: 2,
      one: { median: 1, min: 1, max: 1 },
      all: { median: 1, min: 1, max: 1 },
      besideLoop: { median: 1, min: 1, max: 1 },
      speedup: 1,
      speedupBesideLoop: 1,
      loop: expect.any(Number),
      twoAtOnce: 0.5,
      doubled: 1,
    },
  ]);
  const result = { date: '2026-11-27T00:00:00Z', machine: thisMachine(), backend: backendInfo(), rounds: 2, timings };
  const text = neighbourLines(result).join('\n');
  expect(text).toMatch(/\nD 4, H 3, C 2, N 8: fake, float32 +2 +1 +1 +1 +1 – 1 +1\.00 +1\.00 +\S+ +0\.50 +1\.00\n/);
  expect(text).toContain('refuses.mjs, D 4, H 3, C 2, N 8: no 3 hidden units');
});

test.skipIf(process.platform !== 'linux')('the busy loop runs only beside the work', async () => {
  // At the lowest priority it may get nothing on a busy machine.
  const loop = await BusyLoop.start(1);
  try {
    const wait = () => new Promise<string>((resolve) => setTimeout(resolve, 100, 'done'));
    const { result, processors } = await loop.during(wait);
    expect(result).toBe('done');
    expect(processors).toBeGreaterThan(0);
    expect(processors).toBeLessThan(1.5);
  } finally {
    loop.end();
  }
});
