/** The bundle that charts are drawn with, in Node as in the page: see scripts/bundle.mjs for what is in it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { packageFile } from '../../platform/package-files.js';
import type { Chart, ChartStyle } from '../content/chart-data.js';

/** What src/report/page/entry.ts gives. */
interface ReportBundle {
  /** The chart as an SVG document. */
  renderChart(chart: Chart, style: ChartStyle): string;
}

/** Files of dist/report/assets/, into which `npm run build:ts` puts them. */
function asset(name: string): string {
  return packageFile('dist', 'report', 'assets', name);
}

/**
 * The file of DejaVu Sans, for machines that have no fonts.
 *
 * @throws Error where the file is missing
 */
export function fontFile(): string {
  return asset('font.ttf');
}

/** The font's own name. */
export const FONT_NAME = 'DejaVu Sans';

const BUNDLE_FILE = 'report.cjs';

let bundle: ReportBundle | undefined;

/**
 * Loads the bundle when the first chart is drawn: it is half a megabyte of JavaScript.
 *
 * @throws Error where its file is missing
 */
export function reportBundle(): ReportBundle {
  if (bundle === undefined) {
    const file = asset(BUNDLE_FILE);
    bundle = createRequire(file)(file) as ReportBundle;
  }
  return bundle;
}

/**
 * The bundle's text, for a page: there it is the global `TwoLayerNetReport`.
 *
 * @throws Error where its file is missing
 */
export function bundleText(): string {
  return readFileSync(asset(BUNDLE_FILE), 'utf8');
}
