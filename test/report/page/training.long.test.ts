import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { ReportData } from '../../../src/report/content/report-data.js';
import { reportHtml } from '../../../src/report/document/report-html.js';
import { chartsDrawn, describeInChromium, openPage } from '../../support/chromium.js';
import {
  boxOf,
  browser,
  chart,
  folder,
  itFits,
  open,
  reportOf,
  SECTIONS_OF_TRAINING,
  tooltip,
  useBrowser,
} from '../../support/report-page.js';

describeInChromium('report.html of a training', () => {
  let url: string;
  let report: ReportData;

  useBrowser(async () => {
    ({ report, url } = await reportOf('train', ['train', '--iterations', '60']));
  });

  it('has all its sections and requests no other address', async () => {
    const { page, requests } = await open(url);
    await chartsDrawn(page);
    expect(await page.locator('h1').allTextContents()).toStrictEqual(['Training']);
    expect(await page.locator('h2').allTextContents()).toStrictEqual(SECTIONS_OF_TRAINING);
    const names = 'Array.from(document.querySelectorAll("[data-chart]"), (chart) => chart.dataset.chart)';
    expect(await page.evaluate(names)).toStrictEqual(['history', 'confusion', 'class-accuracy']);
    expect(await page.title()).toBe('Training');
    expect(requests).toStrictEqual([url]);
  });

  it('shows warnings above all else', async () => {
    const warnings = [
      { code: 'WARN_LOSS_OF_GUESSING', message: 'The loss is that of <guessing>.' },
      { code: 'WARN_ONE_CLASS', message: 'All rows are one class.' },
    ] as const;
    const file = join(folder, 'warned.html');
    await writeFile(file, reportHtml({ ...report, warnings }));
    const { page } = await open(pathToFileURL(file).href);
    expect(await page.locator('h2').first().innerText()).toBe('Warnings');
    expect(await page.locator('.warning').allTextContents()).toStrictEqual(warnings.map(({ message }) => message));
  });

  it('shows the numbers in its data', async () => {
    const { page } = await open(url);
    const { train = -1, validation = -1, test = -1 } = report.accuracies ?? {};
    const shown = [train, validation, test].map((value) => value.toFixed(3));
    expect(await page.locator('.figures dd').allTextContents()).toStrictEqual(shown);
    expect(await page.locator('.figures dt').allTextContents()).toStrictEqual(['training', 'validation', 'test']);
    expect(await page.locator('header p').innerText()).toMatch(
      /^done 60 of 60 iterations · \d+\.\d s · [\d,]+ samples/,
    );
    expect(await page.locator('header').locator('progress:visible, button').count()).toBe(0);

    const rows = page.locator('tr', { has: page.locator('th', { hasText: /^(learningRate|numIters|seed)$/ }) });
    expect(await rows.locator('td').allTextContents()).toStrictEqual(['1e-4', '60', '0']);
    const { trainRows, validationRows, testRows } = report.data ?? expect.fail('no data');
    expect([trainRows, validationRows, testRows]).toStrictEqual([49_000, 1000, 1000]);
    expect(await page.locator('main').innerText()).toContain('49,000 training, 1,000 validation, 1,000 test');
    expect(await page.locator('main').innerText()).toContain(report.machine.cpu);
  });

  it('draws the confusion matrix with its counts, and the accuracy of each class', async () => {
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

  it('shows the most confident mistakes and the weights as images', async () => {
    const { page } = await open(url);
    const { mistakes = [], classes, weights } = report;
    const [first] = mistakes;
    expect(mistakes).toHaveLength(24);
    const captions = await page.locator('.mistakes figcaption').allTextContents();
    expect(captions).toHaveLength(24);
    const [is, seems] = [first.label, first.predicted].map((label) => classes?.classNames[label]);
    expect(captions[0]).toBe(`${is}, predicted as ${seems} (${(100 * first.probability).toFixed(1)}\u00a0%)`);
    const all = 'Array.from(document.images, ({ naturalWidth, alt }) => [naturalWidth, alt !== ""])';
    expect(await page.evaluate(all)).toStrictEqual([...Array(24).fill([32, true]), [weights?.width, true]]);
  });

  it('shows the loss under the pointer', async () => {
    const { page } = await open(url);
    await chartsDrawn(page);
    const box = await boxOf(chart(page, 'history'));
    const losses = report.history?.lossHistory ?? [];
    for (const share of [0.3, 0.5, 0.8]) {
      await page.mouse.move(box.x + share * box.width, box.y + box.height / 4);
      // The axis runs from 0 to 60; its labels are left of it.
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

  it('follows the system’s light or dark theme, and so do its charts', async () => {
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

  it('runs no script but its own', async () => {
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
