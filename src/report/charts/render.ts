/** Renders charts without a browser. */
import type { EChartsCoreOption } from 'echarts/core';
import type { Chart, ChartStyle } from '../content/chart-data.js';
import { escapeHtml } from '../content/escape-html.js';
import { init } from './echarts.js';
import { optionOf } from './option.js';

/** Renders a chart as an SVG document. */
export function renderChart(chart: Chart, style: ChartStyle): string {
  return renderOption(optionOf(chart, style), style);
}

/** Renders what Apache ECharts options describe; they come from `frame`. */
export function renderOption(
  option: EChartsCoreOption,
  { width, height }: Pick<ChartStyle, 'width' | 'height'>,
): string {
  const instance = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    instance.setOption(option);
    const { label } = option.aria as { label: { description: string } };
    return asPicture(instance.renderToSVGString(), label.description);
  } finally {
    instance.dispose();
  }
}

/**
 * Makes the SVG a self-contained, reproducible document. ZRender numbers its charts and uses the number in every id, so
 * the same chart would produce a different text each time. A hash of the text replaces the number, so that ids of two
 * charts on one page still differ. The classes only serve hover rules, which mean nothing in a picture.
 */
function asPicture(svg: string, description: string): string {
  const unstyled = svg.replace(/<style\b[^>]*>[\s\S]*?<\/style>/g, '').replace(/ class="zr[^"]*"/g, '');
  const plain = unstyled.replace(/\bzr\d+-/g, 'zr-');
  const named = plain.replace(/\bzr-/g, `zr${hash(plain)}-`);
  // For screen readers.
  return named.replace(' xmlns=', ` role="img" aria-label="${escapeHtml(description)}" xmlns=`);
}

/** FNV-1a with 32 bits, as hexadecimal digits. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}
