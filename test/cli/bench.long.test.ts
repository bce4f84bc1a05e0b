import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backendInfo } from '../../src/index.js';
import { ROOT, runCli } from '../support/run-cli.js';

const SHORT = ['--shapes', 'tiny', 'D20,H8,C3,N16', '--seconds', '0.01', '--rounds', '2', '--rows', '200'];

const { simdTarget } = backendInfo();

const range = { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) };

describe('bench', () => {
  test('--json has the documented fields', async () => {
    const some = ['--threads', '2,1', '--profile', '--measure', 'steps,predict'];
    const { code, stdout, stderr } = await runCli(['bench', ...SHORT, ...some, '--json', '-']);
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
      busyProcessors: expect.any(Number),
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
    const passes = result.passes.map(({ contenders }: { contenders: object[] }) => contenders);
    expect(passes).toHaveLength(4);
    expect(passes[0]).toMatchObject([
      { name: 'two-layer-net float32', work: 'predict', rows: 200, rowsPerSecond: range, gflops: expect.any(Number) },
    ]);
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

  test('steps alone, on bytes and on float32 rows', async () => {
    const some = ['--row-type', 'bytes,float32', '--measure', 'steps', '--threads', '1'];
    const { stdout } = await runCli(['bench', ...SHORT, ...some]);
    expect(stdout).toMatch(/; 200 random rows, bytes and float32\n/);
    expect(stdout).toMatch(/\ntwo-layer-net float32 +\S+ .*\ntwo-layer-net float32, float32 rows +\S+ /);
    expect(stdout).not.toMatch(/passes over rows/);
  });

  test('--profile measures steps, whatever else is measured', async () => {
    const some = ['--profile', '--measure', 'validation', '--threads', '1', '--shapes', 'tiny', '--seconds', '0.01'];
    const { stdout } = await runCli(['bench', ...some, '--rows', '200', '--rounds', '1', '--backend', 'js']);
    expect(stdout).toMatch(/\nprofile of a step .*\nD 20, H 16, C 10, N 32: two-layer-net float32 /);
    expect(stdout).toMatch(/\npasses over rows .*\nD 20, H 16, C 10: two-layer-net float32[,:] /);
    expect(stdout).not.toMatch(/, predict 200 /);
  });

  test.skipIf(simdTarget === 'none')('--simd measures the kernels of one target, and says which', async () => {
    const { stdout } = await runCli(['bench', ...SHORT, '--threads', '1', '--simd', simdTarget]);
    expect(stdout).toMatch(`SIMD kernels ${simdTarget};`);
    const { code, stderr } = await runCli(['bench', ...SHORT, '--simd', 'AVX9']);
    expect(stderr).toMatch(/TWO_LAYER_NET_SIMD is AVX9, but this build and processor have/);
    expect(code).toBe(1);
  });

  test('ignores choices for OpenBLAS, and says so', async () => {
    const env = { OPENBLAS_CORETYPE: 'Haswell', OPENBLAS_L2_SIZE: '2097152' };
    const { stdout } = await runCli(['bench', ...SHORT, '--threads', '1'], { env });
    expect(stdout).toMatch(/OPENBLAS_CORETYPE=Haswell is ignored/);
    expect(stdout).toMatch(/OPENBLAS_L2_SIZE=2097152 is ignored/);
  });

  test.each([
    [['--shapes', 'round'], /--shapes.*Expected a shape \(article, .*received "round"/],
    [['--threads', '1,0'], /--threads.*Expected an integer from 1.*received "0"/],
    [['--threads', ''], /Expected an integer from 1/],
    [['--dtype', 'float32,float16'], /Expected some of float32,.*received "float16"/],
    [['--products', 'mine'], /Expected some of auto,simd,blas but received "mine"/],
    [['--row-type', 'float16'], /--row-type.*Expected some of bytes,float32 but received "float16"/],
    [['--measure', 'everything'], /--measure.*Expected some of steps,predict,validation but received "everything"/],
    [['--simd', 'AVX2', '--backend', 'js'], /--simd.*cannot be used with.*--backend/],
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
