/** What the charts of a search have in common. */

import { largest, smallest } from '../../validation/long-lists.js';
import type { ChartStyle, SweepAxis, SweepChart, SweepPoint } from '../content/chart-data.js';
import { accuracyText, capitalized, settingText } from '../content/numbers.js';
import { axis, isNarrow, titleHeight } from './parts.js';
import { FONT, type Theme } from './theme.js';

/** A chart to draw, and how. */
export interface Drawing {
  readonly chart: SweepChart;
  readonly style: ChartStyle;
  readonly theme: Theme;
  /** The chart's own title, if it has one, which stands in a list with that of the colour scale. */
  readonly main: readonly object[];
}

export const ACCURACY = 'Validation accuracy';
export const DIVERGED = 'diverged';
/** The mark of a combination that diverged: two strokes. */
export const CROSS = 'path://M0,1L1,0L5,4L9,0L10,1L6,5L10,9L9,10L5,6L1,10L0,9L4,5Z';
/** Space right of a plot, for the colour scale. */
export const SCALE_WIDTH = 96;
/** Space below a plot, on a phone, for the colour scale. */
export const SCALE_HEIGHT = 74;
/** The length of the colour scale. */
const SCALE_LENGTH = 140;
/** Space left of a plot and below it, for ticks and the axis name. */
const LEFT = 82;
const BOTTOM = 58;
/** The least span of the colour scale, in standard errors of an accuracy: less than that is chance. */
const NOISE = 4;

/** The points with an accuracy, and those that diverged. */
export function split(points: readonly SweepPoint[]): { judged: SweepPoint[]; lost: SweepPoint[] } {
  return {
    judged: points.filter(({ accuracy }) => accuracy !== null),
    lost: points.filter(({ accuracy }) => accuracy === null),
  };
}

/** The values that the points have on an axis, in increasing order. */
export function valuesOf(points: readonly SweepPoint[], axis: number): number[] {
  return [...new Set(points.map(({ values }) => values[axis]))].sort((a, b) => a - b);
}

function accuraciesOf({ points }: SweepChart): number[] {
  return points.map(({ accuracy }) => accuracy).filter((accuracy) => accuracy !== null);
}

/** The range of the accuracies, widened if it is empty. */
export function extent(chart: SweepChart): [number, number] {
  const accuracies = accuraciesOf(chart);
  if (accuracies.length === 0) return [0, 1];
  const [low, high] = [smallest(accuracies), largest(accuracies)];
  return low < high ? [low, high] : [Math.max(0, low - 0.05), Math.min(1, high + 0.05)];
}

/** The standard error of the best accuracy on as many rows; undefined if their number is not known. */
function standardError(chart: SweepChart): number | undefined {
  const accuracies = accuraciesOf(chart);
  if (chart.validationRows === undefined || accuracies.length === 0) return undefined;
  const best = largest(accuracies);
  return Math.sqrt((best * (1 - best)) / chart.validationRows);
}

/**
 * The accuracies at the ends of the colour scale. Where they differ by no more than chance, it is wider than they are,
 * so that all have nearly the same colour.
 */
export function scaleEnds(chart: SweepChart): [number, number] {
  const [low, high] = extent(chart);
  const missing = NOISE * (standardError(chart) ?? 0) - (high - low);
  if (missing <= 0) return [low, high];
  const wider = [low - missing / 2, high + missing / 2];
  return [Math.max(0, wider[0]), Math.min(1, wider[1])];
}

/** The colour scale with its title: right of the plot, or below it on a phone. */
export function colourScale(drawing: Drawing, dimension: number): { visualMap: object; title: object[] } {
  const { chart, theme, style } = drawing;
  const [min, max] = scaleEnds(chart);
  const error = standardError(chart);
  const chance = error === undefined ? [] : [`± ${accuracyText(error)} by chance`];
  const text = { color: theme.text, fontFamily: FONT, fontSize: 11 };
  const map = {
    type: 'continuous',
    min,
    max,
    dimension,
    precision: 3,
    calculable: false,
    inRange: { color: [...theme.scale] },
    textStyle: text,
  };
  const title = { textStyle: { ...text, fontWeight: 'normal', lineHeight: 14 } };
  const { main } = drawing;
  if (isNarrow(style)) {
    const bar = { orient: 'horizontal', left: 'center', bottom: 0, itemHeight: SCALE_LENGTH, itemWidth: 14 };
    const words = [ACCURACY, ...chance].join(', ');
    return {
      visualMap: { ...map, ...bar, text: [accuracyText(max), accuracyText(min)] },
      title: [...main, { ...title, text: words, left: 'center', bottom: 32, padding: 0 }],
    };
  }
  const lines = [...ACCURACY.split(' '), ...(chance.length > 0 ? [`± ${accuracyText(error ?? 0)}`, 'by chance'] : [])];
  const top = Math.round(style.height / 2 - SCALE_LENGTH / 2 - 24 - 14 * lines.length - 6);
  return {
    visualMap: {
      ...map,
      right: 8,
      top: 'middle',
      itemHeight: SCALE_LENGTH,
      text: [accuracyText(max), accuracyText(min)],
    },
    title: [...main, { ...title, text: lines.join('\n'), left: style.width - 8, textAlign: 'right', top, padding: 0 }],
  };
}

/** A value as an axis shows it; between two words there is nothing. */
export function valueText({ words }: SweepAxis, value: number): string {
  return words ? (words[value] ?? '') : settingText(value);
}

/** The scale of a setting's axis: words are evenly spaced; numbers end where the search did. */
export function scaleOf({ log, words, tried, range }: SweepAxis): Record<string, unknown> {
  if (words) return { type: 'value', min: 0, max: words.length - 1, interval: 1 };
  const [low, high] = range ?? [tried?.[0] ?? 0, tried?.at(-1) ?? 0];
  return { type: log ? 'log' : 'value', scale: true, ...(low < high && { min: low, max: high }) };
}

/** The ticks of a setting's axis: the values that were tried. */
export function ticksOf({ words, tried }: SweepAxis): { customValues?: readonly number[] } {
  return words || !tried || tried.length < 2 ? {} : { customValues: tried };
}

export function settingAxis(theme: Theme, setting: SweepAxis, side: 'x' | 'y', gap: number): Record<string, unknown> {
  const common = axis(theme, capitalized(setting.name), side, gap);
  const axisLabel = {
    ...(common.axisLabel as object),
    ...ticksOf(setting),
    hideOverlap: true,
    formatter: (value: number | string) => valueText(setting, Number(value)),
  };
  const axisTick = { ...(common.axisTick as object), ...ticksOf(setting) };
  return { ...common, axisLabel, axisTick, ...scaleOf(setting) };
}

/** The place of a plot, with or without a colour scale beside it or below. */
export function gridBox(
  { style, chart }: Drawing,
  { scale }: { readonly scale: boolean },
): { left: number; right: number; top: number; bottom: number } {
  // With a title, the legend fits beside it.
  const legend = chart.points.some(({ accuracy }) => accuracy === null) && !style.title ? 20 : 0;
  const narrow = isNarrow(style);
  return {
    left: narrow ? LEFT - 12 : LEFT,
    right: scale && !narrow ? SCALE_WIDTH : 24,
    top: titleHeight(style) + 8 + legend,
    bottom: BOTTOM + (scale && narrow ? SCALE_HEIGHT : 0),
  };
}

/** Explains the marks of combinations that diverged, if there are any. */
export function divergedLegend({ chart, style, theme }: Drawing): object {
  return {
    show: chart.points.some(({ accuracy }) => accuracy === null),
    data: [DIVERGED],
    top: style.title ? 10 : 0,
    right: 8,
    textStyle: { color: theme.text, fontFamily: FONT, fontSize: 12 },
  };
}
