/** Validation accuracy over the settings of a search. */
import type { EChartsCoreOption } from 'echarts/core';
import type { Chart, ChartStyle, SweepAxis, SweepChart, SweepPoint } from '../content/chart-data.js';
import { escapeHtml } from '../content/escape-html.js';
import { countText, spreadText } from '../content/numbers.js';
import { heatMap } from './heat-map.js';
import { parallel } from './parallel.js';
import { axis, frame, isNarrow, tooltip, valueAxis } from './parts.js';
import {
  ACCURACY,
  CROSS,
  colourScale,
  DIVERGED,
  type Drawing,
  divergedLegend,
  gridBox,
  scaleEnds,
  settingAxis,
  split,
  valuesOf,
  valueText,
} from './sweep-parts.js';

/** The height of the chart in the page. On a phone, axes of many settings are one below the other. */
export function sweepHeight(width: number, chart: Chart): number {
  const axes = chart.kind === 'sweep' ? chart.axes.length : 0;
  if (!isNarrow({ width })) return 440;
  return axes > 2 ? 200 + 72 * axes : 480;
}

/** One setting as a curve, two as a heat map or as points, more as parallel coordinates. */
export function sweepOption(chart: SweepChart, style: ChartStyle): EChartsCoreOption {
  const { theme, base } = frame(style, 'the validation accuracy of each combination of settings');
  const { axes } = chart;
  const drawing = { chart, style, theme, main: base.title ? [base.title as object] : [] };
  const common = { ...base, tooltip: { ...tooltip(theme), formatter: tooltipOf(axes) } };
  if (axes.length === 1) return { ...common, ...curve(drawing) };
  if (axes.length > 2) return { ...common, ...parallel(drawing) };
  return { ...common, ...(isGrid(chart) ? heatMap(drawing) : scatter(drawing)) };
}

/** In every chart, a data item holds the point that it represents. */
interface Item {
  readonly point: SweepPoint;
}

function tooltipOf(axes: readonly SweepAxis[]): (item: { data: Item }) => string {
  return ({ data: { point } }) => {
    const lines = axes.map((axis, i) => `${escapeHtml(axis.name)} ${escapeHtml(valueText(axis, point.values[i]))}`);
    const result = point.accuracy === null ? DIVERGED : spreadText(point.accuracy, point.deviation);
    return `${lines.join('<br>')}<br>${countText(point.numIters)} iterations<br><b>${result}</b>`;
  };
}

/** Whether every combination of the values is present, and there are few enough values to be readable. */
function isGrid({ points }: SweepChart): boolean {
  const [x, y] = [valuesOf(points, 0), valuesOf(points, 1)];
  return x.length * y.length === points.length && Math.max(x.length, y.length) <= 40;
}

/** Randomly drawn combinations: one point for each. Those that diverged are crosses. */
function scatter(drawing: Drawing): object {
  const { chart, theme } = drawing;
  const { judged, lost } = split(chart.points);
  const scale = colourScale(drawing, 2);
  const series = { type: 'scatter', clip: false };
  return {
    grid: { ...gridBox(drawing, { scale: true }), outerBoundsMode: 'none' },
    legend: divergedLegend(drawing),
    xAxis: settingAxis(theme, chart.axes[0], 'x', 32),
    yAxis: settingAxis(theme, chart.axes[1], 'y', 56),
    ...scale,
    visualMap: { ...scale.visualMap, seriesIndex: 0 },
    series: [
      {
        ...series,
        name: ACCURACY,
        symbolSize: 14,
        itemStyle: { borderColor: theme.text, borderWidth: 0.5 },
        data: judged.map((point) => ({ point, value: [...point.values, point.accuracy] })),
      },
      {
        ...series,
        name: DIVERGED,
        symbol: CROSS,
        symbolSize: 12,
        color: theme.muted,
        data: lost.map((point) => ({ point, value: point.values })),
      },
    ],
  };
}

/** Accuracy over a single setting. Combinations that diverged are crosses at the bottom. */
function curve(drawing: Drawing): object {
  const { chart, theme } = drawing;
  const { judged, lost } = split([...chart.points].sort((a, b) => a.values[0] - b.values[0]));
  const yAxis = valueAxis(axis(theme, ACCURACY, 'y', 56), scaleEnds(chart));
  return {
    grid: { ...gridBox(drawing, { scale: false }), outerBoundsMode: 'none' },
    legend: divergedLegend(drawing),
    xAxis: settingAxis(theme, chart.axes[0], 'x', 32),
    yAxis,
    series: [
      {
        type: 'line',
        name: ACCURACY,
        color: theme.first,
        symbol: 'circle',
        symbolSize: 9,
        data: judged.map((point) => ({ point, value: [point.values[0], point.accuracy] })),
      },
      {
        type: 'scatter',
        name: DIVERGED,
        color: theme.second,
        symbol: CROSS,
        symbolSize: 12,
        clip: false,
        data: lost.map((point) => ({ point, value: [point.values[0], yAxis.min] })),
      },
    ],
  };
}
