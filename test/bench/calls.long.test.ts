import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { measureCalls } from '../../bench/calls.js';
import { SHAPES } from '../../src/measure/shapes.js';
import { ROOT, startScript } from '../support/run-cli.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'two-layer-net-calls-'));
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.stubGlobal('pass', (milliseconds: number) => vi.advanceTimersByTime(milliseconds));
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await rm(root, { recursive: true });
});

/** A built checkout whose calls take `fixed` ms, `each` for an iteration and `record` for an accuracy at the start. */
async function checkout(name: string, fixed: number, each: number, record: number): Promise<string> {
  const folder = join(root, name);
  await mkdir(join(folder, 'dist'), { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(
    join(folder, 'dist', 'index.js'),
    `export class Matrix {}
     export class TwoLayerNet {
       trainSync(X, y, Xval, yval, { numIters, resume = { done: 0 } }) {
         pass(${fixed} + ${each} * (numIters - resume.done) + (resume.done === 0 ? ${record} : 0));
         return { done: numIters };
       }
     }`,
  );
  return folder;
}

const bench = {
  shapes: [SHAPES.article],
  threads: [1],
  dtypes: ['float32', 'float64'],
  backend: 'auto',
  rounds: 2,
  seconds: 0.1,
} as const;

describe('calls', () => {
  test('are told by what they cost besides their iterations, for each checkout', async () => {
    const folders = [await checkout('mine', 2, 10, 4), await checkout('other', 50, 20, 0)];
    const timings = await measureCalls({ ...bench, folders, rows: 1000 }, () => {});
    expect(timings).toHaveLength(4);
    const [mine, other, mineInFloat64] = timings;
    // 1000 rows are five minibatches, and the accuracies of the sixth iteration are not to count.
    expect(mine).toMatchObject({ folder: folders[0], dtype: 'float32', threads: 1, iterations: 4 });
    const close = (number: number) => expect.closeTo(number, 6);
    expect(mine).toMatchObject({ first: close(16), one: close(12), iteration: close(10), fixed: close(2) });
    expect(other).toMatchObject({ first: close(70), one: close(70), iteration: close(20), fixed: close(50) });
    const bytes = 4 * (3072 * 50 + 50 + 50 * 10 + 10) * 4;
    expect(mine.packing).toBeCloseTo((1000 * bytes) / mine.bytesPerSecond, 9);
    expect(mineInFloat64.packing).toBeCloseTo(2 * mine.packing, 9);
    expect(mine.ratio).toBeCloseTo(12 / (10 + mine.packing), 9);
  });

  test('npm run bench -- --calls measures them, and nothing else', async () => {
    vi.useRealTimers();
    const args = [
      '--calls',
      '--shapes',
      'tiny',
      '--threads',
      '1',
      '--seconds',
      '0.01',
      '--rounds',
      '1',
      '--rows',
      '99',
    ];
    const { code, stdout, stderr } = await startScript(join(ROOT, 'bench', 'run.mjs'), [...args, '--json', '-']).done;
    expect(code, stderr).toBe(0);
    const { calls, steps, peers, searches } = JSON.parse(stdout);
    expect([steps, peers, searches]).toEqual([[], [], []]);
    expect(calls).toMatchObject([{ shape: SHAPES.tiny, threads: 1, dtype: 'float32', iterations: 2 }]);
    expect(calls[0].one).toBeGreaterThan(0);
    const table = await startScript(join(ROOT, 'bench', 'run.mjs'), args).done;
    expect(table.stdout).toMatch(
      /\ncalls, ms +threads +first +one more +iteration +fixed +packing .*\nD 20, H 16, .* 1 /,
    );
  });
});
