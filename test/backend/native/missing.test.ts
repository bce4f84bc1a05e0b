import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tryToLoad } from '../../../src/backend/native/native.js';
import { wasmMissing } from '../../support/backends.js';
import { copyPackage, PACKAGE, runNode } from '../../support/package-copy.js';
import { sharedFolder } from '../../support/temporary-folder.js';

/** What the package says when it has no addon, and how to fix it. */
const WHY_AND_REMEDY =
  'no addon for .* was found under .*\\. The addon was removed: .*`npx two-layer-net doctor` shows';

describe('without the addon', () => {
  const folder = sharedFolder();

  function addonFolder(name: string): string {
    const release = join(folder, name, 'build', 'Release');
    mkdirSync(release, { recursive: true });
    return release;
  }

  it('reports that an empty folder has none', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(tryToLoad(empty)).toStrictEqual({
      binding: undefined,
      reasons: [expect.stringMatching(`^no addon for ${process.platform}-${process.arch}.* was found under .*empty$`)],
      tried: [],
      situation: 'missing',
    });
  });

  it('names a damaged file', () => {
    const file = join(addonFolder('damaged'), 'two_layer_net.node');
    writeFileSync(file, 'This is not a shared library.');
    const attempt = tryToLoad(join(folder, 'damaged'));
    expect(attempt).toMatchObject({
      binding: undefined,
      reasons: [expect.stringContaining(`${file} cannot be loaded: `)],
    });
  });

  // Any addon that is not this package's.
  const foreign = readdirSync(join(PACKAGE, 'node_modules', '@rolldown'))
    .filter((name) => name.startsWith('binding-'))
    .flatMap((name) => {
      const directory = join(PACKAGE, 'node_modules', '@rolldown', name);
      return readdirSync(directory).map((file) => join(directory, file));
    })
    .find((file) => file.endsWith('.node'));
  const title = foreign ? '' : ' (skipped: there is no other addon in node_modules)';

  it.skipIf(foreign === undefined)(
    `refuses an addon of another package, which has no version of the binding${title}`,
    () => {
      const file = join(addonFolder('foreign'), 'two_layer_net.node');
      symlinkSync(foreign ?? '', file);
      expect(tryToLoad(join(folder, 'foreign'))).toMatchObject({
        binding: undefined,
        reasons: [
          expect.stringContaining(`${file} was built from other sources: it has no known version of the binding`),
        ],
      });
    },
  );

  const skipped = wasmMissing ? ` (skipped: ${wasmMissing})` : '';

  /** Runs a program on a copy of the built package that has no addon, and of other files only those in `kept`. */
  function runWithoutAddon(body: string, ...kept: string[]) {
    const copy = copyPackage(join(folder, 'copy'));
    for (const path of kept) cpSync(join(PACKAGE, path), join(copy, path), { recursive: true });
    const source = `import { backendInfo, TwoLayerNet } from ${JSON.stringify(join(copy, 'dist', 'index.js'))};
      const options = { inputSize: 4, hiddenSize: 5, numClasses: 3 };
      ${body}`;
    return runNode(['--input-type=module', '--eval', source]);
  }

  it('the TypeScript backend is used, with one warning per process that says why and what to do', () => {
    const { status, stdout, stderr } = runWithoutAddon(`
      const nets = [new TwoLayerNet(options), new TwoLayerNet({ ...options, backend: 'auto' })];
      nets[0].trainSync(new Float32Array(8), [0, 1]);
      const { backend, blas, file, reasons } = backendInfo();
      console.log(JSON.stringify([nets.map((net) => net.backend), backend, blas, file ?? null, reasons.length]));`);
    expect(JSON.parse(stdout)).toStrictEqual([['js', 'js'], 'js', 'none', null, 1]);
    expect(stderr.match(/TWO_LAYER_NET_FALLBACK/g)).toHaveLength(1);
    expect(stderr).toMatch(new RegExp(`slower TypeScript backend is used: ${WHY_AND_REMEDY}`));
    expect(status).toBe(0);
  });

  it.skipIf(wasmMissing !== undefined)(
    `WebAssembly takes over where the package has it, and the warning says so${skipped}`,
    () => {
      const { status, stdout, stderr } = runWithoutAddon(
        `const net = new TwoLayerNet(options);
         net.trainSync(new Float32Array(8), [0, 1]);
         const { backend, blas, simdTarget, file, reasons } = backendInfo();
         const found = [net.backend, backend, blas, simdTarget, file.endsWith('.wasm'), reasons.length];
         console.log(JSON.stringify(found));`,
        'wasm',
      );
      expect(JSON.parse(stdout)).toStrictEqual(['wasm', 'wasm', 'none', expect.stringMatching(/^WASM/), true, 1]);
      expect(stderr).toMatch(new RegExp(`slower WebAssembly backend is used: ${WHY_AND_REMEDY}`));
      expect(stderr).toContain("backend: 'wasm' turns this warning off");
      expect(status).toBe(0);
    },
  );

  it("refuses backend 'wasm' where there is no module, and says why and what to do", () => {
    const { stdout } = runWithoutAddon(`
      try { backendInfo('wasm'); } catch ({ code, message }) { console.log(code, message); }`);
    expect(stdout).toMatch(/^ERR_WASM_UNAVAILABLE The WebAssembly backend is not available: there is no .*Install/);
  });

  it("prints nothing for backend 'js'", () => {
    const { status, stdout, stderr } = runWithoutAddon(`
      console.log(new TwoLayerNet({ ...options, backend: 'js' }).backend, backendInfo('js').reasons.length);`);
    expect({ status, stdout, stderr }).toStrictEqual({ status: 0, stdout: 'js 0\n', stderr: '' });
  });

  it("refuses backend 'native' and says why and what to do", () => {
    const { stdout, stderr } = runWithoutAddon(`
      for (const call of [() => new TwoLayerNet({ ...options, backend: 'native' }), () => backendInfo('native')]) {
        try { call(); } catch ({ name, code, message }) { console.log(name, code, message); }
      }`);
    expect(stdout.trim().split('\n')).toStrictEqual([
      ...[1, 2].map(() =>
        expect.stringMatching(
          new RegExp(`^Error ERR_NATIVE_UNAVAILABLE The native backend is not available: ${WHY_AND_REMEDY}`),
        ),
      ),
    ]);
    expect(stderr).toBe('');
  });
});
