/** The documentation as pages, which `npm run docs` builds, as a reader sees it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { brokenLinks } from '../../scripts/docs/links.mjs';
import { describeInChromium } from '../support/chromium.js';
import { serveFiles } from '../support/file-server.js';
import { open, useBrowser } from '../support/report-page.js';
import { ROOT } from '../support/run-cli.js';
import { freshFolder } from '../support/temporary-folder.js';
import { documents } from './documents.js';

const inFolder = freshFolder();
const PAGES = join(ROOT, 'build', 'site');
const built = existsSync(join(PAGES, 'index.html'));

describe('the check of links', () => {
  test('finds what is missing: a file, a heading, a part of a picture; and no other', () => {
    mkdirSync(inFolder('guides'));
    writeFileSync(inFolder('icons.svg'), '<svg><g id="search"/></svg>');
    writeFileSync(inFolder('guides/b.html'), '<h2 id="an-end">End</h2> <a href="../a.html#top">a</a>');
    const links = ['guides/b.html', 'guides/b.html#an-end', '#top', 'https://example.org/x', 'icons.svg#search'];
    const broken = ['guides/c.html', 'guides/b.html#a-start', 'guides', '#bottom', 'icons.svg#menu'];
    const all = [...links, ...broken].map((link) => `<a href="${link}">`).join('');
    writeFileSync(inFolder('a.html'), `<h1 id="top">Top</h1>${all}<img src="gone.png">`);
    expect(brokenLinks(inFolder())).toEqual([...broken, 'gone.png'].map((link) => `a.html: ${link}`));
  });
});

describe.skipIf(!built)(built ? 'the site' : 'the site (skipped: npm run docs has not been run)', () => {
  test('has a page for every document, but README.md, which is its front page', () => {
    const named = ({ path }: { path: string }) => {
      const [, folder, name = ''] = /(?:(\w+)\/)?(\w+)\.md$/.exec(path) ?? [];
      return `${(name === 'README' ? folder : name)?.toLowerCase()}.html`;
    };
    const guides = documents.filter(({ path }) => path !== 'README.md').map(named);
    expect(readdirSync(join(PAGES, 'guides')).sort()).toEqual(guides.sort());
  });

  test('shows what programs print as it is, and breaks no line before %', () => {
    const page = (name: string) => readFileSync(join(PAGES, name), 'utf8');
    expect(page('guides/start.html')).toContain('<code class="text">right: 0.95\n  of each apricot: 1.00');
    expect(page('index.html')).toMatch(/\d\u00a0%/);
    expect(page('index.html')).not.toMatch(/\d %/);
  });

  test('has a page for each entry of the package, and one for what several entries have in common', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: object };
    const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
    expect(entries).toEqual(['.', './worker', './serve']);
    const modules = ['two-layer-net', 'worker', 'serve', 'browser'];
    expect(readdirSync(join(PAGES, 'modules')).sort()).toEqual(modules.map((name) => `${name}.html`).sort());
    const page = (name: string) => existsSync(join(PAGES, `${name}.html`));
    for (const name of [
      'browser.fitInWorker',
      'browser.loadDataset',
      'loadDataset',
      'modelBytes',
      'serve.createServer',
    ])
      expect(page(`functions/${name}`), name).toBe(true);
    for (const name of ['browser.Classifier', 'browser.TwoLayerNet']) expect(page(`classes/${name}`), name).toBe(false);
  });

  test('has no link that leads nowhere', () => expect(brokenLinks(PAGES)).toEqual([]));
});

describeInChromium('the site in Chromium', () => {
  useBrowser();

  /** Serves the pages, and returns the address of one. */
  async function serve(page: string): Promise<string> {
    const names = readdirSync(PAGES, { recursive: true, encoding: 'utf8' });
    const files = names.filter((name) => statSync(join(PAGES, name)).isFile());
    const { url } = await serveFiles(Object.fromEntries(files.map((name) => [name, readFileSync(join(PAGES, name))])));
    return url + page;
  }

  const windows = [1280, 390].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));

  test.skipIf(!built).each(windows)('fits $width pixels, $scheme, with every picture', async ({ width, scheme }) => {
    const viewport = { width, height: 800 };
    const { page } = await open(await serve('index.html'), { viewport, colorScheme: scheme });
    for (const path of ['index.html', 'guides/training.html', 'guides/bench.html', 'interfaces/TrainOptions.html']) {
      await page.goto(new URL(path, page.url().replace(/(:\d+\/).*/, '$1')).href);
      const seen = await page.evaluate<[number, string[], number]>(`[
        document.documentElement.scrollWidth,
        [...document.images].filter((image) => image.naturalWidth === 0).map((image) => image.src),
        Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]),
      ]`);
      expect(seen[0], path).toBeLessThanOrEqual(width);
      expect(seen[1], path).toEqual([]);
      expect(seen[2] > 128, `${path} is light`).toBe(scheme === 'light');
    }
  });

  test.skipIf(!built)('finds a setting and a guide by words', async () => {
    const { page } = await open(await serve('guides/start.html'));
    for (const [words, found] of [
      ['patience', 'patience'],
      ['Migration tensorflow', 'TensorFlow.js'],
      ['fitInWorker', 'fitInWorker'],
      ['createServer', 'createServer'],
    ]) {
      await page.keyboard.press('Escape');
      await page.locator('#tsd-search-trigger').click();
      await page.locator('#tsd-search-input').fill(words);
      await expect.poll(() => page.locator('#tsd-search-results').innerText()).toContain(found);
    }
  });
});
