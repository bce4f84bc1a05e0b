/** The package in a user's bundle: it starts, and finds its files wherever they can be found. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { ADDON, addonMissing, copyPackage, PACKAGE, PREBUILDS, runNode } from '../support/package-copy.js';
import { sharedFolder } from '../support/temporary-folder.js';

/** Prints the backend, the version in a report, and the start of a picture or the error. */
const PROGRAM = `
import { backendInfo, makeReport, plotHistory } from ${JSON.stringify(join(PACKAGE, 'dist', 'index.js'))};
const backend = backendInfo();
const { version } = makeReport({ backend }).machine;
const curve = { lossHistory: [2, 1], trainAccHistory: [0.5], valAccHistory: [] };
let picture;
try {
  picture = plotHistory(curve).svg.slice(0, 4);
} catch (error) {
  picture = error.message;
}
console.log(JSON.stringify({ backend: backend.backend, file: backend.file, version, picture }));
`;

const scratch = sharedFolder();
const entry = join(scratch, 'program.mjs');
beforeAll(() => writeFileSync(entry, PROGRAM));

/** Runs the bundle from another working folder. */
function run(file: string) {
  const { status, signal, stdout, stderr } = runNode([file], tmpdir());
  expect({ status, signal }, stderr).toStrictEqual({ status: 0, signal: null });
  return { ...(JSON.parse(stdout) as { backend: string; file?: string; version: string; picture: string }), stderr };
}

const formats = [
  ['esm', 'mjs'],
  ['cjs', 'cjs'],
] as const;

describe.each(formats)('a bundle in %s', (format, extension) => {
  async function bundleInto(name: string, define = {}): Promise<{ folder: string; file: string }> {
    const folder = join(scratch, `${format}-${name}`);
    mkdirSync(folder);
    const file = join(folder, `program.${extension}`);
    await build({
      entryPoints: [entry],
      outfile: file,
      bundle: true,
      platform: 'node',
      format,
      target: 'node20',
      external: ['@resvg/resvg-js', 'sharp'],
      define,
      // A CommonJS bundle has no import.meta: that case is tested here.
      logOverride: { 'empty-import-meta': 'silent' },
    });
    return { folder, file };
  }

  const withAddon = it.skipIf(addonMissing !== undefined);
  const skipped = addonMissing === undefined ? '' : ` (skipped: ${addonMissing})`;

  withAddon(`finds everything in the installed package next to it${skipped}`, async () => {
    const { folder, file } = await bundleInto('installed');
    const installed = copyPackage(join(folder, 'node_modules', 'two-layer-net'));
    const prebuilt = join(installed, PREBUILDS, 'two-layer-net.node');
    mkdirSync(dirname(prebuilt), { recursive: true });
    symlinkSync(ADDON, prebuilt);
    expect(run(file)).toStrictEqual({
      backend: 'native',
      file: prebuilt,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      picture: '<svg',
      stderr: '',
    });
  });

  withAddon(`finds the addon in a folder prebuilds/ next to it, without node_modules${skipped}`, async () => {
    const { folder, file } = await bundleInto('beside');
    const prebuilt = join(folder, PREBUILDS, 'two-layer-net.glibc.node');
    mkdirSync(dirname(prebuilt), { recursive: true });
    // Another package's addon, which must not be loaded.
    writeFileSync(join(dirname(prebuilt), 'another.node'), 'not an addon');
    symlinkSync(ADDON, prebuilt);
    const { picture, ...rest } = run(file);
    expect(rest).toStrictEqual({ backend: 'native', file: prebuilt, version: 'unknown', stderr: '' });
    expect(picture).toMatch(
      /^A file of two-layer-net is missing, dist\/report\/assets\/report\.cjs: it is not at .*copy/,
    );
  });

  withAddon(`finds it even if the bundler has inlined the original path of the code${skipped}`, async () => {
    const define = { 'import.meta.url': '"file:///build/two-layer-net/dist/index.js"', __filename: '"/index.js"' };
    const { folder, file } = await bundleInto('moved', define);
    const prebuilt = join(folder, PREBUILDS, 'two-layer-net.node');
    mkdirSync(dirname(prebuilt), { recursive: true });
    symlinkSync(ADDON, prebuilt);
    expect(run(file)).toMatchObject({ backend: 'native', file: prebuilt });
  });

  it('works alone: one warning, the TypeScript backend, and an error in place of a picture', async () => {
    const { file } = await bundleInto('alone');
    const { stderr, ...rest } = run(file);
    expect(rest).toStrictEqual({
      backend: 'js',
      version: 'unknown',
      picture: expect.stringMatching(/^A file of two-layer-net is missing, dist\/report\/assets\/report\.cjs/),
    });
    expect(stderr.match(/TWO_LAYER_NET_FALLBACK/g)).toHaveLength(1);
    expect(stderr).toMatch(/The package is in a bundle: .*copy the package's prebuilds\/ folder beside the bundle/);
  });
});
