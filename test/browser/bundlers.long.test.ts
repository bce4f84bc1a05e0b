/** A program for a page, bundled by what people use: no module of Node's is in it, and it trains in Chromium. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeInChromium, launchChromium, openPage } from '../support/chromium.js';
import { servePages } from '../support/page-server.js';
import { ROOT } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const entry = join(folder, 'program.js');

const PROGRAM = `
import { fitInWorker, loadBackend, loadDataset, modelBytes, plotHistory } from 'two-layer-net';
const options = globalThis.options ?? {};
globalThis.result = (async () => {
  const lines = Array.from({ length: 60 }, (_, i) => [(i % 3) * 2 + (i % 7) / 7, ['a', 'b', 'c'][i % 3]].join());
  const { backend } = await loadBackend(options);
  const data = await loadDataset(new File(['x,y', ...lines].map((line) => line + '\\n'), 'rows.csv'));
  const classifier = await fitInWorker(data, { epochs: 60, validation: 0 });
  const { accuracy } = await classifier.evaluate(data.train);
  const bytes = await modelBytes(classifier.toModel());
  const { svg } = plotHistory(classifier.history);
  return { backend, right: accuracy > 0.9, bytes: bytes.length > 1000, svg: svg.slice(0, 4) };
})();
`;

/** The bundler from the packages of test/ecosystem/; undefined where they are not installed. */
function fromEcosystem<T>(name: string): T | undefined {
  try {
    return createRequire(join(ROOT, 'test', 'ecosystem', 'package.json'))(name) as T;
  } catch {
    return undefined;
  }
}

type Webpack = (
  options: object,
  done: (error: Error | null, stats: { hasErrors(): boolean; toString(): string }) => void,
) => void;
const webpack = fromEcosystem<Webpack>('webpack');

const modules = existsSync(join(ROOT, 'wasm', 'two-layer-net-simd.wasm'));

/** Bundles the program into a folder, where `program.js` is. */
const BUNDLERS: Readonly<Record<string, ((output: string) => Promise<unknown>) | undefined>> = {
  async esbuild(output) {
    await esbuild({
      entryPoints: { program: entry, worker: 'two-layer-net/worker' },
      absWorkingDir: folder,
      outdir: output,
      bundle: true,
      splitting: true,
      format: 'esm',
      conditions: ['browser'],
      logLevel: 'error',
    });
  },
  async vite(output) {
    const { build } = await import('vite');
    await build({
      root: folder,
      logLevel: 'error',
      configFile: false,
      worker: { format: 'es' },
      build: {
        outDir: output,
        minify: false,
        lib: { entry, formats: ['es'], fileName: () => 'program.js' },
      },
    });
  },
  webpack:
    webpack &&
    ((output) =>
      new Promise<void>((resolve, reject) => {
        const options = {
          mode: 'production',
          context: folder,
          entry: { program: entry },
          output: { path: output, filename: '[name].js' },
          optimization: { minimize: false },
          performance: { hints: false },
        };
        webpack(options, (error, stats) => {
          if (error || stats.hasErrors()) reject(error ?? new Error(stats.toString()));
          else resolve();
        });
      })),
};

/** What a bundle takes from Node: \`from 'node:fs'\`, \`require("path")\`, \`import('os')\`. */
function takenFromNode(text: string): string[] {
  const names = new Set(builtinModules);
  const found = [...text.matchAll(/(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*["']([^"']+)["']/g)];
  return found.map(([, name = '']) => name).filter((name) => name.startsWith('node:') || names.has(name));
}

test('imports of Node are found where there are some', () => {
  const text = `import a from 'node:fs';import"path";require("os");import('fs/promises');import b from './fs';`;
  expect(takenFromNode(text)).toEqual(['node:fs', 'path', 'os', 'fs/promises']);
});

describeInChromium('a bundled program', () => {
  let browser: Browser;
  beforeAll(async () => {
    writeFileSync(entry, PROGRAM);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'two-layer-net'));
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  describe.each(Object.entries(BUNDLERS))('of %s', (name, bundle) => {
    const missing = !bundle ? 'npm ci has not been run in test/ecosystem' : !modules && 'there is no module in wasm/';
    const why = missing ? ` (skipped: ${missing})` : '';

    test.skipIf(missing)(`has no module of Node, and trains in a Worker${why}`, async () => {
      const output = join(folder, `of-${name}`);
      await bundle?.(output);
      const files = readdirSync(output, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
      expect(files.length).toBeGreaterThan(1);
      for (const file of files) expect(takenFromNode(readFileSync(join(output, file), 'utf8')), file).toEqual([]);
      // esbuild does not look for the modules: they are served from elsewhere.
      const options = name === 'esbuild' ? { folder: '/modules/' } : {};
      symlinkSync(join(ROOT, 'wasm'), join(output, 'modules'));
      const page =
        '<!doctype html><link rel="icon" href="data:,"><script>options = ' +
        `${JSON.stringify(options)}</script><script type="module" src="program.js"></script>`;
      writeFileSync(join(output, 'index.html'), page);
      const opened = await openPage(browser, await servePages(output, false));
      expect(await opened.page.evaluate('globalThis.result')).toEqual({
        backend: 'wasm',
        right: true,
        bytes: true,
        svg: '<svg',
      });
      expect(opened.complaints).toEqual([]);
      await opened.page.close();
    });
  });
});
