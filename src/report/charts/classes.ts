/** Charts of a net's performance on each class. */
import type { EChartsCoreOption } from 'echarts/core';
import type { ChartStyle, ClassAccuracyChart, ConfusionChart } from '../content/chart-data.js';
import { escapeHtml } from '../content/escape-html.js';
import { accuracyText } from './numbers.js';
import { axis, frame, titleHeight, tooltip } from './parts.js';
import { FONT, isLightShade } from './theme.js';

/** Width of a class name on an axis; longer names are cut there and shown in full in the tooltip. */
const NAME_WIDTH = 92;
/** The largest number of classes whose counts are written into the cells; more would be unreadable. */
const MOST_COUNTS = 100;
/** Below this width, as on a phone, a chart omits its colour scale and uses smaller text. */
const NARROW = 520;

/** The confusion matrix: shades show each cell's fraction of its row, numbers the counts. */
export function confusionOption({ confusion, classNames }: ConfusionChart, style: ChartStyle): EChartsCoreOption {
  const { theme, base } = frame(style, 'how many rows of each true class were predicted as each class');
  const narrow = style.width < NARROW;
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
  const nameStyle = { width: NAME_WIDTH, overflow: 'truncate', interval: 0 };
  const category = (name: string, side: 'x' | 'y', gap: number) => {
    const common = axis(theme, name, side, gap);
    const axisLabel = { ...(common.axisLabel as object), ...nameStyle, rotate: side === 'x' ? 40 : 0 };
    return { ...common, type: 'category', data: names, axisLabel, splitLine: { show: false } };
  };
  return {
    ...base,
    tooltip: {
      ...tooltip(theme),
      formatter: ({ data: { value, count } }: Cell) =>
        `${escapeHtml(names[value[1]])} predicted as ${escapeHtml(names[value[0]])}<br>` +
        `<b>${count}</b> (${(100 * value[2]).toFixed(1)} % of this class)`,
    },
    grid: {
      left: narrow ? 112 : 128,
      right: narrow ? 8 : 84,
      top: titleHeight(style) + 4,
      bottom: 104,
      outerBoundsMode: 'none',
    },
    xAxis: category('Predicted class', 'x', 78),
    yAxis: { ...category('True class', 'y', narrow ? 96 : 106), inverse: true },
    visualMap: {
      show: !narrow,
      type: 'continuous',
      min: 0,
      max: 1,
      precision: 2,
      dimension: 2,
      right: 8,
      top: 'middle',
      itemHeight: 140,
      text: ['100 %', '0 %'],
      textStyle: { color: theme.text, fontFamily: FONT, fontSize: 11 },
      inRange: { color: theme.scale },
    },
    series: {
      type: 'heatmap',
      data: cells,
      emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 1 } },
      label: {
        show: names.length <= MOST_COUNTS,
        formatter: ({ data }: Cell) => String(data.count),
        fontFamily: FONT,
        fontSize: narrow ? 9 : 11,
      },
    },
  };
}

/** The accuracy of each class, as bars. */
export function classAccuracyOption(chart: ClassAccuracyChart, style: ChartStyle): EChartsCoreOption {
  const { theme, base } = frame(style, 'the fraction of correct predictions in each class');
  const names = axis(theme, '', 'y', 0);
  const axisLabel = { ...(names.axisLabel as object), width: NAME_WIDTH, overflow: 'truncate', interval: 0 };
  return {
    ...base,
    tooltip: {
      ...tooltip(theme),
      formatter: ({ name, data }: Bar) => `${escapeHtml(name)}: <b>${barText(data.accuracy)}</b>`,
    },
    grid: { left: 112, right: 52, top: titleHeight(style), bottom: 48, outerBoundsMode: 'none' },
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
