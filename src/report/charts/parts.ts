/** Parts that several charts share. */
import type { EChartsCoreOption } from 'echarts/core';
import type { ChartStyle } from '../content/chart-data.js';
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

/** The look of tooltips. */
export function tooltip(theme: Theme): Record<string, unknown> {
  return {
    backgroundColor: theme.background,
    borderColor: theme.line,
    textStyle: { color: theme.text, fontFamily: FONT, fontSize: 12 },
    confine: true,
  };
}
