import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { describe, expect } from 'vitest';

const DEFAULT_PATH = '/usr/bin/chromium';

/** The browser's path. A wrong CHROMIUM_PATH makes the tests fail, since it asks for them to run. */
const executablePath = process.env.CHROMIUM_PATH ?? (existsSync(DEFAULT_PATH) ? DEFAULT_PATH : undefined);

/** A suite that needs a browser. Without one, the suite is skipped and the title says why. */
export function describeInChromium(title: string, tests: () => void): void {
  const missing = executablePath === undefined;
  const why = `skipped: ${DEFAULT_PATH} does not exist and CHROMIUM_PATH is not set`;
  describe.skipIf(missing)(missing ? `${title} (${why})` : title, tests);
}

/** No network requests from the browser itself, and nothing that a container does not have. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchChromium(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(`${DEFAULT_PATH} does not exist`);
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** A page, and what happened in it. */
export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings, each with its source. */
  readonly complaints: string[];
  /** The addresses requested, except for data URLs. */
  readonly requests: string[];
}

/** Opens a page in a new window. */
export async function openPage(
  browser: Browser,
  url: string,
  { viewport = { width: 1280, height: 900 }, ...options }: BrowserContextOptions = {},
): Promise<OpenPage> {
  const page = await browser.newPage({ viewport, ...options });
  const opened: OpenPage = { page, complaints: [], requests: [] };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) opened.complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => opened.complaints.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) opened.requests.push(request.url());
  });
  await page.goto(url);
  return opened;
}

/**
 * Waits until every chart is drawn at its current width. The page's content security policy does not allow Playwright's
 * own waiting functions.
 */
export async function chartsDrawn(page: Page): Promise<void> {
  const drawn = `[...document.querySelectorAll('[data-chart]')].every((chart) => {
    const svg = chart.querySelector('svg');
    return svg?.querySelector('text') && Number(svg.getAttribute('width')) === chart.clientWidth;
  })`;
  await expect.poll(() => page.evaluate(drawn)).toBe(true);
}

/** Chart labels that are partly outside the picture. */
export function clippedTexts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('[data-chart] svg')].flatMap((svg) => {
    const whole = svg.getBoundingClientRect();
    const isOutside = ({ left, top, right, bottom }) =>
      left < whole.left - 1 || top < whole.top - 1 || right > whole.right + 1 || bottom > whole.bottom + 1;
    const texts = [...svg.querySelectorAll('text')].filter((text) => isOutside(text.getBoundingClientRect()));
    return texts.map((text) => svg.closest('[data-chart]').dataset.chart + ': ' + text.textContent);
  })`);
}

/** Pairs of chart labels that overlap by more than two pixels. Slanted labels, whose boxes say little, are ignored. */
export function overlappingTexts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('[data-chart] svg')].flatMap((svg) => {
    const isStraight = (text) => {
      const { a, b } = text.getScreenCTM();
      return Math.min(Math.abs(a), Math.abs(b)) < 1e-3;
    };
    const texts = [...svg.querySelectorAll('text')].filter(isStraight);
    const meet = (one, other) => {
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      return width > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
    };
    const { chart } = svg.closest('[data-chart]').dataset;
    return texts.flatMap((one, i) =>
      texts.slice(i + 1).filter((other) => meet(one, other)).map((other) =>
        chart + ': ' + one.textContent + ' on ' + other.textContent));
  })`);
}
