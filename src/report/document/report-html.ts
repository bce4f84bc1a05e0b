/** A report as one page that needs nothing else. */
import { createHash } from 'node:crypto';
import { escapeHtml } from '../content/escape-html.js';
import { DATA_ELEMENT, type ReportData } from '../content/report-data.js';
import { bundleText } from '../pictures/bundle.js';
import { PAGE_STYLE } from './page-style.js';

/** What a page is made of. */
export interface HtmlPage {
  readonly title: string;
  /** Its body's markup. */
  readonly body: string;
  /** The scripts in its body, the only ones that run. */
  readonly scripts: readonly string[];
  /** Whether it follows the server that it comes from. */
  readonly live: boolean;
}

/** A page that needs nothing else, and may load nothing else. */
export function htmlPage({ title, body, scripts, live }: HtmlPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(scripts, live)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body${live ? ' data-live' : ''}>
${body}
</body>
</html>
`;
}

/** What a page may do: run its own scripts and show its own pictures; nothing from anywhere else. */
function contentSecurityPolicy(scripts: readonly string[], live: boolean): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
    // The charts' tooltips are styled in their markup.
    "style-src 'unsafe-inline'",
    'img-src data:',
    `connect-src ${live ? "'self'" : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/**
 * The page of a report: its data as JSON in the element `report-data`, the scripts that draw them, and no address of
 * anything outside.
 *
 * @param live - whether the page follows the server that it comes from
 */
export function reportHtml(report: ReportData, { live = false }: { live?: boolean } = {}): string {
  // In a script element nothing but its end tag, and what looks like a comment, means anything.
  const bundle = bundleText().replace(/<(?=\/script|!--)/gi, '\\x3c');
  const scripts = [bundle, 'TwoLayerNetReport.startPage();'];
  const body = [
    '<noscript>This page draws its charts with JavaScript; its data are in it as JSON.</noscript>',
    `<script type="application/json" id="${DATA_ELEMENT}">${escapeJson(report)}</script>`,
    ...scripts.map((script) => `<script>${script}</script>`),
  ];
  return htmlPage({ title: report.title, body: body.join('\n'), scripts, live });
}

/** JSON that can stand in a script element: no `<` is left that could begin a tag. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}
