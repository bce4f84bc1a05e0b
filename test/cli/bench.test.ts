import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT, runCli, startCli } from '../support/run-cli.js';

/** A folder of peers, one for each way to go wrong. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'two-layer-net-bench-'));
  const fake = pathToFileURL(join(ROOT, 'test', 'bench', 'fake-peer.mjs')).href;
  for (const mode of ['good', 'unavailable', 'garbage', 'dies-running']) {
    await writeFile(join(folder, `${mode}.mjs`), `process.argv[2] = '${mode}';\nawait import('${fake}');\n`);
  }
});
afterAll(() => rm(folder, { recursive: true }));

const SHORT = ['--shapes', 'tiny', 'D20,H8,C3,N16', '--seconds', '0.01', '--rounds', '2', '--rows', '200'];

const range = { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) };

/** Whether a process is there, and is no zombie, which a container without an init keeps. */
function runs(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout);
}

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
      ...{ rounds: 2, seconds: 0.01, rows: 200, peers: [] },
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
          ...{ name: 'two-layer-net float32', dtype: 'float32', work: 'step', threads },
          milliseconds: range,
          samples: [expect.any(Number), expect.any(Number)],
          ...{ gflops: expect.any(Number), shareOfPeak: expect.any(Number), ratio: 1 },
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

  test('peers stand beside; one that fails stands there with its reason', async () => {
    const { code, stdout, stderr } = await runCli(['bench', ...SHORT, '--threads', '1', '--peers', folder]);
    expect(code, stderr).toBe(0);
    const table = stdout.slice(stdout.indexOf('D 20, H 16, C 10, N 32: 0.0717 MFLOP a step, 1 thread'));
    expect(table).toMatch(/ms\/step +lowest – highest +GFLOP\/s +of peak +ratio\ntwo-layer-net float32 .* 1\.00\n/);
    expect(table).toMatch(/\nfake: it ended with exit code 3\n/);
    expect(table).toMatch(/\nfake +1 +1 – 1 +0\.0717 +\d+ % +\d+\.\d\d\n/);
    expect(table).toMatch(/peers that could not be measured\n.*garbage\.mjs: expected a line of JSON/);
    expect(table).toMatch(/unavailable\.mjs: No module named 'fake'\n/);
    expect(stderr).toMatch(/without .*unavailable\.mjs: No module named 'fake'/);
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

  test("leaves a choice of OpenBLAS's kernels out, and says so", async () => {
    const env = { OPENBLAS_CORETYPE: 'Haswell' };
    const { stdout } = await runCli(['bench', ...SHORT, '--threads', '1'], { env });
    expect(stdout).toMatch(/OPENBLAS_CORETYPE=Haswell is left out/);
  });

  test('--searches times trials side by side and one after the other, and nothing else', async () => {
    const args = ['--searches', '1,3', '--threads', '2', '--rounds', '2', '--rows', '300', '--json', '-'];
    const { code, stdout, stderr } = await runCli(['bench', ...args]);
    expect(code, stderr).toBe(0);
    const { searches, steps } = JSON.parse(stdout);
    expect(steps).toEqual([]);
    expect(searches).toEqual(
      [1, 3].map((trials) => ({
        ...{ trials, threads: 2, dtype: 'float32', numIters: 500 },
        ...{ sideBySide: range, oneAfterOther: range, ratio: expect.any(Number) },
      })),
    );
    for (const { sideBySide, ratio } of searches) {
      expect(sideBySide.median).toBeGreaterThan(0);
      expect(ratio).toBeGreaterThan(0);
    }
  });

  test('Ctrl-C ends it with exit code 130, and its peers with it', async () => {
    const pidFile = join(folder, 'pid');
    const { child, done, shows } = startCli(
      ['bench', ...SHORT, '--rounds', '1000', '--peers', join(folder, 'good.mjs')],
      { env: { FAKE_PEER_PID_FILE: pidFile } },
    );
    await shows('D 20, H 16');
    const peer = Number(await readFile(pidFile, 'utf8'));
    expect(runs(peer)).toBe(true);
    child.kill('SIGINT');
    expect(await done).toMatchObject({ code: 130, stdout: '' });
    await expect.poll(() => runs(peer)).toBe(false);
  });

  test.each([
    [['--shapes', 'round'], /--shapes.*Expected a shape \(article, .*received "round"/],
    [['--threads', '1,0'], /--threads.*Expected an integer from 1.*received "0"/],
    [['--threads', ''], /Expected an integer from 1/],
    [['--dtype', 'float32,float16'], /Expected some of float32,.*received "float16"/],
    [['--products', 'mine'], /Expected some of auto,simd,blas but received "mine"/],
    [['--rounds', '0'], /--rounds.*Expected an integer from 1/],
    [['--seconds', '0'], /--seconds.*Expected a finite number above 0/],
    [['--searches', '0'], /--searches.*Expected an integer from 1/],
    [['--peers', 'nowhere'], /--peers.*there is nothing at nowhere/],
  ])('wrong usage: %j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(['bench', ...args]);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
