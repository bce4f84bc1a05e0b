/** A search over three or more settings as parallel coordinates. */
import { capitalized } from '../content/numbers.js';
import { isNarrow, titleHeight, valueAxis } from './parts.js';
import {
  ACCURACY,
  colourScale,
  DIVERGED,
  type Drawing,
  divergedLegend,
  SCALE_HEIGHT,
  SCALE_WIDTH,
  scaleEnds,
  scaleOf,
  split,
  ticksOf,
  valueText,
} from './sweep-parts.js';
import { FONT } from './theme.js';

/**
 * One line per combination, across one axis per setting and one for the accuracy: side by side, or one below the other
 * on a phone. Labels are drawn above the lines.
 */
export function parallel(drawing: Drawing): object {
  const { chart, theme } = drawing;
  const { judged, lost } = split(chart.points);
  const series = { type: 'parallel', emphasis: { lineStyle: { width: 4, opacity: 1 } } };
  const scale = colourScale(drawing, chart.axes.length);
  return {
    legend: { ...divergedLegend(drawing), icon: 'rect', itemHeight: 3 },
    ...scale,
    ...axesOf(drawing),
    visualMap: { ...scale.visualMap, seriesIndex: 0 },
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

/** The axes, and their place. */
function axesOf(drawing: Drawing): object {
  const { chart, style, theme } = drawing;
  const { axes } = chart;
  const narrow = isNarrow(style);
  const ground = { backgroundColor: theme.background, padding: [1, 3] };
  const text = { color: theme.text, fontSize: 11, fontFamily: FONT, ...ground, hideOverlap: true };
  const line = { lineStyle: { color: theme.muted } };
  const nameTextStyle = { color: theme.text, fontSize: 12, lineHeight: 15, fontFamily: FONT, ...(narrow && ground) };
  // On a phone, a name is below its axis; elsewhere above it.
  const place = narrow ? { nameLocation: 'middle', nameGap: 22 } : { nameGap: 14 };
  const common = { ...place, nameTextStyle, axisLine: line, axisTick: line, z: 20 };
  // Many axes side by side are close together: put each word of their names on its own line.
  const many = axes.length > 3 && !narrow;
  const nameOf = (name: string) => (many ? name.replaceAll(' ', '\n') : name);
  const settings = axes.map((setting, dim) => ({
    ...common,
    dim,
    name: nameOf(capitalized(setting.name)),
    ...scaleOf(setting),
    axisTick: { ...line, ...ticksOf(setting) },
    axisLabel: { ...text, ...ticksOf(setting), formatter: (value: number) => valueText(setting, value) },
  }));
  const accuracy = valueAxis(
    { ...common, dim: axes.length, name: nameOf(ACCURACY), axisLabel: text },
    scaleEnds(chart),
  );
  const top = titleHeight(style) + (many ? 76 : 52);
  return {
    parallel: narrow
      ? { layout: 'vertical', left: 28, right: 28, top: titleHeight(style) + 24, bottom: SCALE_HEIGHT + 56 }
      : { left: 64, right: SCALE_WIDTH + 56, top, bottom: 28 },
    parallelAxis: [...settings, accuracy],
  };
}
