import { expect, it } from 'vitest';
import type { ReportData } from '../../../src/report/content/report-data.js';
import { chartsDrawn, describeInChromium } from '../../support/chromium.js';
import { boxOf, centre, chart, itFits, open, reportOf, tooltip, useBrowser } from '../../support/report-page.js';

describeInChromium('report.html of a search', () => {
  let url: string;
  let report: ReportData;
  let search: NonNullable<ReportData['search']>;

  useBrowser(async () => {
    const space = ['--learning-rate', '1e-4,1e-3,1e30', '--reg', '0.4,0.5'];
    ({ report, url } = await reportOf('sweep', ['sweep', '--iterations', '30', ...space, '--no-results']));
    search = report.search ?? expect.fail('the report has no search');
  });

  it('has all its sections and requests no other address', async () => {
    const { page, requests } = await open(url);
    await chartsDrawn(page);
    expect(await page.locator('h2').allTextContents()).toStrictEqual([
      ...[
        'Accuracy',
        'Loss and accuracy by time',
        'Combinations',
        'Classes',
        'Most confident mistakes',
        'Weights of the hidden layer',
        'Settings',
      ],
      'Machine and data',
    ]);
    expect(await page.locator('[data-chart] svg').count()).toBe(4);
    expect(await page.locator('header p').innerText()).toMatch(/^done 6 of 6 trials · /);
    const best = search.ranking[0].valAccuracy?.mean.toFixed(3);
    expect(await page.locator('.figures dd').nth(1).textContent()).toBe(best);
    expect(requests).toStrictEqual([url]);
  });

  it('shows the settings of the cell under the pointer', async () => {
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
    // Find all positions first: the chart brings the cell under the pointer to the front.
    const places = [];
    for (const cell of await chart(page, 'sweep').locator('text').all()) {
      const text = (await cell.textContent()) ?? '';
      if (results.includes(text)) places.push({ text, box: await boxOf(cell) });
    }
    // The labels of the colour scale, at the right, are accuracies too.
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

  it('has a table that sorts by any column, with diverged trials last in either order', async () => {
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
        // The keyboard focus stays on the header.
        expect(await page.evaluate('document.activeElement.closest("th").dataset.column')).toBe(name);
      }
    }
  });

  itFits(() => url);
});
