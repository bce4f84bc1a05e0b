/** The bundle that charts are drawn with, in Node as in the page: see scripts/bundle.mjs for what is in it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Chart, ChartStyle } from './chart-data.js';

/** What src/report/browser/entry.ts gives. */
interface ReportBundle {
  /** The chart as an SVG document. */
  renderChart(chart: Chart, style: ChartStyle): string;
}

/** From src/report/ as from dist/report/: it is built into dist/. */
const ASSETS = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist', 'report', 'assets');

/** DejaVu Sans, for machines that have no fonts. */
export const FONT_FILE = join(ASSETS, 'font.ttf');
/** The font's own name. */
export const FONT_NAME = 'DejaVu Sans';

const BUNDLE_FILE = join(ASSETS, 'report.cjs');

let bundle: ReportBundle | undefined;

/** Loads the bundle when the first chart is drawn: it is half a megabyte of JavaScript. */
export function reportBundle(): ReportBundle {
  bundle ??= createRequire(import.meta.url)(BUNDLE_FILE) as ReportBundle;
  return bundle;
}

/** The bundle's text, for a page: there it is the global `TwoLayerNetReport`. */
export function bundleText(): string {
  return readFileSync(BUNDLE_FILE, 'utf8');
}
