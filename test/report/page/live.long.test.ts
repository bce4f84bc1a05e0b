import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { chartsDrawn, describeInChromium } from '../../support/chromium.js';
import {
  boxOf,
  centre,
  chart,
  folder,
  open,
  readReport,
  SECTIONS_OF_TRAINING,
  started,
  useBrowser,
} from '../../support/report-page.js';
import { startCli } from '../../support/run-cli.js';

/** Runs a command with `--serve` and returns its address and what it has printed so far. */
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
const ENDED = 'The server has stopped. This page shows the final state.';

/** How many iterations or trials are done, as the page says. */
async function doneOn(page: Page): Promise<number> {
  const [, done] = /([\d,]+) of [\d,]+ /.exec(await page.locator('header p').first().innerText()) ?? [];
  return Number(done?.replaceAll(',', '') ?? 0);
}

/** Waits until the page shows progress. */
async function goesOn(page: Page): Promise<void> {
  const before = await doneOn(page);
  await expect.poll(() => doneOn(page), { timeout: 20_000 }).toBeGreaterThan(before);
}

describeInChromium('the live page', () => {
  const LONG = ['train', '--iterations', '1000000', '--hidden', '20'];
  const patient = { timeout: 20_000 };
  useBrowser();

  it('of a training grows, stops the training at a click, shows its results and stays until Ctrl-C', async () => {
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
    expect(await page.locator('h2').allTextContents()).toStrictEqual(SECTIONS_OF_TRAINING);
    await expect.poll(() => printed.stderr).toContain(`The report remains at ${url} until you press Ctrl-C`);
    expect(printed.stderr).toMatch(/Training was aborted after \d+ of 1000000 iterations/);
    expect(printed.stdout).toMatch(
      /^train accuracy +0\.\d{4}\nvalidation accuracy +0\.\d{4}\ntest accuracy +0\.\d{4}\n/,
    );
    const accuracies = await page.locator('.figures dd').allTextContents();
    const shares = [...printed.stdout.matchAll(/accuracy +(0\.\d{4})/g)].map(([, share]) => Number(share));
    expect(accuracies).toHaveLength(shares.length);
    // Both are rounded, to three digits and to four.
    for (const [i, text] of accuracies.entries()) expect(Math.abs(Number(text) - shares[i])).toBeLessThan(0.00056);

    // A page opened now shows the same.
    const { page: late } = await open(url);
    await expect.poll(() => late.locator('.figures dd').allTextContents()).toStrictEqual(accuracies);
    expect(await status(late).innerText()).toBe('stopped');

    child.kill('SIGINT');
    expect((await done).code).toBe(0);
    for (const one of [page, late]) await expect.poll(() => one.getByText(ENDED).isVisible()).toBe(true);
    const own = [url, `${url}events`, `${url}stop`];
    const paths = requests.map((request) => request.replace(/\?after=[\d.]+$/, ''));
    expect(paths.filter((request) => !own.includes(request))).toStrictEqual([]);
    expect(requests.filter((request) => request === `${url}stop`)).toHaveLength(1);
  });

  it('accepts a click as slow as a person’s, and the keyboard', async () => {
    for (const press of [slowly, byKeyboard]) {
      const { url, printed, child, done } = await serve(...LONG);
      const { page } = await open(url);
      await goesOn(page);
      await press(page);
      await expect.poll(() => status(page).innerText(), patient).toBe('stopped');
      await expect.poll(() => printed.stderr).toContain('until you press Ctrl-C');
      child.kill('SIGTERM');
      expect((await done).code).toBe(0);
    }
  });

  it('of a training stopped by Ctrl-C shows its results, and the process exits at once', async () => {
    const { url, printed, child, done } = await serve(...LONG);
    const { page } = await open(url);
    await goesOn(page);
    child.kill('SIGINT');
    expect((await done).code).toBe(130);
    expect(printed.stdout).toMatch(/test accuracy/);
    expect(printed.stderr).not.toContain('until you press Ctrl-C');
    await expect.poll(() => page.getByText(ENDED).isVisible()).toBe(true);
    await expect.poll(() => status(page).innerText()).toBe('stopped');
    expect(await page.locator('.figures dd').count()).toBe(3);
  });

  it('of a finished training stays until Ctrl-C', async () => {
    const { url, child, done, shows } = await serve('train', '--iterations', '200', '--hidden', '20');
    await shows('until you press Ctrl-C');
    const { page } = await open(url);
    await expect.poll(() => status(page).innerText()).toBe('done');
    expect(await doneOn(page)).toBe(200);
    expect(await stopButton(page).count()).toBe(0);
    child.kill('SIGINT');
    expect((await done).code).toBe(0);
    await expect.poll(() => page.getByText(ENDED).isVisible()).toBe(true);
  });

  it('of a search shows its trials as they finish, and stops the search at a click', async () => {
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

    // New trials keep the order that the reader chose.
    await page.getByRole('button', { name: 'learning rate' }).click();
    const some = await rows.count();
    await expect.poll(() => rows.count(), patient).toBeGreaterThan(some);
    const head = page.locator('th[data-column="learning rate"]');
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    const rates = (await page.locator('table.search td:nth-child(3)').allTextContents()).map(Number);
    expect(rates).toStrictEqual([...rates].sort((a, b) => a - b));

    // When the request arrives, the page says so already.
    const said: string[] = [];
    await page.route('**/stop', async (route) => {
      said.push(await status(page).innerText());
      await route.continue();
    });
    await stopButton(page).click();
    await expect.poll(() => status(page).innerText(), patient).toBe('stopped');
    expect(said).toStrictEqual(['stopping…']);
    await expect.poll(() => printed.stderr).toContain('until you press Ctrl-C');
    expect(printed.stderr).toMatch(/The search was aborted after \d+ of 500 trials/);
    expect(await rows.count()).toBeLessThan(500);
    expect(await rows.count()).toBe(await doneOn(page));
    expect(await page.locator('h2').allTextContents()).toContain('Combinations');
    child.kill('SIGINT');
    expect((await done).code).toBe(0);
    await expect.poll(() => page.getByText(ENDED).isVisible()).toBe(true);
  });

  it('of a training that diverges says so, and the command exits with the error', async () => {
    const into = join(folder, 'diverged');
    const args = ['train', '--iterations', '100', '--learning-rate', '1e9', '--report', into];
    const { url, printed, child, done, shows } = await serve(...args);
    await shows('until you press Ctrl-C');
    const { page } = await open(url);
    await expect.poll(() => status(page).innerText()).toBe('diverged');
    expect(await readReport(join(into, 'report.html'))).toMatchObject({ status: 'diverged' });
    child.kill('SIGINT');
    expect((await done).code).toBe(1);
    expect(printed.stderr).toMatch(/error: The loss became NaN or infinite at iteration \d+ of 100/);
  });

  it('ends when the command fails', async () => {
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

/** Holds the button down until the report shows progress. */
async function slowly(page: Page): Promise<void> {
  await page.mouse.move(...centre(await boxOf(stopButton(page))));
  await page.mouse.down();
  await goesOn(page);
  await page.mouse.up();
}

/** Moves to the button with Tab, and presses it after the report has shown progress. */
async function byKeyboard(page: Page): Promise<void> {
  await page.keyboard.press('Tab');
  await goesOn(page);
  await page.keyboard.press('Enter');
}
