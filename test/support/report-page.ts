import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { ReportData } from '../../src/report/content/report-data.js';
import { chartsDrawn, clippedTexts, launchChromium, type OpenPage, openPage, overlappingTexts } from './chromium.js';
import type { Running } from './run-cli.js';

export let browser: Browser;
export let folder: string;
/** What this test has opened and started. */
let opened: OpenPage[] = [];
export let started: Running[] = [];

export async function setUp(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'two-layer-net-page-'));
  browser = await launchChromium();
}

export async function tearDown(): Promise<void> {
  await browser?.close();
  await rm(folder, { recursive: true });
}

/** No test leaves a page that has complained, nor a program that runs. */
export async function leaveNothing(): Promise<void> {
  const complaints = opened.flatMap((one) => one.complaints);
  const children = started.map(({ child }) => child);
  for (const { page } of opened) await page.close();
  [opened, started] = [[], []];
  for (const child of children) child.kill('SIGKILL');
  expect(complaints).toStrictEqual([]);
}

export async function open(url: string, options?: BrowserContextOptions): Promise<OpenPage> {
  const one = await openPage(browser, url, options);
  opened.push(one);
  return one;
}

/** A report as a program reads it. */
export async function readReport(file: string): Promise<ReportData> {
  const [, json] =
    /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(await readFile(file, 'utf8')) ??
    expect.fail(`no data in ${file}`);
  return JSON.parse(json);
}

export const chart = (page: Page, name: string) => page.locator(`[data-chart="${name}"]`);
/** What ECharts shows beside the pointer: it comes after the picture. */
export const tooltip = (page: Page, name: string) => chart(page, name).locator('> div').nth(1);

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

export async function boxOf(of: Locator): Promise<Box> {
  await of.scrollIntoViewIfNeeded();
  return (await of.boundingBox()) ?? expect.fail('it is not shown');
}

export function centre({ x, y, width, height }: Box): [number, number] {
  return [x + width / 2, y + height / 2];
}

/** The widths that pages are looked at: a desk and a phone. */
const WIDTHS = [1280, 390];

export function itFits(url: () => string): void {
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
