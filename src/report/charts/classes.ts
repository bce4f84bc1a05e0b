/** Charts of a net's performance on each class. */
import type { EChartsCoreOption } from 'echarts/core';
import type { ChartStyle, ClassAccuracyChart, ConfusionChart } from '../content/chart-data.js';
import { escapeHtml } from '../content/escape-html.js';
import { accuracyText, countText, percentText } from '../content/numbers.js';
import { roomFor } from './class-names.js';
import { axis, frame, isNarrow, titleHeight, tooltip } from './parts.js';
import { FONT, isLightShade, type Theme } from './theme.js';

const SCALE_LENGTH = 140;
/** The largest number of classes whose counts are written into the cells; more would be unreadable. */
const MOST_COUNTS = 100;
/** The largest number of classes among whose counts zeros are written; among more, they hide the others. */
const MOST_ZEROS = 10;
/** The least width of a cell whose count is written into it. */
const LEAST_CELL = 15;

/** The confusion matrix: shades show each cell's fraction of its row, numbers the counts. */
export function confusionOption({ confusion, classNames }: ConfusionChart, style: ChartStyle): EChartsCoreOption {
  const { theme, base } = frame(style, 'how many rows of each true class were predicted as each class');
  const narrow = isNarrow(style);
  const names = classNames.map((name) => (name === '' ? ' ' : name));
  const cells = confusion.flatMap((counts, label) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count, predicted) => {
      const fraction = total === 0 ? 0 : count / total;
      return {
        value: [predicted, label, fraction],
        count,
        label: { color: isLightShade(fraction) ? '#1b1f24' : '#ffffff' },
      };
    });
  });
  type Cell = { data: (typeof cells)[number] };
  const room = roomFor(names, style);
  const nameStyle = { width: room.width, overflow: 'truncate', interval: 0, fontSize: room.fontSize };
  const category = (name: string, side: 'x' | 'y', gap: number) => {
    const common = axis(theme, name, side, gap);
    const axisLabel = { ...(common.axisLabel as object), ...nameStyle, rotate: side === 'x' ? room.rotate : 0 };
    return { ...common, type: 'category', data: names, axisLabel, splitLine: { show: false } };
  };
  const grid = { left: room.width + 36, right: narrow ? 8 : 84, top: titleHeight(style) + 4, bottom: room.below + 26 };
  const cell = (style.width - grid.left - grid.right) / names.length;
  return {
    ...base,
    title: [base.title ?? [], scaleTitle(theme, style)].flat(),
    tooltip: {
      ...tooltip(theme),
      formatter: ({ data: { value, count } }: Cell) =>
        `${escapeHtml(names[value[1]])} predicted as ${escapeHtml(names[value[0]])}<br>` +
        `<b>${countText(count)}</b> (${percentText(value[2], 1)} of this class)`,
    },
    grid: { ...grid, outerBoundsMode: 'none' },
    xAxis: category('Predicted class', 'x', room.below),
    yAxis: { ...category('True class', 'y', room.width + 14), inverse: true },
    visualMap: {
      show: !narrow,
      type: 'continuous',
      min: 0,
      max: 1,
      precision: 2,
      dimension: 2,
      right: 8,
      top: 'middle',
      itemHeight: SCALE_LENGTH,
      text: [percentText(1), percentText(0)],
      textStyle: { color: theme.text, fontFamily: FONT, fontSize: 11 },
      inRange: { color: theme.scale },
    },
    series: {
      type: 'heatmap',
      data: cells,
      emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 1 } },
      label: {
        show: names.length <= MOST_COUNTS && cell >= LEAST_CELL,
        formatter: ({ data: { count } }: Cell) => (count === 0 && names.length > MOST_ZEROS ? '' : String(count)),
        fontFamily: FONT,
        fontSize: narrow ? 9 : 11,
      },
    },
  };
}

/** What the colours mean, above their scale; none on a phone, which has no room for the scale. */
function scaleTitle(theme: Theme, style: ChartStyle): object[] {
  if (isNarrow(style)) return [];
  const textStyle = { color: theme.text, fontFamily: FONT, fontSize: 11, fontWeight: 'normal', lineHeight: 14 };
  const top = Math.round(style.height / 2 - SCALE_LENGTH / 2 - 58);
  return [{ text: 'Share of the\ntrue class', left: style.width - 8, textAlign: 'right', top, padding: 0, textStyle }];
}

/** The accuracy of each class, as bars. */
export function classAccuracyOption(chart: ClassAccuracyChart, style: ChartStyle): EChartsCoreOption {
  const { theme, base } = frame(style, 'the fraction of correct predictions in each class');
  const names = axis(theme, '', 'y', 0);
  const { width, fontSize } = roomFor(chart.classNames, style);
  const axisLabel = { ...(names.axisLabel as object), width, overflow: 'truncate', interval: 0, fontSize };
  return {
    ...base,
    tooltip: {
      ...tooltip(theme),
      formatter: ({ name, data }: Bar) => `${escapeHtml(name)}: <b>${barText(data.accuracy)}</b>`,
    },
    grid: { left: width + 20, right: 52, top: titleHeight(style), bottom: 48, outerBoundsMode: 'none' },
    xAxis: { ...axis(theme, 'Accuracy', 'x', 26), type: 'value', min: 0, max: 1 },
    yAxis: {
      ...names,
      axisLabel,
      type: 'category',
      data: [...chart.classNames],
      inverse: true,
      splitLine: { show: false },
    },
    series: {
      type: 'bar',
      data: chart.classAccuracy.map((accuracy) => ({ value: accuracy ?? 0, accuracy })),
      color: theme.first,
      barMaxWidth: 22,
      label: {
        show: true,
        position: 'right',
        color: theme.text,
        fontFamily: FONT,
        fontSize: 11,
        formatter: ({ data }: Bar) => barText(data.accuracy),
      },
    },
  };
}

/** A bar as ECharts passes it to formatters. */
interface Bar {
  readonly name: string;
  readonly data: { readonly accuracy: number | null };
}

function barText(accuracy: number | null): string {
  return accuracy === null ? 'no rows' : accuracyText(accuracy);
}
