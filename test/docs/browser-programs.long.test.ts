/** Every program of docs/browser.md runs in a page, and prints what the document shows. */
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInChromium, launchChromium } from '../support/chromium.js';
import { servePages } from '../support/page-server.js';
import { ROOT } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { blocksOf, documents } from './documents.js';

const folder = sharedFolder();
const [document] = documents.filter(({ path }) => path === 'docs/browser.md');
/** Where the modules were not built, the document says what is printed in place of `wasm 1`. */
const built = existsSync(join(ROOT, 'wasm', 'two-layer-net-simd.wasm'));
const blocks = document ? blocksOf(document) : [];

/** Each program with the output that the document shows after it. */
const programs = blocks.flatMap(({ language, text }, i) =>
  language === 'js' ? [{ program: text, output: blocks[i + 1]?.text.replace(/^wasm/, built ? 'wasm' : 'js') }] : [],
);

/** Prints lists as Node does. */
const PRINT = `console.log = (...values) => (globalThis.printed ??= []).push(values.map((value) =>
  Array.isArray(value) ? "[ '" + value.join("', '") + "' ]" : String(value)).join(' '));`;

test('programs are found', () => expect(programs.length).toBeGreaterThan(3));

describeInChromium('docs/browser.md', () => {
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'two-layer-net'));
    copyFileSync(join(ROOT, 'examples', 'fruit.csv'), join(folder, 'fruit.csv'));
    // What the entry finds beside itself, where esbuild has put it.
    symlinkSync(join(ROOT, 'wasm'), join(folder, 'wasm'));
    programs.forEach(({ program }, i) => {
      writeFileSync(join(folder, `program-${i}.js`), `${program}\nglobalThis.done = true;`);
    });
    await build({
      entryPoints: {
        worker: 'two-layer-net/worker',
        ...Object.fromEntries(programs.map((_, i) => [i, `./program-${i}.js`])),
      },
      absWorkingDir: folder,
      outdir: join(folder, 'site', 'js'),
      bundle: true,
      splitting: true,
      format: 'esm',
      conditions: ['browser'],
    });
    url = await servePages(folder, false);
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test.each(programs.map((program, i) => ({ ...program, i })))(
    'prints what it shows: $program',
    async ({ i, output }) => {
      const page = await browser.newPage();
      const thrown: string[] = [];
      page.on('pageerror', (error) => thrown.push(error.message));
      await page.goto(url);
      await page.addScriptTag({ content: PRINT });
      await page.addScriptTag({ type: 'module', url: `/site/js/${i}.js` });
      await expect.poll(() => (thrown.length > 0 ? thrown : page.evaluate('globalThis.done'))).toBe(true);
      expect(`${((await page.evaluate('globalThis.printed')) as string[]).join('\n')}\n`).toBe(output);
      await page.close();
    },
  );
});
