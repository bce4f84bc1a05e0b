import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compiledAddon } from '../support/compiled-addon.js';
import { ADDON, addonMissing, copyPackage, PREBUILDS, runNode } from '../support/package-copy.js';
import { sharedFolder } from '../support/temporary-folder.js';

const scratch = sharedFolder();

const QUICK = ['doctor', '--no-self-test', '--no-speed'];

const why = process.platform === 'linux' ? addonMissing : 'not Linux, whose libraries are ELF files';

describe.skipIf(why !== undefined)(`doctor of an installed package${why ? ` (skipped: ${why})` : ''}`, () => {
  const folder = why === undefined ? copyPackage(join(scratch, 'installed')) : '';
  const prebuilt = join(folder, PREBUILDS, 'two-layer-net.node');

  /** Runs the doctor with the prebuilt addon that `make` writes. */
  function doctorWith(make: (file: string) => void, ...args: string[]) {
    rmSync(join(folder, 'prebuilds'), { recursive: true, force: true });
    mkdirSync(dirname(prebuilt), { recursive: true });
    make(prebuilt);
    return runNode([join(folder, 'dist', 'cli', 'main.js'), ...(args.length > 0 ? args : QUICK)]);
  }

  test('with an intact addon says that all is well', () => {
    const { status, stdout } = doctorWith((file) => symlinkSync(ADDON, file));
    expect(stdout).toContain(`${prebuilt}: loaded`);
    expect(stdout).toContain('No problems: the addon loads, untested');
    expect(status).toBe(0);
  });

  test.each([
    [
      'cut short',
      (file: string) => {
        copyFileSync(ADDON, file);
        truncateSync(file, 2_000_000);
      },
      /it is damaged: it has 2000000 bytes/,
    ],
    ['not a library', (file: string) => writeFileSync(file, 'text'), /it is not an ELF file/],
    ['missing', () => {}, /no addon for .* was found under/],
  ])('whose addon is %s exits with 1, and shows the reason and the remedy', (_what, make, reason) => {
    const { status, stdout, stderr } = doctorWith(make);
    expect(status).toBe(1);
    expect(stdout).toMatch(reason);
    expect(stdout).toMatch(
      /Something is wrong\n- The native addon is not available[\s\S]*nstall\s+the\s+package\s+again/,
    );
    expect(stdout).toMatch(/^backend {2,}js \(TypeScript/m);
    expect(stderr).not.toContain('TWO_LAYER_NET_FALLBACK');
  });

  test('without an addon for this platform exits with 0, and says so', () => {
    const { status, stdout } = doctorWith((file) => {
      rmSync(dirname(file), { recursive: true });
      mkdirSync(join(folder, 'prebuilds', 'sunos-sparc'));
    });
    expect(stdout).toMatch(/No problems: TypeScript is used[\s\S]*there are prebuilt addons for sunos-sparc/);
    expect(status).toBe(0);
  });

  test('without an addon measures the TypeScript backend and skips the self-test', () => {
    const { stdout } = doctorWith(() => {}, 'doctor');
    expect(stdout).toMatch(/^speed {2,}.*1 thread\)/m);
    expect(stdout).not.toContain('self-test');
  });

  const crashing = why === undefined ? compiledAddon(scratch, 'crashing-addon') : undefined;
  test.skipIf(crashing === undefined)(
    `whose addon crashes the process survives and reports it${crashing ? '' : ' (skipped: no C compiler)'}`,
    () => {
      const { status, signal, stdout } = doctorWith((file) => copyFileSync(crashing ?? '', file));
      expect({ status, signal }).toStrictEqual({ status: 1, signal: null });
      expect(stdout).toMatch(/ends the process that loads it \(SIGABRT\)/);
    },
  );

  test('whose addon computes wrongly exits with 1, and shows what fails', () => {
    // In this copy of the program, spoil the reference that the addon is compared with.
    const program = join(folder, 'dist', 'cli', 'main.js');
    const text = readFileSync(program, 'utf8');
    const spoiled = text.replace('return dataLoss / N +', 'return 1.001 * dataLoss / N +');
    expect(spoiled).not.toBe(text);
    writeFileSync(program, spoiled);
    const { status, stdout } = doctorWith((file) => symlinkSync(ADDON, file), 'doctor', '--no-speed');
    writeFileSync(program, text);
    expect(stdout).toMatch(/float32, simd .* loss FAILED \(\d\.\de-\d, allowed 1e-5\), gradients \d/);
    expect(stdout).toMatch(/FAILED: loss, float64, blas products, at D \d+, H \d+, C \d+, N \d+/);
    expect(stdout).toMatch(/Something is wrong\n- The addon's results differ[\s\S]*Do not trust its results/);
    expect(status).toBe(1);
  });
});
