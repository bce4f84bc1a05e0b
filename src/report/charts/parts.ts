/** Parts that several charts share. */
import type { EChartsCoreOption } from 'echarts/core';
import { largest, smallest } from '../../validation/long-lists.js';
import type { ChartStyle } from '../content/chart-data.js';
import { tickText } from '../content/numbers.js';
import { FONT, type Theme, themeOf } from './theme.js';

/** The background, font, title and description of every chart. */
export function frame(style: ChartStyle, description: string): { theme: Theme; base: EChartsCoreOption } {
  const theme = themeOf(style.dark);
  const base: EChartsCoreOption = {
    backgroundColor: theme.background,
    textStyle: { fontFamily: FONT, color: theme.text },
    animation: false,
    // For screen readers.
    aria: { enabled: true, label: { description: style.title ? `${style.title}: ${description}` : description } },
    ...(style.title && {
      title: {
        text: style.title,
        left: 'center',
        top: 8,
        textStyle: { color: theme.text, fontSize: 16, fontFamily: FONT, width: style.width - 32, overflow: 'truncate' },
      },
    }),
  };
  return { theme, base };
}

/** Below this width, as on a phone, colour scales are below a chart, and text is smaller. */
const NARROW = 520;

export function isNarrow({ width }: Pick<ChartStyle, 'width'>): boolean {
  return width < NARROW;
}

/** The height of the space above a chart, with its title if it has one. In pixels. */
export function titleHeight({ title }: ChartStyle): number {
  return title ? 36 : 8;
}

/** An axis with its name centred along it. */
export function axis(theme: Theme, name: string, side: 'x' | 'y', nameGap: number): Record<string, unknown> {
  return {
    name,
    nameLocation: 'middle',
    nameGap,
    nameRotate: side === 'y' ? 90 : 0,
    nameTextStyle: { color: theme.text, fontSize: 12, fontFamily: FONT },
    axisLabel: { color: theme.muted, fontSize: 11, fontFamily: FONT },
    axisLine: { show: true, lineStyle: { color: theme.muted } },
    axisTick: { show: true, lineStyle: { color: theme.muted } },
    splitLine: { lineStyle: { color: theme.line } },
  };
}

/** Ticks on a vertical axis, about. */
const TICKS = 5;

/** A vertical axis of values. */
export interface ValueAxis extends Readonly<Record<string, unknown>> {
  /** Its ends, where it has values. */
  readonly min?: number;
  readonly max?: number;
  readonly axisLabel: { readonly formatter?: (value: number) => string };
}

/** The axis of some values: it ends at round numbers around them, and its labels have as many decimals each. */
export function valueAxis(axis: Record<string, unknown>, values: readonly number[]): ValueAxis {
  const finite = values.filter((value) => Number.isFinite(value));
  const value = { ...axis, type: 'value', scale: true, axisLabel: axis.axisLabel as object };
  if (finite.length === 0) return value;
  const [low, high] = [smallest(finite), largest(finite)];
  // A single value has a tick on either side.
  const range = high - low || Math.abs(high) / 10 || 1;
  const step = roundStep(range / TICKS);
  const [min, max] = low < high ? [low, high] : [low - step, high + step];
  return {
    ...value,
    min: roundTo(Math.floor(min / step + 1e-9), step),
    max: roundTo(Math.ceil(max / step - 1e-9), step),
    interval: step,
    axisLabel: { ...value.axisLabel, formatter: tickText(step) },
  };
}

/** The round number at or above `step`: 1, 2 or 5 times a power of ten. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find((one) => one * power >= step * (1 - 1e-9)) ?? 10;
  return Number((factor * power).toPrecision(3));
}

/** `count` steps, without the last bits that a product adds. */
function roundTo(count: number, step: number): number {
  return Number((count * step).toPrecision(12));
}

/** The look of tooltips. */
export function tooltip(theme: Theme): Record<string, unknown> {
  return {
    backgroundColor: theme.background,
    borderColor: theme.line,
    textStyle: { color: theme.text, fontFamily: FONT, fontSize: 12 },
    confine: true,
  };
}
