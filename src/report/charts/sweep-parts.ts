/** What the charts of a search have in common. */

import { largest, smallest } from '../../validation/long-lists.js';
import type { ChartStyle, SweepAxis, SweepChart, SweepPoint } from '../content/chart-data.js';
import { accuracyText, settingText } from './numbers.js';
import { axis, titleHeight } from './parts.js';
import { FONT, type Theme } from './theme.js';

/** A chart to draw, and how. */
export interface Drawing {
  readonly chart: SweepChart;
  readonly style: ChartStyle;
  readonly theme: Theme;
}

export const ACCURACY = 'Validation accuracy';
export const DIVERGED = 'diverged';
/** The mark of a combination that diverged: two strokes. */
export const CROSS = 'path://M0,1L1,0L5,4L9,0L10,1L6,5L10,9L9,10L5,6L1,10L0,9L4,5Z';
/** Space right of a plot, for the colour scale. */
export const SCALE_WIDTH = 96;
/** Space left of a plot and below it, for ticks and the axis name. */
const LEFT = 82;
const BOTTOM = 58;

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

/** The range of the accuracies, widened if it is empty. */
export function extent(points: readonly SweepPoint[]): [number, number] {
  const accuracies = points.map(({ accuracy }) => accuracy).filter((accuracy) => accuracy !== null);
  if (accuracies.length === 0) return [0, 1];
  const [low, high] = [smallest(accuracies), largest(accuracies)];
  return low < high ? [low, high] : [Math.max(0, low - 0.05), Math.min(1, high + 0.05)];
}

export function colourScale({ chart, theme }: Drawing, dimension: number): object {
  const [min, max] = extent(chart.points);
  return {
    type: 'continuous',
    min,
    max,
    dimension,
    precision: 3,
    right: 8,
    top: 'middle',
    itemHeight: 140,
    text: [accuracyText(max), accuracyText(min)],
    calculable: false,
    inRange: { color: [...theme.scale] },
    textStyle: { color: theme.text, fontFamily: FONT, fontSize: 11 },
  };
}

/** A value as an axis shows it; between two words there is nothing. */
export function valueText({ words }: SweepAxis, value: number): string {
  return words ? (words[value] ?? '') : settingText(value);
}

/** The scale of a setting's axis: words are evenly spaced. */
export function scaleOf({ log, words }: SweepAxis): Record<string, unknown> {
  if (words) return { type: 'value', min: 0, max: words.length - 1, interval: 1 };
  return { type: log ? 'log' : 'value', scale: true };
}

export function settingAxis(theme: Theme, setting: SweepAxis, side: 'x' | 'y', gap: number): Record<string, unknown> {
  const common = axis(theme, setting.name, side, gap);
  const axisLabel = {
    ...(common.axisLabel as object),
    formatter: (value: number | string) => valueText(setting, Number(value)),
  };
  return { ...common, axisLabel, ...scaleOf(setting) };
}

export function gridBox(
  { style, chart }: Drawing,
  right: number,
): { left: number; right: number; top: number; bottom: number } {
  // With a title, the legend fits beside it.
  const legend = chart.points.some(({ accuracy }) => accuracy === null) && !style.title ? 20 : 0;
  return { left: LEFT, right, top: titleHeight(style) + 8 + legend, bottom: BOTTOM };
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
