import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ADDON, addonMissing } from '../support/package-copy.js';
import { runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const scratch = sharedFolder();

const QUICK = ['doctor', '--no-self-test', '--no-speed'];
const withAddon = test.skipIf(addonMissing !== undefined);
const skipped = addonMissing === undefined ? '' : ` (skipped: ${addonMissing})`;

describe('doctor', () => {
  withAddon(`shows what runs, tests it, and exits with 0 if all is well${skipped}`, async () => {
    const file = join(scratch, 'diagnosis.json');
    const { code, stdout, stderr } = await runCli(['doctor', '--json', file]);
    expect(code, stdout).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^two-layer-net {2,}\d+\.\d+\.\d+$/);
    for (const name of [
      'system',
      'processor',
      'features',
      'memory',
      'Node',
      'environment',
      'addon',
      'BLAS',
      'threads',
      'speed',
    ]) {
      expect(
        lines.filter((line) => line.startsWith(`${name}  `)),
        name,
      ).toHaveLength(1);
    }
    expect(stdout).toContain(`${ADDON}: loaded`);
    expect(stdout).toMatch(/float64, blas +scores .* < 1e-12, classes .*, threads same bits/);
    expect(stdout).toMatch(/^No problems: the addon loads and its \d+ checks pass; [\d.]+ ms for a step/m);
    expect(stderr).toMatch(/^Looking for the addon…\nTesting float32/);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      version: expect.any(String),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      system: { platform: process.platform, arch: process.arch, node: process.versions.node, nodeSupported: true },
      threads: { count: expect.any(Number), available: expect.any(Number) },
      addon: { file: ADDON, tried: [{ file: ADDON, outcome: 'loaded', reason: null }], reasons: [], situation: null },
      backend: { backend: 'native' },
      selfTest: { passed: true },
      speed: { backend: 'native', shape: { D: 3072, H: 50, C: 10, N: 200 }, milliseconds: expect.any(Number) },
      verdict: { ok: true, problems: [] },
    });
  });

  test('skips the parts that it is told to skip, and writes JSON to standard output', async () => {
    const { stdout } = await runCli([...QUICK, '--json', '-']);
    expect(JSON.parse(stdout)).toMatchObject({ selfTest: null, speed: null, speedError: null });
  });

  test('describes the JSON and the exit codes in its help', async () => {
    const { code, stdout } = await runCli(['doctor', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/The only personal information in it is the paths[\s\S]*Exit code 1/);
  });

  withAddon(`reports a setting with which no net can be created${skipped}`, async () => {
    const { code, stdout } = await runCli(QUICK, { env: { TWO_LAYER_NET_PRODUCTS: 'fast' } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/Something is wrong\n- Expected one of "auto".*TWO_LAYER_NET_PRODUCTS.*"fast"/);
  });
});
