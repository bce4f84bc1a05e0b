import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, runCli } from '../support/run-cli.js';

const SHORT = ['--shapes', 'tiny', 'D20,H8,C3,N16', '--seconds', '0.01', '--rounds', '2', '--rows', '200'];

const range = { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) };

describe('bench', () => {
  test('--json has the documented fields', async () => {
    const { code, stdout, stderr } = await runCli(['bench', ...SHORT, '--threads', '2,1', '--profile', '--json', '-']);
    expect(code, stderr).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      version: JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')).version,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      machine: { cpu: expect.any(String), processors: expect.any(Number), node: process.versions.node },
      backend: { backend: expect.stringMatching(/^(native|js)$/) },
      rounds: 2,
      seconds: 0.01,
      rows: 200,
      peaks: [2, 1].map((threads) => ({ dtype: 'float32', threads, gflops: range })),
    });
    expect(result.steps.map((step: { threads: number }) => step.threads)).toEqual([2, 2, 1, 1]);
    const threads = result.backend.backend === 'js' ? 1 : 2;
    expect(result.steps[1]).toEqual({
      shape: { D: 20, H: 8, C: 3, N: 16 },
      threads: 2,
      flop: 4 * 16 * 20 * 8 + 6 * 16 * 8 * 3,
      contenders: [
        {
          name: 'two-layer-net float32',
          dtype: 'float32',
          work: 'step',
          threads,
          milliseconds: range,
          samples: [expect.any(Number), expect.any(Number)],
          gflops: expect.any(Number),
          shareOfPeak: expect.any(Number),
          ratio: 1,
        },
      ],
    });
    expect(result.predictions[0].contenders[0]).toMatchObject({ rowsPerSecond: range, gflops: expect.any(Number) });
    expect(result.profiles).toHaveLength(4);
    const { profile, seconds } = result.profiles[0];
    if (result.backend.backend === 'js') expect(profile).toBeNull();
    else expect(Object.keys(profile).sort()).toEqual(['forward', 'gather', 'head', 'other', 'update', 'waiting']);
    expect(seconds).toBeGreaterThan(0);
  });

  test('several types and products, on the TypeScript backend', async () => {
    const some = ['--dtype', 'float64,float32', '--products', 'simd,blas', '--backend', 'js', '--threads', '1'];
    const { stdout } = await runCli(['bench', ...SHORT, ...some, '--json', '-']);
    const { steps, peaks } = JSON.parse(stdout);
    expect(steps[0].contenders.map(({ name }: { name: string }) => name)).toEqual([
      'two-layer-net float64, simd products',
      'two-layer-net float64, blas products',
      'two-layer-net float32, simd products',
      'two-layer-net float32, blas products',
    ]);
    expect(peaks.map(({ dtype }: { dtype: string }) => dtype)).toEqual(['float64', 'float32']);
  });

  test("ignores a choice of OpenBLAS's kernels, and says so", async () => {
    const env = { OPENBLAS_CORETYPE: 'Haswell' };
    const { stdout } = await runCli(['bench', ...SHORT, '--threads', '1'], { env });
    expect(stdout).toMatch(/OPENBLAS_CORETYPE=Haswell is ignored/);
  });

  test.each([
    [['--shapes', 'round'], /--shapes.*Expected a shape \(article, .*received "round"/],
    [['--threads', '1,0'], /--threads.*Expected an integer from 1.*received "0"/],
    [['--threads', ''], /Expected an integer from 1/],
    [['--dtype', 'float32,float16'], /Expected some of float32,.*received "float16"/],
    [['--products', 'mine'], /Expected some of auto,simd,blas but received "mine"/],
    [['--rounds', '0'], /--rounds.*Expected an integer from 1/],
    [['--seconds', '0'], /--seconds.*Expected a finite number above 0/],
    [['--peers', 'bench/peers'], /unknown option '--peers'/],
  ])('usage error: %j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(['bench', ...args]);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
