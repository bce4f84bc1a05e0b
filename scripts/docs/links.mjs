// Whether what the pages of a folder point to is there: files beside them, and headings.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const LINK = /\s(?:href|src)="([^"]*)"/g;
const ID = /\sid="([^"]*)"/g;
const ELSEWHERE = /^(?:[a-z]+:|\/\/)/i;

function matches(html, pattern) {
  return [...html.matchAll(pattern)].map(([, value]) => value.replaceAll('&amp;', '&'));
}

/**
 * The links of all pages in `folder` that lead nowhere, as `page.html: target`. Addresses elsewhere are not tried.
 */
export function brokenLinks(folder) {
  const texts = readdirSync(folder, { recursive: true })
    .filter((name) => /\.(?:html|svg)$/.test(name))
    .map((name) => [join(folder, name), readFileSync(join(folder, name), 'utf8')]);
  const anchors = new Map(texts.map(([file, text]) => [file, new Set(matches(text, ID))]));
  const leads = (page, link) => {
    const [path, anchor] = link.split('#').map(decodeURIComponent);
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(target) || !statSync(target).isFile()) return false;
    return !anchor || (anchors.get(target)?.has(anchor) ?? false);
  };
  const pages = texts.filter(([file]) => file.endsWith('.html'));
  return pages.flatMap(([page, html]) =>
    [...new Set(matches(html, LINK))]
      .filter((link) => !ELSEWHERE.test(link) && !leads(page, link))
      .map((link) => `${relative(folder, page)}: ${link}`),
  );
}
