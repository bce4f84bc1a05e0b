/** Charts without a browser. */
import type { Chart, ChartStyle } from '../chart-data.js';
import { optionOf } from './charts/option.js';
import { init } from './echarts.js';

/** The chart as an SVG document. */
export function renderChart(chart: Chart, style: ChartStyle): string {
  const { width, height } = style;
  const instance = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    instance.setOption(optionOf(chart, style));
    return instance.renderToSVGString();
  } finally {
    instance.dispose();
  }
}
