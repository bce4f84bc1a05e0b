/** Validation accuracy over the settings of a search. */
import type { EChartsCoreOption } from 'echarts/core';
import type { ChartStyle, SweepAxis, SweepChart, SweepPoint } from '../content/chart-data.js';
import { escapeHtml } from '../content/escape-html.js';
import { accuracyText, settingText, spreadText } from './numbers.js';
import { axis, frame, titleHeight, tooltip } from './parts.js';
import { FONT, isLightShade, type Theme } from './theme.js';

const ACCURACY = 'Validation accuracy';
/** Right of a plot: the scale of colours. */
const SCALE_WIDTH = 96;
/** Left of a plot and below it: ticks and the name of an axis. */
const LEFT = 82;
const BOTTOM = 58;
/** Of a letter of the cells' labels, and of their lines, in pixels. */
const LETTER = { width: 6.8, height: 14 };

/** One setting as a curve, two as a heat map or as points, more as parallel coordinates. */
export function sweepOption(chart: SweepChart, style: ChartStyle): EChartsCoreOption {
  const { theme, base } = frame(style, 'the validation accuracy of each combination of settings');
  const { axes } = chart;
  const drawing = { chart, style, theme };
  const common = { ...base, tooltip: { ...tooltip(theme), formatter: tooltipOf(axes) } };
  if (axes.length === 1) return { ...common, ...curve(drawing) };
  if (axes.length > 2) return { ...common, ...parallel(drawing) };
  return { ...common, ...(isGrid(chart) ? heatMap(drawing) : scatter(drawing)) };
}

interface Drawing {
  readonly chart: SweepChart;
  readonly style: ChartStyle;
  readonly theme: Theme;
}

/** A data item of any of the charts keeps the point that it stands for. */
interface Item {
  readonly point: SweepPoint;
}

function tooltipOf(axes: readonly SweepAxis[]): (item: { data: Item }) => string {
  return ({ data: { point } }) => {
    const lines = axes.map(({ name }, i) => `${escapeHtml(name)} ${settingText(point.values[i])}`);
    const result = point.accuracy === null ? 'diverged' : spreadText(point.accuracy, point.deviation);
    return `${lines.join('<br>')}<br>${point.numIters} iterations<br><b>${result}</b>`;
  };
}

function valuesOf(points: readonly SweepPoint[], axis: number): number[] {
  return [...new Set(points.map(({ values }) => values[axis]))].sort((a, b) => a - b);
}

/** Whether every combination of the values is there, and few enough values to be read. */
function isGrid({ points }: SweepChart): boolean {
  const [x, y] = [valuesOf(points, 0), valuesOf(points, 1)];
  return x.length * y.length === points.length && Math.max(x.length, y.length) <= 40;
}

/** The accuracies from least to most; never empty. */
function extent(points: readonly SweepPoint[]): [number, number] {
  const accuracies = points.map(({ accuracy }) => accuracy).filter((accuracy) => accuracy !== null);
  if (accuracies.length === 0) return [0, 1];
  const [low, high] = [Math.min(...accuracies), Math.max(...accuracies)];
  return low < high ? [low, high] : [Math.max(0, low - 0.05), Math.min(1, high + 0.05)];
}

function colourScale({ chart, theme }: Drawing, dimension: number): object {
  const [min, max] = extent(chart.points);
  return {
    ...{ type: 'continuous', min, max, dimension, precision: 3, right: 8, top: 'middle', itemHeight: 140 },
    ...{ text: [accuracyText(max), accuracyText(min)], calculable: false, inRange: { color: [...theme.scale] } },
    textStyle: { color: theme.text, fontFamily: FONT, fontSize: 11 },
  };
}

function settingAxis(theme: Theme, { name, log }: SweepAxis, side: 'x' | 'y', gap: number): Record<string, unknown> {
  const common = axis(theme, name, side, gap);
  const axisLabel = {
    ...(common.axisLabel as object),
    formatter: (value: number | string) => settingText(Number(value)),
  };
  return { ...common, axisLabel, type: log ? 'log' : 'value', scale: true };
}

function gridBox(
  { style, chart }: Drawing,
  right: number,
): { left: number; right: number; top: number; bottom: number } {
  // A title's height has room for the legend, too.
  const legend = chart.points.some(({ accuracy }) => accuracy === null) && !style.title ? 20 : 0;
  return { left: LEFT, right, top: titleHeight(style) + 8 + legend, bottom: BOTTOM };
}

/** A cell for each combination; values of a grid are evenly apart, whatever lies between them. */
function heatMap(drawing: Drawing): object {
  const { chart, theme } = drawing;
  const [low, high] = extent(chart.points);
  const values = [valuesOf(chart.points, 0), valuesOf(chart.points, 1)];
  const cells = chart.points.map((point) => {
    const place = point.values.map((value, i) => values[i].indexOf(value));
    if (point.accuracy === null) {
      const label = { color: theme.text, formatter: DIVERGED };
      return { point, value: [...place, low], visualMap: false, itemStyle: { color: theme.none }, label };
    }
    const light = isLightShade((point.accuracy - low) / (high - low));
    const text = spreadText(point.accuracy, point.deviation);
    return {
      point,
      value: [...place, point.accuracy],
      label: { color: light ? '#1b1f24' : '#ffffff', formatter: text },
    };
  });
  const category = (i: number, side: 'x' | 'y', gap: number) => ({
    ...settingAxis(theme, chart.axes[i], side, gap),
    ...{ type: 'category', data: values[i].map(settingText), splitLine: { show: false } },
    axisLabel: { ...(axis(theme, '', side, gap).axisLabel as object) },
  });
  return {
    grid: { ...gridBox(drawing, SCALE_WIDTH), outerBoundsMode: 'none' },
    xAxis: category(0, 'x', 32),
    yAxis: category(1, 'y', 56),
    visualMap: colourScale(drawing, 2),
    series: {
      ...{ type: 'heatmap', data: cells, itemStyle: { borderColor: theme.background, borderWidth: 1 } },
      label: { show: labelsFit(drawing, values), fontFamily: FONT, fontSize: 11 },
      emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 2 } },
    },
  };
}

/** Whether a cell is larger than what is written in it. */
function labelsFit(drawing: Drawing, [columns, rows]: readonly number[][]): boolean {
  const { chart, style } = drawing;
  const { left, right, top, bottom } = gridBox(drawing, SCALE_WIDTH);
  const longest = Math.max(
    ...chart.points.map(
      ({ accuracy, deviation }) => (accuracy === null ? DIVERGED : spreadText(accuracy, deviation)).length,
    ),
  );
  const [width, height] = [(style.width - left - right) / columns.length, (style.height - top - bottom) / rows.length];
  return width >= longest * LETTER.width && height >= LETTER.height;
}

/** Drawn combinations lie anywhere: a point for each. Those that diverged are crosses. */
function scatter(drawing: Drawing): object {
  const { chart, theme } = drawing;
  const judged = chart.points.filter(({ accuracy }) => accuracy !== null);
  const lost = chart.points.filter(({ accuracy }) => accuracy === null);
  const series = { type: 'scatter', clip: false };
  return {
    grid: { ...gridBox(drawing, SCALE_WIDTH), outerBoundsMode: 'none' },
    legend: divergedLegend(drawing),
    xAxis: settingAxis(theme, chart.axes[0], 'x', 32),
    yAxis: settingAxis(theme, chart.axes[1], 'y', 56),
    visualMap: { ...colourScale(drawing, 2), seriesIndex: 0 },
    series: [
      {
        ...{ ...series, name: ACCURACY, symbolSize: 14, itemStyle: { borderColor: theme.text, borderWidth: 0.5 } },
        data: judged.map((point) => ({ point, value: [...point.values, point.accuracy] })),
      },
      {
        ...{ ...series, name: DIVERGED, symbol: CROSS, symbolSize: 12, color: theme.muted },
        data: lost.map((point) => ({ point, value: point.values })),
      },
    ],
  };
}

const DIVERGED = 'diverged';

/** Says what the marks of diverged combinations are, where there are any. */
function divergedLegend({ chart, style, theme }: Drawing): object {
  return {
    ...{ show: chart.points.some(({ accuracy }) => accuracy === null), data: [DIVERGED] },
    ...{ top: style.title ? 10 : 0, right: 8, textStyle: { color: theme.text, fontFamily: FONT, fontSize: 12 } },
  };
}

/** Two strokes, for what diverged. */
const CROSS = 'path://M0,1L1,0L5,4L9,0L10,1L6,5L10,9L9,10L5,6L1,10L0,9L4,5Z';

function curve(drawing: Drawing): object {
  const { chart, theme } = drawing;
  const sorted = [...chart.points].sort((a, b) => a.values[0] - b.values[0]);
  const judged = sorted.filter(({ accuracy }) => accuracy !== null);
  const [low] = extent(chart.points);
  const lost = sorted.filter(({ accuracy }) => accuracy === null);
  return {
    grid: { ...gridBox(drawing, 24), outerBoundsMode: 'none' },
    legend: divergedLegend(drawing),
    xAxis: settingAxis(theme, chart.axes[0], 'x', 32),
    yAxis: { ...axis(theme, ACCURACY, 'y', 56), type: 'value', scale: true },
    series: [
      {
        ...{ type: 'line', name: ACCURACY, color: theme.first, symbol: 'circle', symbolSize: 9 },
        data: judged.map((point) => ({ point, value: [point.values[0], point.accuracy] })),
      },
      {
        ...{ type: 'scatter', name: DIVERGED, color: theme.second, symbol: CROSS, symbolSize: 12, clip: false },
        data: lost.map((point) => ({ point, value: [point.values[0], low] })),
      },
    ],
  };
}

/** One line for each combination, over an axis for each setting and one for the accuracy. */
function parallel(drawing: Drawing): object {
  const { chart, style, theme } = drawing;
  const { axes, points } = chart;
  const text = { color: theme.text, fontSize: 11, fontFamily: FONT, backgroundColor: theme.background, padding: 1 };
  const common = {
    nameTextStyle: { color: theme.text, fontSize: 12, fontFamily: FONT },
    nameGap: 14,
    axisLine: { lineStyle: { color: theme.muted } },
    axisTick: { lineStyle: { color: theme.muted } },
  };
  // Many axes stand close: a word of their names on each line.
  const many = axes.length > 3;
  const lines = (name: string) => (many ? name.replaceAll(' ', '\n') : name);
  const settings = axes.map(({ name, log }, dim) => ({
    ...{ ...common, dim, name: lines(name), type: log ? 'log' : 'value', scale: true },
    axisLabel: { ...text, formatter: (value: number) => settingText(value) },
  }));
  const [min, max] = extent(points);
  const accuracy = { ...common, dim: axes.length, name: lines(ACCURACY), type: 'value', scale: true, min, max };
  const judged = points.filter(({ accuracy }) => accuracy !== null);
  const lost = points.filter(({ accuracy }) => accuracy === null);
  const series = { type: 'parallel', emphasis: { lineStyle: { width: 4, opacity: 1 } } };
  return {
    legend: { ...divergedLegend(drawing), icon: 'rect', itemHeight: 3 },
    parallel: { left: 64, right: SCALE_WIDTH + 56, top: titleHeight(style) + (many ? 76 : 52), bottom: 28 },
    parallelAxis: [
      ...settings,
      { ...accuracy, axisLabel: { ...text, formatter: (value: number) => accuracyText(value) } },
    ],
    visualMap: { ...colourScale(drawing, axes.length), seriesIndex: 0 },
    series: [
      {
        ...{ ...series, name: ACCURACY, lineStyle: { width: 2, opacity: 0.85 } },
        data: judged.map((point) => ({ point, value: [...point.values, point.accuracy] })),
      },
      {
        ...{ ...series, name: DIVERGED, color: theme.muted, lineStyle: { width: 1.5, opacity: 0.6, type: 'dashed' } },
        data: lost.map((point) => ({ point, value: [...point.values, Number.NaN] })),
      },
    ],
  };
}
