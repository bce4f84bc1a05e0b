/** The bundle that draws charts, in Node and in the page. scripts/bundle.mjs describes what it contains. */
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { packageFile } from '../../platform/package-files.js';
import type { Chart, ChartStyle } from '../content/chart-data.js';

/** The exports of src/report/page/entry.ts that Node uses. */
interface ReportBundle {
  /** Renders a chart as an SVG document. */
  renderChart(chart: Chart, style: ChartStyle): string;
  /** Widths of texts are those of a table: call it before any chart is rendered. */
  measureWithoutCanvas(): void;
}

/** A file in dist/report/assets/, where `npm run build:ts` writes them. */
function asset(name: string): string {
  return packageFile('dist', 'report', 'assets', name);
}

/**
 * The file of DejaVu Sans, for machines without fonts.
 *
 * @throws Error if the file is missing
 */
export function fontFile(): string {
  return asset('font.ttf');
}

/** The name of the font in {@link fontFile}. */
export const FONT_NAME = 'DejaVu Sans';

const BUNDLE_FILE = 'report.cjs';

let bundle: ReportBundle | undefined;

/**
 * Loads the bundle on first use, since it is half a megabyte of JavaScript.
 *
 * @throws Error if its file is missing
 */
export function reportBundle(): ReportBundle {
  if (bundle === undefined) {
    const file = asset(BUNDLE_FILE);
    bundle = module.createRequire(file)(file) as ReportBundle;
    bundle.measureWithoutCanvas();
  }
  return bundle;
}

/**
 * The source text of the bundle, for a page, where it defines the global `TwoLayerNetReport`.
 *
 * @throws Error if its file is missing
 */
export function bundleText(): string {
  return readFileSync(asset(BUNDLE_FILE), 'utf8');
}
