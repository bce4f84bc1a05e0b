import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ReportData } from '../../src/report/content/report-data.js';
import { chartsDrawn, clippedTexts, launchChromium, type OpenPage, openPage, overlappingTexts } from './chromium.js';
import { type Running, runCli } from './run-cli.js';

export let browser: Browser;
export let folder: string;
/** The pages and programs that the current test has opened and started. */
let opened: OpenPage[] = [];
export let started: Running[] = [];

/**
 * Gives the calling suite a browser and a folder, and then runs `prepare`. After each test, its pages are closed, its
 * programs are killed, and a page that logged an error or a warning fails the test.
 */
export function useBrowser(prepare = async () => {}): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'two-layer-net-page-'));
    browser = await launchChromium();
    await prepare();
  });
  afterEach(closePages);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });
}

async function closePages(): Promise<void> {
  const complaints = opened.flatMap((one) => one.complaints);
  const children = started.map(({ child }) => child);
  for (const { page } of opened) await page.close();
  [opened, started] = [[], []];
  for (const child of children) child.kill('SIGKILL');
  expect(complaints).toStrictEqual([]);
}

/** Opens a page that is closed after the test. */
export async function open(url: string, options?: BrowserContextOptions): Promise<OpenPage> {
  const one = await openPage(browser, url, options);
  opened.push(one);
  return one;
}

/** Runs a command with `--report`, which writes into the folder `name`. */
export async function reportOf(name: string, args: string[]) {
  const into = join(folder, name);
  const file = join(into, 'report.html');
  const { code, stderr } = await runCli([...args, '--report', into], { cwd: folder });
  expect(code, stderr).toBe(0);
  expect(stderr).toContain(`Wrote the report to ${file}`);
  expect(await readdir(into)).toStrictEqual(['report.html']);
  return { report: await readReport(file), url: pathToFileURL(file).href };
}

/** The data of a report, as a program would read it. */
export async function readReport(file: string): Promise<ReportData> {
  const [, json] =
    /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(await readFile(file, 'utf8')) ??
    expect.fail(`no data in ${file}`);
  return JSON.parse(json);
}

/** The headings of a training's page. */
export const SECTIONS_OF_TRAINING = [
  'Accuracy',
  'Loss and accuracy by time',
  'Classes',
  'Most confident mistakes',
  'Weights of the hidden layer',
  'Settings',
  'Machine and data',
];

export const chart = (page: Page, name: string) => page.locator(`[data-chart="${name}"]`);
/** The tooltip of a chart: the element that ECharts puts after the picture. */
export const tooltip = (page: Page, name: string) => chart(page, name).locator('> div').nth(1);

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

export async function boxOf(of: Locator): Promise<Box> {
  await of.scrollIntoViewIfNeeded();
  return (await of.boundingBox()) ?? expect.fail('the element is not visible');
}

export function centre({ x, y, width, height }: Box): [number, number] {
  return [x + width / 2, y + height / 2];
}

/** The window widths that pages are tested at: a desktop and a phone. */
const WIDTHS = [1280, 390];

/** Tests that the page and its charts fit both windows. */
export function itFits(url: () => string): void {
  it.each(WIDTHS)('fits a window of %i pixels, with every chart label readable', async (width) => {
    const { page } = await open(url(), { viewport: { width, height: 800 } });
    await chartsDrawn(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await clippedTexts(page)).toStrictEqual([]);
    expect(await overlappingTexts(page)).toStrictEqual([]);
  });

  it('is redrawn when the window shrinks to a phone’s width', async () => {
    const { page } = await open(url());
    await chartsDrawn(page);
    await page.setViewportSize({ width: 390, height: 800 });
    await chartsDrawn(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await clippedTexts(page)).toStrictEqual([]);
  });
}
