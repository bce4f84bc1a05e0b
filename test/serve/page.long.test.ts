import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInChromium, launchChromium, openPage } from '../support/chromium.js';
import { flowers, type Serving, serve } from './support.js';

const TOKEN = 'the-token-of-the-page';

describeInChromium('the page to try a prediction', () => {
  let serving: Serving;
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  beforeAll(async () => {
    serving = await serve({ flowers: await flowers() }, { token: TOKEN });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await serving.server.close();
  });

  test('predicts a sample row, once it has the token, and asks no other server', async () => {
    const { page, complaints, requests } = await openPage(browser, serving.url);
    await expect.poll(() => page.textContent('#result')).toContain('Expected the header Authorization');
    await page.fill('#token', TOKEN);
    await page.dispatchEvent('#token', 'change');
    await expect.poll(() => page.inputValue('#body')).toContain('"petals": 0');
    await page.click('button');
    await expect.poll(() => page.textContent('#result')).toMatch(/^\d+\.\d ms\n[\s\S]*"class": "kind \d"/);
    await page.selectOption('#type', 'text/csv');
    await page.fill('#body', 'petals,color\n1,blue\n');
    await page.click('button');
    await expect.poll(() => page.textContent('#result')).toMatch(/^\d+\.\d ms\n400 .*"blue"/);
    expect(requests.filter((url) => !url.startsWith(serving.url))).toEqual([]);
    // The answers 401 and 400 are reported by the browser; nothing else is.
    expect(complaints.filter((line) => !/status of 40[01]|favicon/.test(line))).toEqual([]);
  });
});
