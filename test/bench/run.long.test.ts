import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT, type RunOptions, startScript } from '../support/run-cli.js';

const startBench = (args: string[], options?: RunOptions) => startScript(join(ROOT, 'bench', 'run.mjs'), args, options);
const runBench = (args: string[]) => startBench(args).done;

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

/** Whether a process exists and is not a zombie. A container without an init keeps those. */
function runs(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout);
}

describe('npm run bench', () => {
  test('peers are listed with their times, and those that fail with the reason', async () => {
    const { code, stdout, stderr } = await runBench([...SHORT, '--threads', '1', '--peers', folder]);
    expect(code, stderr).toBe(0);
    const table = stdout.slice(stdout.indexOf('D 20, H 16, C 10, N 32: 0.0717 MFLOP per step, 1 thread'));
    expect(table).toMatch(/ms\/step +lowest – highest +GFLOP\/s +of peak +ratio\ntwo-layer-net float32 .* 1\.00\n/);
    expect(table).toMatch(/\nfake: it ended with exit code 3\n/);
    expect(table).toMatch(/\nfake +1 +1 – 1 +0\.0717 +\d+ % +\d+\.\d\d\n/);
    expect(table).toMatch(/peers that could not be measured\n.*garbage\.mjs: expected a line of JSON/);
    expect(table).toMatch(/unavailable\.mjs: No module named 'fake'\n/);
    expect(stderr).toMatch(/without .*unavailable\.mjs: No module named 'fake'/);
  });

  test('--tables prints the tables of what --json wrote', async () => {
    const file = join(folder, 'result.json');
    const measured = await runBench([...SHORT, '--threads', '1', '--peers', join(folder, 'good.mjs'), '--json', file]);
    expect(measured.code, measured.stderr).toBe(0);
    const { code, stdout, stderr } = await runBench(['--tables', file]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^two-layer-net float32, D 20, \S+, 1 thread\n\n\| {2}\| H 8, C 3, N 16 \| H 16, N 32 \|\n/);
    expect(stdout).toMatch(/\n\| fake \| \*\*[\d.]+ ×\*\* \| \*\*[\d.]+ ×\*\* \|\n/);
    expect((await runBench(['--tables', 'nowhere.json'])).stderr).toMatch(/error: .*nowhere\.json/);
  });

  test('Ctrl-C ends it with exit code 130, and its peers with it', async () => {
    const pidFile = join(folder, 'pid');
    const { child, done, shows } = startBench([...SHORT, '--rounds', '1000', '--peers', join(folder, 'good.mjs')], {
      env: { FAKE_PEER_PID_FILE: pidFile },
    });
    await shows('D 20, H 16');
    const peer = Number(await readFile(pidFile, 'utf8'));
    expect(runs(peer)).toBe(true);
    child.kill('SIGINT');
    expect(await done).toMatchObject({ code: 130, stdout: '' });
    await expect.poll(() => runs(peer)).toBe(false);
  });

  test.each([
    [['--shapes', 'round'], /--shapes.*Expected a shape \(article, .*received "round"/],
    [['--searches', '0'], /--searches.*Expected an integer from 1/],
    [['--peers', 'nowhere'], /--peers.*nowhere does not exist/],
    [['--against', 'nowhere'], /--against.*built checkout.*nowhere.*does not exist/],
    [['--against', '.'], /--against.*received this one/],
  ])('usage error: %j', async (args, message) => {
    const { code, stdout, stderr } = await runBench(args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
