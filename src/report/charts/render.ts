/** Charts without a browser. */

import type { Chart, ChartStyle } from '../content/chart-data.js';
import { escapeHtml } from '../content/escape-html.js';
import { init } from './echarts.js';
import { optionOf } from './option.js';

/** The chart as an SVG document. */
export function renderChart(chart: Chart, style: ChartStyle): string {
  const { width, height } = style;
  const instance = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    const option = optionOf(chart, style);
    instance.setOption(option);
    const { label } = option.aria as { label: { description: string } };
    return asPicture(instance.renderToSVGString(), label.description);
  } finally {
    instance.dispose();
  }
}

/**
 * The SVG as a document of its own. ZRender counts its charts and puts the number into every name, so that the same chart
 * would be another text each time; a hash of the text takes its place, so that names of two charts in one page still
 * differ. The classes are for rules of a pointer that hovers, which mean nothing in a picture.
 */
function asPicture(svg: string, description: string): string {
  const unstyled = svg.replace(/<style\b[^>]*>[\s\S]*?<\/style>/g, '').replace(/ class="zr[^"]*"/g, '');
  const plain = unstyled.replace(/\bzr\d+-/g, 'zr-');
  const named = plain.replace(/\bzr-/g, `zr${hash(plain)}-`);
  // What a screen reader says of it.
  return named.replace(' xmlns=', ` role="img" aria-label="${escapeHtml(description)}" xmlns=`);
}

/** FNV-1a, 32 bits, in hexadecimal digits. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}
