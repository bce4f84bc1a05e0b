/** A search over two settings, all of whose values were combined: one cell per combination. */

import { largest } from '../../validation/long-lists.js';
import { capitalized, spreadText } from '../content/numbers.js';
import { axis } from './parts.js';
import { colourScale, DIVERGED, type Drawing, gridBox, scaleEnds, valuesOf, valueText } from './sweep-parts.js';
import { FONT, isLightShade } from './theme.js';

/** The approximate size of a letter in the cells' labels, in pixels. */
const LETTER = { width: 6.8, height: 14 };

/** The cells are evenly spaced, whatever the distances between the values. */
export function heatMap(drawing: Drawing): object {
  const { chart, theme } = drawing;
  const [low, high] = scaleEnds(chart);
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
    ...axis(theme, capitalized(chart.axes[i].name), side, gap),
    type: 'category',
    data: values[i].map((value) => valueText(chart.axes[i], value)),
    splitLine: { show: false },
  });
  return {
    grid: { ...gridBox(drawing, { scale: true }), outerBoundsMode: 'none' },
    xAxis: category(0, 'x', 32),
    yAxis: category(1, 'y', 56),
    ...colourScale(drawing, 2),
    series: {
      type: 'heatmap',
      data: cells,
      itemStyle: { borderColor: theme.background, borderWidth: 1 },
      label: { show: labelsFit(drawing, values), fontFamily: FONT, fontSize: 11 },
      emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 2 } },
    },
  };
}

/** Whether the labels fit into the cells. */
function labelsFit(drawing: Drawing, [columns, rows]: readonly number[][]): boolean {
  const { chart, style } = drawing;
  const { left, right, top, bottom } = gridBox(drawing, { scale: true });
  const longest = largest(
    chart.points.map(
      ({ accuracy, deviation }) => (accuracy === null ? DIVERGED : spreadText(accuracy, deviation)).length,
    ),
  );
  const [width, height] = [(style.width - left - right) / columns.length, (style.height - top - bottom) / rows.length];
  return width >= longest * LETTER.width && height >= LETTER.height;
}
