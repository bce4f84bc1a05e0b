import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DATA_ELEMENT, type ReportData } from '../../../src/report/content/report-data.js';
import { reportHtml } from '../../../src/report/document/report-html.js';

const REPORT: ReportData = {
  format: 'two-layer-net report',
  version: 1,
  title: 'A training',
  status: 'done',
  created: '2026-11-24T03:15:02.123Z',
  machine: { cpu: 'a processor', processors: 2, platform: 'linux x64', node: '20.19.0', version: '0', backend: 'js' },
  accuracies: { train: 0.1, validation: 1 / 3, test: 0 },
  history: { lossHistory: [2.3, 1e-300, 5e-324], trainAccHistory: [0.1], valAccHistory: [] },
};

/** The page's script elements as a browser finds them: each ends at the first end tag. */
function scriptsOf(html: string) {
  const found = [...html.matchAll(/<script\b([^>]*)>(.*?)<\/script\b[^>]*>/gis)];
  return found.map(([, attributes, content]) => ({ attributes, content }));
}

function policyOf(html: string): Map<string, string[]> {
  const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html) ?? [];
  const directives = (policy ?? expect.fail('no policy')).split('; ').map((part) => part.split(' '));
  return new Map(directives.map(([name, ...values]) => [name, values]));
}

function dataOf(html: string): unknown {
  const { content } = scriptsOf(html)[0];
  return JSON.parse(content);
}

/** Everything outside script elements. */
const outside = (html: string) => html.replace(/(<script\b[^>]*>).*?(<\/script>)/gis, '$1$2');

describe('the page of a report', () => {
  const html = reportHtml(REPORT);

  it(`holds its data as JSON in the element ${DATA_ELEMENT}`, () => {
    const [data, ...others] = scriptsOf(html);
    expect(data.attributes).toBe(' type="application/json" id="report-data"');
    expect(others.map(({ attributes }) => attributes)).toStrictEqual(['', '']);
    expect(dataOf(html)).toStrictEqual(REPORT);
  });

  it('lets a browser run its own scripts and nothing else, by their real hashes', () => {
    const [, ...code] = scriptsOf(html);
    const hashes = code.map(({ content }) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`);
    expect(hashes).toHaveLength(2);
    expect(policyOf(html).get('script-src')).toStrictEqual(hashes);
    expect(policyOf(html).get('default-src')).toStrictEqual(["'none'"]);
    expect(policyOf(html).get('img-src')).toStrictEqual(['data:']);
    for (const name of ['base-uri', 'form-action']) expect(policyOf(html).get(name)).toStrictEqual(["'none'"]);
  });

  it('has its policy before anything that the policy governs', () => {
    const at = html.indexOf('<meta http-equiv="Content-Security-Policy"');
    for (const tag of ['<script', '<style', '<link', '<body']) expect(html.indexOf(tag)).toBeGreaterThan(at);
  });

  it('connects to nothing unless it is live', () => {
    expect(policyOf(html).get('connect-src')).toStrictEqual(["'none'"]);
    expect(html).toContain('\n<body>\n');
    const live = reportHtml(REPORT, { live: '0.1.2.3.4' });
    expect(policyOf(live).get('connect-src')).toStrictEqual(["'self'"]);
    expect(live).toContain('\n<body data-live="0.1.2.3.4">\n');
  });

  it('names no address to load', () => {
    const addresses = [...outside(html).matchAll(/\b(?:src|href|srcset|data|action|poster)\s*=\s*"([^"]*)"/gi)];
    expect(addresses.map(([, address]) => address)).toStrictEqual(['data:,']);
    expect(outside(html)).not.toMatch(/https?:|url\(|@import/i);
    // The addresses in the charts' code are XML namespaces, or part of messages.
    const [, bundle] = scriptsOf(html);
    const known = /^http:\/\/www\.w3\.org\/(1999\/xlink|2000\/svg|2000\/xmlns\/|1999\/xhtml|XML\/1998\/namespace)$/;
    for (const [address] of bundle.content.matchAll(/https?:\/\/[^\s"'`\\)]+/g)) expect(address).toMatch(known);
  });

  it('explains itself without JavaScript', () => {
    expect(html).toMatch(/<noscript>[^<]+<\/noscript>/);
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">/);
  });
});

describe('a name that looks like markup', () => {
  const NAMES = [
    '</script><script>alert(1)</script>',
    '</SCRIPT ><ScRiPt src=https://evil.example/a.js>',
    '<!-- <script>',
    '-->',
    '</title><img src=x onerror=alert(1)>',
    `"><'&amp;&lt;`,
    ']]><svg onload=alert(1)>',
    '\u2028\u2029\0\ud800',
  ];
  const plain = reportHtml(REPORT);

  it.each(NAMES)('remains a name: %j', (name) => {
    const report: ReportData = {
      ...REPORT,
      title: name,
      settings: { [name]: name },
      classes: {
        classNames: [name, 'b'],
        classAccuracy: [null, 1],
        confusion: [
          [0, 0],
          [0, 1],
        ],
        rows: 1,
      },
      machine: { ...REPORT.machine, cpu: name },
    };
    for (const live of [undefined, '0.1.2.3.4']) {
      const html = reportHtml(report, { live });
      expect(dataOf(html)).toStrictEqual(report);
      for (const tag of [/<script/gi, /<\/script/gi, /<!--/g, /<title/gi, /<\/title/gi, /<img/gi, /<svg/gi]) {
        expect([...html.matchAll(tag)].length).toBe([...plain.matchAll(tag)].length);
      }
      expect(policyOf(html).get('script-src')).toStrictEqual(policyOf(plain).get('script-src'));
    }
  });

  it('is unchanged in the title', () => {
    const [, title] = /<title>(.*)<\/title>/.exec(reportHtml({ ...REPORT, title: `a<b> "c" & 'd'` })) ?? [];
    expect(title).toBe('a&lt;b&gt; &quot;c&quot; &amp; &#39;d&#39;');
  });

  it('does not end a script early, nor does the charts’ own code', () => {
    const html = plain.toLowerCase();
    expect(html.split('<script').length).toBe(1 + 3);
    expect(html.split('</script').length).toBe(1 + 3);
    expect(html).not.toContain('<!--');
  });
});
