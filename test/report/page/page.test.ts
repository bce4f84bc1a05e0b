import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ReportData } from '../../../src/report/content/report-data.js';
import {
  chartsDrawn,
  clippedTexts,
  describeInChromium,
  launchChromium,
  type OpenPage,
  openPage,
  overlappingTexts,
} from '../../support/chromium.js';
import { type Running, runCli, startCli } from '../../support/run-cli.js';

let browser: Browser;
let folder: string;
/** What this test has opened and started. */
let opened: OpenPage[] = [];
let started: Running[] = [];

async function setUp(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'two-layer-net-page-'));
  browser = await launchChromium();
}

async function tearDown(): Promise<void> {
  await browser?.close();
  await rm(folder, { recursive: true });
}

/** No test leaves a page that has complained, nor a program that runs. */
async function leaveNothing(): Promise<void> {
  const complaints = opened.flatMap((one) => one.complaints);
  const children = started.map(({ child }) => child);
  for (const { page } of opened) await page.close();
  [opened, started] = [[], []];
  for (const child of children) child.kill('SIGKILL');
  expect(complaints).toStrictEqual([]);
}

async function open(url: string, options?: BrowserContextOptions): Promise<OpenPage> {
  const one = await openPage(browser, url, options);
  opened.push(one);
  return one;
}

/** A report as a program reads it. */
async function readReport(file: string): Promise<ReportData> {
  const [, json] =
    /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(await readFile(file, 'utf8')) ??
    expect.fail(`no data in ${file}`);
  return JSON.parse(json);
}

const chart = (page: Page, name: string) => page.locator(`[data-chart="${name}"]`);
/** What ECharts shows beside the pointer: it comes after the picture. */
const tooltip = (page: Page, name: string) => chart(page, name).locator('> div').nth(1);

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

async function boxOf(of: Locator): Promise<Box> {
  await of.scrollIntoViewIfNeeded();
  return (await of.boundingBox()) ?? expect.fail('it is not shown');
}

function centre({ x, y, width, height }: Box): [number, number] {
  return [x + width / 2, y + height / 2];
}

/** The widths that pages are looked at: a desk and a phone. */
const WIDTHS = [1280, 390];

function itFits(url: () => string): void {
  it.each(WIDTHS)('fits a window of %i pixels, with all text in the charts to be read', async (width) => {
    const { page } = await open(url(), { viewport: { width, height: 800 } });
    await chartsDrawn(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await clippedTexts(page)).toStrictEqual([]);
    expect(await overlappingTexts(page)).toStrictEqual([]);
  });

  it('is drawn anew when the window becomes a phone’s', async () => {
    const { page } = await open(url());
    await chartsDrawn(page);
    await page.setViewportSize({ width: 390, height: 800 });
    await chartsDrawn(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await clippedTexts(page)).toStrictEqual([]);
  });
}

describeInChromium('report.html of a training', () => {
  let url: string;
  let report: ReportData;

  beforeAll(async () => {
    await setUp();
    const into = join(folder, 'train');
    const { code, stderr } = await runCli(['train', '--iterations', '60', '--report', into], { cwd: folder });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`Wrote the report to ${join(into, 'report.html')}`);
    expect(await readdir(into)).toStrictEqual(['report.html']);
    report = await readReport(join(into, 'report.html'));
    url = pathToFileURL(join(into, 'report.html')).href;
  });
  afterEach(leaveNothing);
  afterAll(tearDown);

  it('has all its sections, and asks for nothing but itself', async () => {
    const { page, requests } = await open(url);
    await chartsDrawn(page);
    expect(await page.locator('h1').allTextContents()).toStrictEqual(['Training']);
    expect(await page.locator('h2').allTextContents()).toStrictEqual([
      ...['Accuracy', 'Training', 'Classes', 'Surest mistakes', 'Weights of the hidden layer', 'Settings'],
      'Machine and data',
    ]);
    const names = 'Array.from(document.querySelectorAll("[data-chart]"), (chart) => chart.dataset.chart)';
    expect(await page.evaluate(names)).toStrictEqual(['history', 'confusion', 'class-accuracy']);
    expect(await page.title()).toBe('Training');
    expect(requests).toStrictEqual([url]);
  });

  it('shows the numbers that it holds', async () => {
    const { page } = await open(url);
    const { train = -1, validation = -1, test = -1 } = report.accuracies ?? {};
    const shown = [train, validation, test].map((value) => value.toFixed(3));
    expect(await page.locator('.figures dd').allTextContents()).toStrictEqual(shown);
    expect(await page.locator('.figures dt').allTextContents()).toStrictEqual(['training', 'validation', 'test']);
    expect(await page.locator('header p').innerText()).toMatch(
      /^done 60 of 60 iterations · \d+\.\d s · [\d,]+ samples/,
    );
    expect(await page.locator('header').locator('progress:visible, button').count()).toBe(0);

    const rows = page.locator('tr', { has: page.locator('th', { hasText: /^(learningRate|iterations|seed)$/ }) });
    expect(await rows.locator('td').allTextContents()).toStrictEqual(['60', '1e-4', '0']);
    const { trainRows, validationRows, testRows } = report.data ?? expect.fail('no data');
    expect([trainRows, validationRows, testRows]).toStrictEqual([49_000, 1000, 1000]);
    expect(await page.locator('main').innerText()).toContain('49000 to train, 1000 to validate, 1000 to test');
    expect(await page.locator('main').innerText()).toContain(report.machine.cpu);
  });

  it('draws the confusion matrix and the classes with their counts', async () => {
    const { page } = await open(url);
    await chartsDrawn(page);
    const { confusion, classNames, classAccuracy } = report.classes ?? expect.fail('no classes');
    const texts = await chart(page, 'confusion').locator('text').allTextContents();
    const counts = texts.filter((text) => /^\d+$/.test(text)).sort();
    expect(counts).toStrictEqual(confusion.flat().map(String).sort());
    for (const name of classNames) expect(texts.filter((text) => text === name)).toHaveLength(2);
    const bars = await chart(page, 'class-accuracy').locator('text').allTextContents();
    for (const accuracy of classAccuracy) expect(bars).toContain(accuracy?.toFixed(3));
  });

  it('shows the surest mistakes and the weights as pictures', async () => {
    const { page } = await open(url);
    const { mistakes = [], classes, weights } = report;
    const [first] = mistakes;
    expect(mistakes).toHaveLength(24);
    const captions = await page.locator('.mistakes figcaption').allTextContents();
    expect(captions).toHaveLength(24);
    const [is, seems] = [first.label, first.predicted].map((label) => classes?.classNames[label]);
    expect(captions[0]).toBe(`${is}, taken for ${seems} (${(100 * first.probability).toFixed(1)} %)`);
    const all = 'Array.from(document.images, ({ naturalWidth, alt }) => [naturalWidth, alt !== ""])';
    expect(await page.evaluate(all)).toStrictEqual([...Array(24).fill([32, true]), [weights?.width, true]]);
  });

  it('tells the loss where the pointer is', async () => {
    const { page } = await open(url);
    await chartsDrawn(page);
    const box = await boxOf(chart(page, 'history'));
    const losses = report.history?.lossHistory ?? [];
    for (const share of [0.3, 0.5, 0.8]) {
      await page.mouse.move(box.x + share * box.width, box.y + box.height / 4);
      // Iterations are from 0 to 60; left of them is the axis.
      const about = (60 * (share * box.width - 68)) / (box.width - 92);
      await expect
        .poll(() => tooltip(page, 'history').innerText())
        .toSatisfy((shown: string) => {
          const [, iteration, loss] = /^(\d+)(?:\.0*)?\s*loss\s*([\d.e-]+)$/.exec(shown) ?? [];
          if (!(Math.abs(Number(iteration) - about) < 1)) return false;
          return Number(loss) === Number(losses[Number(iteration)].toPrecision(5));
        });
    }
    await page.mouse.move(0, 0);
    await expect.poll(() => tooltip(page, 'history').isVisible()).toBe(false);
  });

  it('is light or dark as the system asks, and its charts with it', async () => {
    const { page } = await open(url, { colorScheme: 'light' });
    const ground = 'getComputedStyle(document.body).backgroundColor';
    const rects =
      'Array.from(document.querySelectorAll("[data-chart] svg > rect:first-child"), (one) => one.getAttribute("fill"))';
    const grounds = () => page.evaluate(rects);
    await chartsDrawn(page);
    expect(await page.evaluate(ground)).toBe('rgb(255, 255, 255)');
    expect(await grounds()).toStrictEqual(Array(3).fill('#ffffff'));
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await page.evaluate(ground)).toBe('rgb(21, 24, 29)');
    await expect.poll(grounds).toStrictEqual(Array(3).fill('#15181d'));

    const { page: dark } = await open(url, { colorScheme: 'dark' });
    await chartsDrawn(dark);
    expect(await dark.evaluate(ground)).toBe('rgb(21, 24, 29)');
  });

  itFits(() => url);

  it('is refused what it does not bring: another script does not run', async () => {
    const changed = join(folder, 'changed.html');
    await copyFile(join(folder, 'train', 'report.html'), changed);
    const html = await readFile(changed, 'utf8');
    const more = '<script>document.title = "changed"</script><img src="https://evil.example/a.png">';
    await writeFile(changed, html.replace('</body>', `${more}</body>`));
    const one = await openPage(browser, pathToFileURL(changed).href);
    expect(await one.page.title()).toBe('Training');
    expect(one.complaints.join('\n')).toMatch(/Content Security Policy[\s\S]*Content Security Policy/);
    await one.page.close();
  });
});

describeInChromium('report.html of a search', () => {
  let url: string;
  let report: ReportData;
  let search: NonNullable<ReportData['search']>;

  beforeAll(async () => {
    await setUp();
    const into = join(folder, 'sweep');
    const space = ['--learning-rate', '1e-4,1e-3,1e30', '--reg', '0.4,0.5'];
    const args = ['sweep', '--iterations', '30', ...space, '--no-results', '--report', into];
    const { code, stderr } = await runCli(args, { cwd: folder });
    expect(code, stderr).toBe(0);
    report = await readReport(join(into, 'report.html'));
    search = report.search ?? expect.fail('no search');
    url = pathToFileURL(join(into, 'report.html')).href;
  });
  afterEach(leaveNothing);
  afterAll(tearDown);

  it('has all its sections, and asks for nothing but itself', async () => {
    const { page, requests } = await open(url);
    await chartsDrawn(page);
    expect(await page.locator('h2').allTextContents()).toStrictEqual([
      ...['Accuracy', 'Training', 'Search', 'Classes', 'Surest mistakes', 'Weights of the hidden layer', 'Settings'],
      'Machine and data',
    ]);
    expect(await page.locator('[data-chart] svg').count()).toBe(4);
    expect(await page.locator('header p').innerText()).toMatch(/^done 6 of 6 trials · /);
    const best = search.ranking[0].valAccuracy?.mean.toFixed(3);
    expect(await page.locator('.figures dd').nth(1).textContent()).toBe(best);
    expect(requests).toStrictEqual([url]);
  });

  it('tells the settings of the cell where the pointer is', async () => {
    const { page } = await open(url);
    await chartsDrawn(page);
    const box = await boxOf(chart(page, 'sweep').locator('svg'));
    const told: string[] = [];
    const expected = search.ranking.map(({ settings, valAccuracy, numIters }) => {
      const rate = { 1e-4: '1e-4', 1e-3: '0.001', 1e30: '1e30' }[settings.learningRate];
      const lines = [`learning rate ${rate}`, `regularization strength ${settings.reg}`, `${numIters} iterations`];
      return [...lines, valAccuracy?.mean.toFixed(3) ?? 'diverged'].join('\n');
    });
    const results = expected.map((lines) => lines.split('\n').at(-1));
    // All places first: the chart brings the cell where the pointer is to the front.
    const places = [];
    for (const cell of await chart(page, 'sweep').locator('text').all()) {
      const text = (await cell.textContent()) ?? '';
      if (results.includes(text)) places.push({ text, box: await boxOf(cell) });
    }
    // The ends of the scale of colours, at the right, are accuracies too.
    const cells = places.filter((place) => place.box.x < box.x + box.width - 110);
    expect(cells).toHaveLength(6);
    for (const { text, box } of cells) {
      await page.mouse.move(...centre(box));
      const isNew = (shown: string) => expected.includes(shown) && !told.includes(shown) && shown.endsWith(text);
      await expect.poll(() => tooltip(page, 'sweep').innerText()).toSatisfy(isNew);
      told.push(await tooltip(page, 'sweep').innerText());
    }
    expect([...told].sort()).toStrictEqual(expected.sort());
  });

  it('has a table that sorts by each of its columns, what diverged last either way', async () => {
    const { page } = await open(url);
    const heads = page.locator('table.search thead th');
    const ofHeads = <T>(what: string) =>
      page.evaluate<T[]>(`[...document.querySelectorAll('.search th')].map(${what})`);
    const names = await ofHeads<string>('(head) => head.dataset.column');
    expect(names).toStrictEqual([
      ...['rank', 'validation accuracy', 'learning rate', 'regularization strength', 'training accuracy'],
    ]);
    const column = (i: number) => page.locator(`table.search tbody td:nth-child(${i + 1})`).allTextContents();
    expect(await column(0)).toStrictEqual(['1', '2', '3', '4', '5', '6']);
    expect(await heads.nth(0).getAttribute('aria-sort')).toBe('ascending');
    const shown = search.ranking.map(({ valAccuracy }) => valAccuracy?.mean.toFixed(3) ?? 'diverged');
    expect(await column(1)).toStrictEqual(shown);

    for (const [i, name] of [...names.entries()].reverse()) {
      const orders = name.endsWith('accuracy') ? ['descending', 'ascending'] : ['ascending', 'descending'];
      for (const order of orders) {
        await heads.nth(i).getByRole('button').click();
        const sorted = names.map((_, k) => (k === i ? order : 'none'));
        const states = await ofHeads('(head) => head.ariaSort');
        expect(states).toStrictEqual(sorted);
        const texts = await column(i);
        expect(texts).toHaveLength(6);
        const numbers = texts.filter((text) => text !== 'diverged').map(Number);
        const sign = order === 'ascending' ? 1 : -1;
        expect(numbers).toStrictEqual([...numbers].sort((a, b) => sign * (a - b)));
        const lost = name.endsWith('accuracy') ? 2 : 0;
        expect(texts.slice(6 - lost)).toStrictEqual(Array(lost).fill('diverged'));
        // Who sorts by the keyboard stays where they were.
        expect(await page.evaluate('document.activeElement.closest("th").dataset.column')).toBe(name);
      }
    }
  });

  itFits(() => url);
});

/** The command with `--serve`: where its page is, and what it has printed so far. */
async function serve(...args: string[]) {
  const running = startCli([...args, '--serve'], { cwd: folder });
  started.push(running);
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    running.child[stream]?.on('data', (text: string) => {
      printed[stream] += text;
    });
  }
  await running.shows('Live report: http');
  await expect.poll(() => printed.stderr).toMatch(/Live report: \S+\n/);
  const [, url] = /Live report: (\S+)/.exec(printed.stderr) ?? expect.fail('no address');
  return { ...running, printed, url };
}

const status = (page: Page) => page.locator('header [role=status]');
const stopButton = (page: Page) => page.getByRole('button', { name: 'Stop' });
const ENDED = 'The server has ended; this page stays as it is.';

/** Iterations or trials that the page tells of. */
async function doneOn(page: Page): Promise<number> {
  const [, done] = /([\d,]+) of [\d,]+ /.exec(await page.locator('header p').first().innerText()) ?? [];
  return Number(done?.replaceAll(',', '') ?? 0);
}

/** Waits until the page tells of more than it does now. */
async function goesOn(page: Page): Promise<void> {
  const before = await doneOn(page);
  await expect.poll(() => doneOn(page), { timeout: 20_000 }).toBeGreaterThan(before);
}

describeInChromium('the live page', () => {
  const LONG = ['train', '--iterations', '1000000', '--hidden', '20'];
  const patient = { timeout: 20_000 };
  beforeAll(setUp);
  afterEach(leaveNothing);
  afterAll(tearDown);

  it('of a training grows, stops it at a click, shows what came of it and stays until Ctrl-C', async () => {
    const { url, printed, child, done } = await serve(...LONG);
    const { page, requests } = await open(url);
    await expect.poll(() => status(page).innerText()).toBe('running');
    await goesOn(page);
    await goesOn(page);
    await chartsDrawn(page);
    const curve = await chart(page, 'history').locator('svg').innerHTML();
    await expect.poll(() => chart(page, 'history').locator('svg').innerHTML(), patient).not.toBe(curve);
    const weights = page.locator('section', { hasText: 'Weights of the hidden layer' }).locator('img');
    const picture = await weights.getAttribute('src');
    expect(picture).toMatch(/^data:image\/png;base64,/);
    await expect.poll(() => weights.getAttribute('src'), patient).not.toBe(picture);
    expect(await page.locator('.figures').count()).toBe(0);
    expect(printed.stdout).toBe('');

    await stopButton(page).click();
    await expect.poll(() => status(page).innerText(), patient).toBe('stopped');
    expect(await stopButton(page).count()).toBe(0);
    expect(await page.locator('.figures dd').count()).toBe(3);
    expect(await page.locator('h2').allTextContents()).toStrictEqual([
      ...['Accuracy', 'Training', 'Classes', 'Surest mistakes', 'Weights of the hidden layer', 'Settings'],
      'Machine and data',
    ]);
    await expect.poll(() => printed.stderr).toContain(`The report stays at ${url} until Ctrl-C`);
    expect(printed.stderr).toMatch(/Training was aborted after \d+ of 1000000 iterations/);
    expect(printed.stdout).toMatch(
      /^train accuracy +0\.\d{4}\nvalidation accuracy +0\.\d{4}\ntest accuracy +0\.\d{4}\n/,
    );
    const accuracies = [...printed.stdout.matchAll(/accuracy +(0\.\d{4})/g)].map(([, share]) =>
      Number(share).toFixed(3),
    );
    expect(await page.locator('.figures dd').allTextContents()).toStrictEqual(accuracies);

    // Who comes now sees the same.
    const { page: late } = await open(url);
    await expect.poll(() => late.locator('.figures dd').allTextContents()).toStrictEqual(accuracies);
    expect(await status(late).innerText()).toBe('stopped');

    child.kill('SIGINT');
    expect((await done).code).toBe(0);
    for (const one of [page, late]) await expect.poll(() => one.getByText(ENDED).isVisible()).toBe(true);
    const own = [url, `${url}events`, `${url}stop`];
    expect(requests.filter((request) => !own.includes(request))).toStrictEqual([]);
    expect(requests.filter((request) => request === `${url}stop`)).toHaveLength(1);
  });

  it('takes a click as slow as a person’s, and one by the keyboard', async () => {
    for (const press of [slowly, byKeyboard]) {
      const { url, printed, child, done } = await serve(...LONG);
      const { page } = await open(url);
      await goesOn(page);
      await press(page);
      await expect.poll(() => status(page).innerText(), patient).toBe('stopped');
      await expect.poll(() => printed.stderr).toContain('until Ctrl-C');
      child.kill('SIGTERM');
      expect((await done).code).toBe(0);
    }
  });

  it('of a training that Ctrl-C ends shows what came of it, and the process ends at once', async () => {
    const { url, printed, child, done } = await serve(...LONG);
    const { page } = await open(url);
    await goesOn(page);
    const at = performance.now();
    child.kill('SIGINT');
    expect((await done).code).toBe(130);
    expect(performance.now() - at).toBeLessThan(10_000);
    expect(printed.stdout).toMatch(/test accuracy/);
    expect(printed.stderr).not.toContain('until Ctrl-C');
    await expect.poll(() => page.getByText(ENDED).isVisible()).toBe(true);
    expect(await status(page).innerText()).toBe('stopped');
    expect(await page.locator('.figures dd').count()).toBe(3);
  });

  it('of a training that ends by itself stays until Ctrl-C', async () => {
    const { url, child, done, shows } = await serve('train', '--iterations', '200', '--hidden', '20');
    await shows('until Ctrl-C');
    const { page } = await open(url);
    await expect.poll(() => status(page).innerText()).toBe('done');
    expect(await doneOn(page)).toBe(200);
    expect(await stopButton(page).count()).toBe(0);
    child.kill('SIGINT');
    expect((await done).code).toBe(0);
    await expect.poll(() => page.getByText(ENDED).isVisible()).toBe(true);
  });

  it('of a search has its trials while it runs, and stops it at a click', async () => {
    const space = ['--learning-rate', 'log:1e-4..1e-2', '--reg', '0.1..1', '--hidden', '20'];
    const { url, printed, child, done } = await serve(
      ...['sweep', '--search', 'random', '--trials', '500', '--iterations', '400', '--no-results', ...space],
    );
    const { page } = await open(url);
    const rows = page.locator('table.search tbody tr');
    await expect.poll(() => rows.count(), patient).toBeGreaterThan(1);
    const before = await rows.count();
    await expect.poll(() => rows.count(), patient).toBeGreaterThan(before);
    expect(await status(page).innerText()).toBe('running');
    expect(await doneOn(page)).toBeGreaterThan(1);
    await chartsDrawn(page);

    // The order that a reader has chosen stays when trials come.
    await page.getByRole('button', { name: 'learning rate' }).click();
    const some = await rows.count();
    await expect.poll(() => rows.count(), patient).toBeGreaterThan(some);
    const head = page.locator('th[data-column="learning rate"]');
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    const rates = (await page.locator('table.search td:nth-child(3)').allTextContents()).map(Number);
    expect(rates).toStrictEqual([...rates].sort((a, b) => a - b));

    await stopButton(page).click();
    await expect.poll(() => status(page).innerText(), patient).toBe('stopped');
    await expect.poll(() => printed.stderr).toContain('until Ctrl-C');
    expect(printed.stderr).toMatch(/The search was aborted after \d+ of 500 trials/);
    expect(await rows.count()).toBeLessThan(500);
    expect(await rows.count()).toBe(await doneOn(page));
    expect(await page.locator('h2').allTextContents()).toContain('Search');
    child.kill('SIGINT');
    expect((await done).code).toBe(0);
    await expect.poll(() => page.getByText(ENDED).isVisible()).toBe(true);
  });

  it('of a training that diverges says so, and the command ends with its error', { timeout: 30_000 }, async () => {
    const into = join(folder, 'diverged');
    const args = ['train', '--iterations', '100', '--learning-rate', '1e9', '--report', into];
    const { url, printed, child, done, shows } = await serve(...args);
    await shows('until Ctrl-C');
    const { page } = await open(url);
    await expect.poll(() => status(page).innerText()).toBe('diverged');
    expect(await readReport(join(into, 'report.html'))).toMatchObject({ status: 'diverged' });
    child.kill('SIGINT');
    expect((await done).code).toBe(1);
    expect(printed.stderr).toMatch(/error: The loss became NaN or infinite at iteration \d+ of 100/);
  });

  it('ends with a command that fails', { timeout: 30_000 }, async () => {
    const into = join(folder, 'soon-gone');
    await mkdir(into);
    const { url, printed, done } = await serve(...LONG, '--save', join(into, 'model.safetensors'));
    const { page } = await open(url);
    await goesOn(page);
    await rm(into, { recursive: true });
    await stopButton(page).click();
    expect((await done).code).toBe(1);
    expect(printed.stderr).toMatch(/error: Cannot write .*model\.safetensors/);
    await expect.poll(() => page.getByText(ENDED).isVisible()).toBe(true);
  });
});

/** Holds the button down while the report goes on. */
async function slowly(page: Page): Promise<void> {
  await page.mouse.move(...centre(await boxOf(stopButton(page))));
  await page.mouse.down();
  await goesOn(page);
  await page.mouse.up();
}

/** Goes to the button by Tab, and presses it when the report has gone on. */
async function byKeyboard(page: Page): Promise<void> {
  await page.keyboard.press('Tab');
  await goesOn(page);
  await page.keyboard.press('Enter');
}
