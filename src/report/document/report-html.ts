/** Renders a report as a single, self-contained page. */
import { createHash } from 'node:crypto';
import { escapeHtml } from '../content/escape-html.js';
import { DATA_ELEMENT, type ReportData } from '../content/report-data.js';
import { bundleText } from '../pictures/bundle.js';
import { PAGE_STYLE } from './page-style.js';

/** The parts of a page. */
export interface HtmlPage {
  readonly title: string;
  /** The markup of the body. */
  readonly body: string;
  /** The scripts in the body. No others are allowed to run. */
  readonly scripts: readonly string[];
  /** What the page has of a report that its server updates; undefined for a page without updates. */
  readonly live?: string | undefined;
}

/** Renders a page that is self-contained and may load nothing else. */
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
<body${live === undefined ? '' : ` data-live="${escapeHtml(live)}"`}>
${body}
</body>
</html>
`;
}

/** Allows a page to run its own scripts and show its own pictures, and nothing else. */
function contentSecurityPolicy(scripts: readonly string[], live: string | undefined): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
    // The charts' tooltips use style attributes.
    "style-src 'unsafe-inline'",
    'img-src data:',
    `connect-src ${live === undefined ? "'none'" : "'self'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/**
 * Renders the page of a report: the data as JSON in the element `report-data` and the scripts that draw it. It refers
 * to nothing outside itself.
 *
 * @param options - `live`: the page receives updates from its server, from this place on
 */
export function reportHtml(report: ReportData, { live }: { live?: string | undefined } = {}): string {
  // Inside a script element, HTML only interprets the end tag and the start of a comment.
  const bundle = bundleText().replace(/<(?=\/script|!--)/gi, '\\x3c');
  const scripts = [bundle, 'TwoLayerNetReport.startPage();'];
  const body = [
    '<noscript>This page needs JavaScript to draw its charts. It contains its data as JSON.</noscript>',
    `<script type="application/json" id="${DATA_ELEMENT}">${escapeJson(report)}</script>`,
    ...scripts.map((script) => `<script>${script}</script>`),
  ];
  return htmlPage({ title: report.title, body: body.join('\n'), scripts, live });
}

/** JSON for a script element, without any `<` that could begin a tag. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}
