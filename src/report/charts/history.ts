/** The curves of a training, like the article's figures 2 and 3. */
import type { EChartsCoreOption } from 'echarts/core';
import type { ChartStyle, HistoryChart } from '../content/chart-data.js';
import { accuracyText } from '../content/numbers.js';
import { axis, frame, titleHeight, tooltip, valueAxis } from './parts.js';
import { smooth } from './smooth.js';
import { FONT, type Theme } from './theme.js';
import { thin } from './thin.js';

/** Space left of a plot, for numbers of seven digits and the axis name. */
const LEFT = 80;
const NAME_GAP = 58;
const RIGHT = 40;
/** Space between the two plots, for ticks, the axis name and the legend of the lower plot. */
const BETWEEN = 84;
const BOTTOM = 52;
const LEGEND = 26;

/** Points of a curve that ECharts gets: more than there are pixels, and a million would take seconds. */
const MOST_POINTS = 18_000;

/** Loss over iterations and, if there are accuracies, accuracy over epochs below it. */
export function historyOption(chart: HistoryChart, style: ChartStyle): EChartsCoreOption {
  const { theme, base } = frame(style, 'the loss at each iteration and the accuracies at each epoch of a training');
  const both = chart.trainAccHistory.length > 0 || chart.valAccHistory.length > 0;
  const top = titleHeight(style) + LEGEND;
  const room = style.height - top - BOTTOM - (both ? BETWEEN : 0);
  const lossHeight = both ? Math.round(room * 0.5) : room;
  const lower = top + lossHeight + BETWEEN;
  const loss = lossPart(chart, theme);
  const accuracy = both ? accuracyPart(chart, theme) : { xAxis: [], yAxis: [], series: [], legend: [] };
  const grid = { left: LEFT, right: RIGHT, outerBoundsMode: 'none' };
  return {
    ...base,
    tooltip: { ...tooltip(theme), trigger: 'axis' },
    legend: [
      { ...legendStyle(theme), top: top - LEGEND, data: loss.legend, icon: 'rect', itemHeight: 3 },
      ...(both ? [{ ...legendStyle(theme), top: lower - LEGEND, data: accuracy.legend }] : []),
    ],
    grid: [{ ...grid, top, height: lossHeight }, ...(both ? [{ ...grid, top: lower, height: room - lossHeight }] : [])],
    xAxis: [...loss.xAxis, ...accuracy.xAxis],
    yAxis: [...loss.yAxis, ...accuracy.yAxis],
    series: [...loss.series, ...accuracy.series],
  };
}

/** The parts of one of the two plots. */
interface Part {
  readonly xAxis: object[];
  readonly yAxis: object[];
  readonly series: object[];
  readonly legend: string[];
}

function legendStyle(theme: Theme): object {
  return { left: LEFT, itemGap: 18, textStyle: { color: theme.text, fontFamily: FONT, fontSize: 12 } };
}

function lossPart({ lossHistory, smoothing }: HistoryChart, theme: Theme): Part {
  const window = smoothing ?? defaultWindow(lossHistory.length);
  const curve = {
    type: 'line',
    symbol: 'none',
    symbolSize: 5,
    emphasis: { disabled: true },
    tooltip: { valueFormatter: lossText },
  };
  // A line needs two neighbouring values; an isolated loss is drawn as a point.
  const isolated = (i: number) => !Number.isFinite(lossHistory[i - 1]) && !Number.isFinite(lossHistory[i + 1]);
  const points = (values: ArrayLike<number>) =>
    thin(values, MOST_POINTS).map((i) => (isolated(i) ? { value: [i, values[i]], symbol: 'circle' } : [i, values[i]]));
  const series = [
    {
      ...curve,
      name: 'loss',
      data: points(lossHistory),
      sampling: 'minmax',
      color: theme.first,
      lineStyle: { width: 1, opacity: window > 1 ? 0.4 : 1 },
    },
  ];
  if (window > 1) {
    series.push({
      ...curve,
      name: `mean of ${window} iterations`,
      data: points(smooth(lossHistory, window)),
      sampling: 'lttb',
      color: theme.second,
      lineStyle: { width: 2, opacity: 1 },
    });
  }
  return {
    xAxis: [
      {
        ...axis(theme, 'Iteration', 'x', 28),
        type: 'value',
        min: 0,
        max: Math.max(1, lossHistory.length),
        minInterval: 1,
        axisPointer: { label: { precision: 0 } },
      },
    ],
    yAxis: [valueAxis(axis(theme, 'Loss', 'y', NAME_GAP), lossHistory)],
    series,
    legend: series.map(({ name }) => name),
  };
}

/** A fiftieth of the iterations, or 1 if that is fewer than five: smoothing would only draw the curve twice. */
function defaultWindow(iterations: number): number {
  const window = Math.round(iterations / 50);
  return window < 5 ? 1 : window;
}

/** Besides colour, the curves differ in the shape of their points and in their dashes. */
function accuracyPart({ trainAccHistory, valAccHistory }: HistoryChart, theme: Theme): Part {
  const epochs = Math.max(trainAccHistory.length, valAccHistory.length);
  const interval = Math.max(1, Math.ceil((epochs - 1) / 10));
  const across = axis(theme, 'Epoch', 'x', 28);
  const curves = [
    { name: 'training', values: trainAccHistory, color: theme.first, symbol: 'circle', dash: 'solid' },
    { name: 'validation', values: valAccHistory, color: theme.second, symbol: 'triangle', dash: 'dashed' },
  ].filter(({ values }) => values.length > 0);
  const series = curves.map(({ name, values, color, symbol, dash }) => ({
    type: 'line',
    name,
    color,
    symbol,
    symbolSize: 8,
    showSymbol: epochs <= 60,
    xAxisIndex: 1,
    yAxisIndex: 1,
    data: values.map((value, epoch) => [epoch, value]),
    lineStyle: { width: 2, type: dash },
    emphasis: { disabled: true },
    tooltip: { valueFormatter: (value: unknown) => (typeof value === 'number' ? accuracyText(value) : '–') },
  }));
  return {
    xAxis: [
      {
        ...across,
        axisLabel: { ...(across.axisLabel as object), formatter: (epoch: number) => labelAt(epoch, interval) },
        gridIndex: 1,
        type: 'value',
        min: 0,
        max: Math.max(1, epochs - 1),
        minInterval: 1,
        interval,
      },
    ],
    yAxis: [
      { ...valueAxis(axis(theme, 'Accuracy', 'y', NAME_GAP), [...trainAccHistory, ...valAccHistory]), gridIndex: 1 },
    ],
    series,
    legend: curves.map(({ name }) => name),
  };
}

/** The last epoch has no label where it would be close to the one before. */
function labelAt(epoch: number, interval: number): string {
  return epoch % interval === 0 ? String(epoch) : '';
}

function lossText(value: unknown): string {
  return typeof value === 'number' ? Number(value.toPrecision(5)).toString() : '–';
}
