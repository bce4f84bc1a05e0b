/** The curves of a training, like the article's figures 2 and 3. */
import type { EChartsCoreOption } from 'echarts/core';
import { largest } from '../../validation/long-lists.js';
import type { ChartStyle, HistoryChart } from '../content/chart-data.js';
import { accuracyText } from '../content/numbers.js';
import { axis, frame, isNarrow, titleHeight, tooltip, type ValueAxis, valueAxis } from './parts.js';
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
/** The height of each further line of a legend. */
const LEGEND_LINE = 22;
/** The width of a letter, about, in ticks and in a legend. */
const LETTER = { tick: 7, legend: 7.2 };

/** Points of a curve that ECharts gets: more than there are pixels, and a million would take seconds. */
const MOST_POINTS = 18_000;

/** Loss over iterations and, if there are accuracies, accuracy over epochs below it. */
export function historyOption(chart: HistoryChart, style: ChartStyle): EChartsCoreOption {
  const { theme, base } = frame(style, 'the loss at each iteration and the accuracies at each epoch of a training');
  const both = chart.trainAccHistory.length > 0 || chart.valAccHistory.length > 0;
  const loss = lossPart(chart, theme);
  const accuracy = both ? accuracyPart(chart, theme) : { xAxis: [], yAxis: [], series: [], legend: [] };
  const yAxis = [...loss.yAxis, ...accuracy.yAxis];
  const { left, right, nameGap } = margins(style, yAxis, chart.lossHistory.length);
  const upper = LEGEND + moreLines(loss.legend, style);
  const between = LEGEND + moreLines(accuracy.legend, style);
  const top = titleHeight(style) + upper;
  const gap = BETWEEN + between - LEGEND;
  const room = Math.max(2, style.height - top - BOTTOM - (both ? gap : 0));
  const lossHeight = both ? Math.round(room * 0.5) : room;
  const lower = top + lossHeight + gap;
  const grid = { left, right, outerBoundsMode: 'none' };
  const legend = legendStyle(theme, style);
  return {
    ...base,
    tooltip: { ...tooltip(theme), trigger: 'axis' },
    legend: [
      { ...legend, top: top - upper, data: loss.legend, icon: 'rect', itemHeight: 3 },
      ...(both ? [{ ...legend, top: lower - between, data: accuracy.legend }] : []),
    ],
    grid: [{ ...grid, top, height: lossHeight }, ...(both ? [{ ...grid, top: lower, height: room - lossHeight }] : [])],
    xAxis: [...loss.xAxis, ...accuracy.xAxis],
    yAxis: yAxis.map((one) => ({ ...one, nameGap })),
    series: [...loss.series, ...accuracy.series],
  };
}

/** The space beside the plots, and from a vertical axis to its name. */
type Margins = Readonly<Record<'left' | 'right' | 'nameGap', number>>;

/** On a phone, no more space than these ticks need. */
function margins(style: ChartStyle, yAxes: readonly ValueAxis[], iterations: number): Margins {
  if (!isNarrow(style)) return { left: LEFT, right: RIGHT, nameGap: NAME_GAP };
  const ticks = yAxes.flatMap(({ min = 0, max = 0, axisLabel }) => [min, max].map((end) => axisLabel.formatter?.(end)));
  const letters = largest(ticks.map((text) => text?.length ?? 5));
  const nameGap = Math.ceil(Math.min(NAME_GAP, 14 + letters * LETTER.tick));
  // Half of the last tick is beside the plot.
  const right = Math.ceil(Math.min(RIGHT, 6 + (iterations.toLocaleString('en').length * LETTER.tick) / 2));
  return { left: nameGap + LEFT - NAME_GAP, right, nameGap };
}

/** The height of the lines of a legend after its first. */
function moreLines(names: readonly string[], style: ChartStyle): number {
  const { itemWidth, itemGap, left } = legendPlace(style);
  const room = style.width - left - 10;
  let [lines, used] = [1, 0];
  for (const name of names) {
    const width = itemWidth + 5 + name.length * LETTER.legend;
    if (used > 0 && used + itemGap + width > room) [lines, used] = [lines + 1, width];
    else used += (used > 0 ? itemGap : 0) + width;
  }
  return (lines - 1) * LEGEND_LINE;
}

/** The parts of one of the two plots. */
interface Part {
  readonly xAxis: object[];
  readonly yAxis: ValueAxis[];
  readonly series: object[];
  readonly legend: string[];
}

function legendPlace(style: ChartStyle): Readonly<Record<'left' | 'itemWidth' | 'itemGap', number>> {
  return isNarrow(style) ? { left: 4, itemWidth: 16, itemGap: 12 } : { left: LEFT, itemWidth: 25, itemGap: 18 };
}

function legendStyle(theme: Theme, style: ChartStyle): object {
  return { ...legendPlace(style), textStyle: { color: theme.text, fontFamily: FONT, fontSize: 12 } };
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
  const points = (values: readonly number[]) =>
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
