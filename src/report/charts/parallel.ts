/** A search over three or more settings as parallel coordinates. */
import { accuracyText } from './numbers.js';
import { titleHeight } from './parts.js';
import {
  ACCURACY,
  colourScale,
  DIVERGED,
  type Drawing,
  divergedLegend,
  extent,
  SCALE_WIDTH,
  scaleOf,
  split,
  valueText,
} from './sweep-parts.js';
import { FONT } from './theme.js';

/** One line per combination, across one axis per setting and one for the accuracy. */
export function parallel(drawing: Drawing): object {
  const { chart, style, theme } = drawing;
  const { axes, points } = chart;
  const text = { color: theme.text, fontSize: 11, fontFamily: FONT, backgroundColor: theme.background, padding: 1 };
  const common = {
    nameTextStyle: { color: theme.text, fontSize: 12, fontFamily: FONT },
    nameGap: 14,
    axisLine: { lineStyle: { color: theme.muted } },
    axisTick: { lineStyle: { color: theme.muted } },
  };
  // Many axes are close together: put each word of their names on its own line.
  const many = axes.length > 3;
  const lines = (name: string) => (many ? name.replaceAll(' ', '\n') : name);
  const settings = axes.map((setting, dim) => ({
    ...common,
    dim,
    name: lines(setting.name),
    ...scaleOf(setting),
    axisLabel: { ...text, formatter: (value: number) => valueText(setting, value) },
  }));
  const [min, max] = extent(points);
  const accuracy = {
    ...common,
    dim: axes.length,
    name: lines(ACCURACY),
    type: 'value',
    scale: true,
    min,
    max,
    axisLabel: { ...text, formatter: (value: number) => accuracyText(value) },
  };
  const { judged, lost } = split(points);
  const series = { type: 'parallel', emphasis: { lineStyle: { width: 4, opacity: 1 } } };
  return {
    legend: { ...divergedLegend(drawing), icon: 'rect', itemHeight: 3 },
    parallel: { left: 64, right: SCALE_WIDTH + 56, top: titleHeight(style) + (many ? 76 : 52), bottom: 28 },
    parallelAxis: [...settings, accuracy],
    visualMap: { ...colourScale(drawing, axes.length), seriesIndex: 0 },
    series: [
      {
        ...series,
        name: ACCURACY,
        lineStyle: { width: 2, opacity: 0.85 },
        data: judged.map((point) => ({ point, value: [...point.values, point.accuracy] })),
      },
      {
        ...series,
        name: DIVERGED,
        color: theme.muted,
        lineStyle: { width: 1.5, opacity: 0.6, type: 'dashed' },
        data: lost.map((point) => ({ point, value: [...point.values, Number.NaN] })),
      },
    ],
  };
}
