/** The example page, used as a visitor would, in Chromium: on a desk and on a phone, with threads and without. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage } from '../../examples/browser/build.mjs';
import { Classifier, loadModel, modelBytes, TwoLayerNet } from '../../src/index.js';
import { describeInChromium, launchChromium, openPage } from '../support/chromium.js';
import { servePages } from '../support/page-server.js';
import { png, put } from '../support/pictures.js';
import { ROOT, runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: 'dark' } as const;
const DESK = { viewport: { width: 1280, height: 900 }, colorScheme: 'light' } as const;

/** A table of 60 rows. */
const rowsOf = (header: string, row: (i: number) => string) =>
  [header, ...Array.from({ length: 60 }, (_, i) => row(i))].join('\n');

/** Expects that a model in this format can be read again. */
async function loadModelBytes(end: string): Promise<void> {
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, numClasses: 2, backend: 'js' });
  const file = join(folder, `any${end}`);
  writeFileSync(file, await modelBytes(net, file));
  await loadModel(file);
}

/** What is not as a reader with a keyboard, a screen reader or a narrow screen needs it. */
const FLAWS = `(() => {
  const flaws = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) flaws.push('the page is ' + scrollWidth + ' wide on ' + clientWidth);
  const shown = (one) => one.checkVisibility() && one.getBoundingClientRect().width > 0;
  for (const one of document.querySelectorAll('button, input, select, canvas')) {
    const label = one.labels?.[0]?.textContent ?? one.getAttribute('aria-label') ?? one.textContent;
    if (shown(one) && !label.trim()) flaws.push(one.outerHTML.slice(0, 80) + ' has no name');
    const { height, width, right } = (one.closest('.file') ?? one).getBoundingClientRect();
    if (shown(one) && one.matches('button, select, .file input') && height < 36) flaws.push(label + ' is too low');
    if (shown(one) && right > clientWidth) flaws.push(label + ' is cut');
  }
  for (const one of document.querySelectorAll('svg'))
    if (shown(one) && !one.getAttribute('aria-label')) flaws.push('a picture has no description');
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) flaws.push('two elements are called ' + id);
  return flaws;
})()`;

describeInChromium('the example page', () => {
  let browser: Browser;
  beforeAll(async () => {
    await buildPage(join(folder, 'page'));
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  const status = (page: Page) => page.locator('#status').textContent();
  const train = async (page: Page, epochs: number) => {
    await page.fill('#epochs', String(epochs));
    await page.click('#train');
    await expect.poll(() => status(page), { timeout: 60_000 }).toBe('Training has ended');
  };

  describe.each<[string, BrowserContextOptions, boolean]>([
    ['on a desk, isolated', DESK, true],
    ['on a phone', PHONE, false],
  ])('%s', (_title, options, isolated) => {
    let page: Page;
    let complaints: readonly string[];
    beforeAll(async () => {
      ({ page, complaints } = await openPage(browser, await servePages(join(folder, 'page'), isolated), options));
    });

    test('learns synthetic pictures, shows how, and judges one that it has not seen', async () => {
      const workers: string[] = [];
      page.on('worker', (worker) => workers.push(new URL(worker.url()).pathname));
      await page.click('#use-pictures');
      await expect
        .poll(() => page.textContent('#data-about'), { timeout: 30_000 })
        .toMatch(/^Synthetic pictures: 8,000/);
      // The page stays awake while they are painted.
      expect(workers).toEqual(['/synthetic.js']);
      await page.fill('#hidden', '20');
      await page.fill('#epochs', '500');
      await page.click('#train');
      await page.locator('#weights svg').waitFor({ timeout: 30_000 });
      const first = await page.locator('#weights svg').innerHTML();
      await expect.poll(() => page.locator('#weights svg').innerHTML()).not.toBe(first);
      await page.click('#stop');
      await expect.poll(() => status(page)).toBe('Training was stopped');
      expect(await page.textContent('#iteration')).toMatch(/^[\d,]+ \/ 15,500$/);
      expect(await page.textContent('#step')).toMatch(/^[\d.]+ ms$/);
      expect(await page.locator('#curves svg path').count()).toBeGreaterThan(3);
      await page.click('#random');
      await expect.poll(() => page.textContent('#drawn-about')).toMatch(/^It is of the class \w+\.$/);
      expect(await page.locator('#classes li').count()).toBe(5);
      await expect.poll(() => page.textContent('#confusion-about')).toMatch(/% of 1,000 rows/);
      expect(await page.evaluate(FLAWS)).toEqual([]);
    });

    test('judges a drawing, as it is drawn', async () => {
      await page.click('#clear');
      const shown = () => page.textContent('#classes');
      const before = await shown();
      const board = page.locator('#canvas');
      await board.scrollIntoViewIfNeeded();
      const { x = 0, y = 0 } = (await board.boundingBox()) ?? {};
      await page.mouse.move(x + 40, y + 40);
      await page.mouse.down();
      await page.mouse.move(x + 180, y + 160, { steps: 5 });
      await page.mouse.up();
      await expect.poll(() => page.textContent('#drawn-about')).toBe('A drawing.');
      await expect.poll(shown).not.toBe(before);
    });

    test('learns a table, and gives a model that the command line opens, and opens one of it', async () => {
      await page.setInputFiles('#open-table', join(ROOT, 'examples', 'fruit.csv'));
      await expect
        .poll(() => page.textContent('#data-about'))
        .toMatch(/^fruit.csv: \d+ rows to train on, 4 columns, 3/);
      expect(await page.inputValue('#label')).toBe('kind');
      await train(page, 20);
      await page.fill('#try-row input >> nth=0', '200');
      const shown = await page.textContent('#classes');
      const row = await page
        .locator('#try-row input')
        .evaluateAll((all) =>
          Object.fromEntries((all as unknown as { name: string; value: string }[]).map((one) => [one.name, one.value])),
        );
      const model = join(folder, `${isolated}.safetensors`);
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
      expect(download.suggestedFilename()).toBe('model.safetensors');
      await download.saveAs(model);
      const here = await Classifier.load(model);
      const [best] = here.top(row);
      expect(shown?.startsWith(`${best?.label}${(100 * (best?.probability ?? 0)).toFixed(1)} %`)).toBe(true);
      const fruit = join(ROOT, 'examples', 'fruit.csv');
      const evaluated = await runCli(['evaluate', model, '--data', fruit]);
      expect(evaluated.code, evaluated.stderr).toBe(0);

      const trained = join(folder, `trained-${isolated}.onnx`);
      const { code, stderr } = await runCli(['train', '--data', fruit, '--iterations', '50', '--save', trained]);
      expect(code, stderr).toBe(0);
      await page.setInputFiles('#open-model', trained);
      await expect
        .poll(() => page.textContent('#model-about'))
        .toMatch(/^trained-.*\.onnx: 4 numbers, 64 hidden units/);
      expect(await page.evaluate(FLAWS)).toEqual([]);
    });

    test('learns pictures in folders', async () => {
      for (const [name, colour] of Object.entries({ blue: [10, 20, 200], red: [220, 30, 20] })) {
        for (let i = 0; i < 12; i++) {
          const pixels = Array.from({ length: 64 }, (_, at) => colour.map((part) => part + ((i * 7 + at) % 30))).flat();
          put(join(folder, `photos-${isolated}`, name, `${i}.png`), await png(8, 8, pixels));
        }
      }
      await page.setInputFiles('#open-folder', join(folder, `photos-${isolated}`));
      await expect
        .poll(() => page.textContent('#data-about'))
        .toMatch(/24 rows to train on, 32 × 32 pixels, 2 classes/);
      await train(page, 30);
      const red = await png(5, 5, Array.from({ length: 25 }, () => [220, 40, 30]).flat());
      writeFileSync(join(folder, 'red.png'), red);
      await page.setInputFiles('#open-picture', join(folder, 'red.png'));
      await expect.poll(() => page.locator('#classes li').first().textContent()).toMatch(/^red/);
    });

    test('lets a person say how a table is read', async () => {
      const problem = () => page.locator('#problem').textContent();
      const about = () => page.locator('#data-about:visible').allTextContents();
      const mend: readonly (readonly [name: string, text: string, found: RegExp, ...ways: [string, string][]])[] = [
        [
          'middle.csv',
          rowsOf('p,class,q', (i) => `${i % 7},${'ab'[i % 2]},${i / 7}`),
          /^Expected classes in column "q" but it has 60 different/,
          ['#label', 'class'],
        ],
        [
          'missing.csv',
          rowsOf('p,q,class', (i) => `${i % 5 ? i : ''},${i / 7},${'ab'[i % 2]}`),
          /^Expected a value in column "p" at line 2 .*: fill it with the mean, leave such rows out, or correct/,
          ['#missing', 'mean'],
        ],
        [
          'names.csv',
          rowsOf('name,q,class', (i) => `n${i},${i / 7},${'ab'[i % 2]}`),
          /^Expected categories in column "name" but each row has its own word: ignore it, or take it as categories$/,
          ['#column-0', 'ignore'],
        ],
        [
          'unnamed.csv',
          rowsOf(',q,class', (i) => `${i},${i / 7},${'ab'[i % 2]}`),
          /^Expected a name for each column .* column 1 has none/,
          ['#column-0', 'ignore'],
        ],
        ['words.csv', 'a,b\nx,y\nz,w\nx,w\n', /^Cannot tell whether the first line/, ['#header', 'yes']],
        ['one.csv', rowsOf('p,q,class', (i) => `${i % 2},${i},a`), /is of the class “a”/, ['#label', 'p']],
        [
          'numbers.csv',
          rowsOf('p;q;class', (i) => `1,${100 + i};${i};${'ab'[i % 2]}`),
          /^Expected numbers .*: say which$/,
          ['#decimal', ','],
        ],
      ];
      for (const [name, text, found, ...ways] of mend) {
        writeFileSync(join(folder, name), text);
        await page.setInputFiles('#open-table', join(folder, name));
        await expect.poll(problem, { message: name }).toMatch(found);
        // The page's controls, not options of programs or of the command line; and nothing goes on any more.
        expect(await problem()).not.toMatch(/--\w|\w: ['[{]/);
        expect(await status(page)).toBe('');
        expect(await about()).toEqual([]);
        expect(await page.isDisabled('#train')).toBe(true);
        expect(await page.evaluate(FLAWS)).toEqual([]);
        for (const [control, value] of ways) await page.selectOption(control, value);
        await expect
          .poll(about, { message: name })
          .toEqual([expect.stringMatching(/^\S+: \d+ rows to train on, (2 columns|1 column), /)]);
        expect(await page.isVisible('#problem')).toBe(false);
        expect(await page.isEnabled('#train')).toBe(true);
      }
    });

    test('names the picture that cannot be read, and takes only models that can be opened', async () => {
      put(
        join(folder, `torn-${isolated}`, 'red', 'torn.png'),
        (await png(8, 8, new Array(192).fill(9))).subarray(0, 50),
      );
      await page.setInputFiles('#open-folder', join(folder, `torn-${isolated}`));
      await expect.poll(() => page.locator('#problem').textContent()).toMatch(/picture at \S*red\/torn\.png but/);
      await page.setInputFiles('#open-picture', join(folder, `torn-${isolated}`, 'red', 'torn.png'));
      await expect
        .poll(() => page.locator('#problem').textContent())
        .toBe('This browser cannot read torn.png as a picture');
      const accepted = (await page.getAttribute('#open-model', 'accept'))?.split(',') ?? [];
      for (const end of accepted) await loadModelBytes(end);
      expect(accepted).toHaveLength(4);
    });

    test('says what is wrong with a file, and goes on', async () => {
      const wrong = join(folder, 'wrong.csv');
      writeFileSync(wrong, 'a,b\n1\n');
      await page.setInputFiles('#open-table', wrong);
      await expect.poll(() => page.locator('#problem').textContent()).toMatch(/^wrong.csv is text, but no table: /);
      await page.setInputFiles('#open-model', wrong);
      await expect.poll(() => page.locator('#problem').textContent()).toMatch(/^Cannot read the model wrong.csv: /);
      await page.click('#use-fruit');
      await expect.poll(() => page.locator('#problem').isVisible()).toBe(false);
    });

    test('says nothing on the console, and asks nobody else', async () => {
      // Where npm run build:wasm has not been run, the page asks for modules that are not there.
      const modules = existsSync(join(ROOT, 'wasm', 'two-layer-net-simd.wasm'));
      expect(complaints.filter((one) => modules || !one.includes('404'))).toEqual([]);
      expect(readFileSync(join(folder, 'page', 'index.html'), 'utf8')).not.toMatch(/https?:(?!\/\/www\.w3\.org)/);
    });
  });
});
