// A small chart of a few curves, or of a few groups of bars, in the style of the reports.
import { axis, frame, titleHeight, valueAxis } from '../../src/report/charts/parts.ts';
import { renderOption } from '../../src/report/charts/render.ts';
import { FONT } from '../../src/report/charts/theme.ts';
import { capitalized, settingText } from '../../src/report/content/numbers.ts';

/** From M. Okabe and K. Ito, "Color Universal Design" (2008), as the reports' colours. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9'];
/** Curves differ in more than their colours. */
const DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3], [3, 3]];
const SYMBOLS = ['circle', 'triangle', 'rect', 'diamond', 'arrow'];

const WIDTH = 520;
const HEIGHT = 300;
const LEGEND = 26;

/**
 * Curves.
 *
 * @param title - what the picture shows, in one line
 * @param x - `{ name }` of the axis, with `log: true` for a logarithmic one
 * @param y - the same
 * @param curves - each `{ name, points: [x, y][] }`; points without a finite y are left out
 * @param options - `symbols`: whether points are marked; `mark`: a vertical line `{ x, name }`
 * @returns the picture, and what it shows in words
 */
export function lines(title, x, y, curves, { symbols = false, mark } = {}) {
  const shown = curves.map(({ name, points }) => ({
    name,
    points: points.filter(([, value]) => Number.isFinite(value)),
  }));
  const series = shown.map(({ name, points }, i) => ({
    type: 'line',
    name,
    data: points,
    color: COLOURS[i],
    symbol: symbols ? SYMBOLS[i] : 'none',
    symbolSize: 7,
    lineStyle: { width: 2, type: DASHES[i] },
  }));
  if (mark) series.push(verticalLine(mark, shown));
  return {
    svg: picture(title, x, y, series, shown),
    says: shown.map(({ name, points }) => `${name}: ${ends(points)}`),
  };
}

/** Groups of bars: `bars` are `{ name, values }`, with a value for each of the `groups`. */
export function bars(title, groups, y, bars) {
  const series = bars.map(({ name, values }, i) => ({
    type: 'bar',
    name,
    data: values,
    color: COLOURS[i],
    barGap: '10%',
    label: { show: true, position: 'top', fontFamily: FONT, fontSize: 11, formatter: ({ value }) => value.toFixed(2) },
  }));
  const says = bars.map(({ name, values }) => `${name}: ${values.map((value) => value.toFixed(3)).join(', ')}`);
  return { svg: picture(title, { name: '', groups }, y, series, bars), says };
}

function picture(title, x, y, series, named) {
  const style = { width: WIDTH, height: HEIGHT, dark: false, title };
  const names = named.map(({ name }) => name);
  const { theme, base } = frame(style, `${y.name}${x.name ? ` by ${x.name}` : ''}: ${names.join(', ')}`);
  const top = titleHeight(style) + LEGEND;
  const heights = named.flatMap(({ points, values }) => values ?? points.map(([, value]) => value));
  const ends = [y.min, y.max].filter((end) => end !== undefined);
  const upright = axis(theme, capitalized(y.name), 'y', 46);
  return renderOption(
    {
      ...base,
      title: { ...base.title, textStyle: { ...base.title.textStyle, fontSize: 14, width: WIDTH - 16 } },
      legend: {
        data: names,
        left: 'center',
        top: titleHeight(style) - 4,
        itemWidth: 28,
        itemGap: 26,
        textStyle: { color: theme.text, fontFamily: FONT, fontSize: 12 },
      },
      grid: { left: 68, right: 24, top: top + 8, bottom: x.name ? 50 : 32, outerBoundsMode: 'none' },
      xAxis: { ...scaled(axis(theme, capitalized(x.name), 'x', 28), x), splitLine: { show: false } },
      yAxis: y.log ? scaled(upright, y) : { ...valueAxis(upright, [...heights, ...ends]), ...endsOf(y) },
      series,
    },
    style,
  );
}

/** An axis of words, or of numbers that are as short as they can be. */
function scaled(axis, { groups, log, ...ends }) {
  if (groups) return { ...axis, type: 'category', data: groups };
  const axisLabel = { ...axis.axisLabel, formatter: settingText };
  return { ...axis, axisLabel, type: log ? 'log' : 'value', scale: true, ...endsOf(ends) };
}

function endsOf({ min, max }) {
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

/** A vertical line with its name beside it. */
function verticalLine({ x, name }, curves) {
  const heights = curves.flatMap(({ points }) => points.map(([, value]) => value));
  return {
    type: 'line',
    data: [
      [x, Math.min(...heights)],
      { value: [x, Math.max(...heights)], label: { show: true, formatter: name, position: 'right', fontFamily: FONT } },
    ],
    symbol: 'circle',
    symbolSize: 1,
    color: '#4b535d',
    lineStyle: { width: 1, type: 'dashed' },
  };
}

/** The first, the best and the last of a curve. */
function ends(points) {
  const text = ([x, y]) => `${y.toPrecision(3)} at ${Number(x.toPrecision(3))}`;
  const sorted = points.toSorted(([, a], [, b]) => a - b);
  const range = `lowest ${text(sorted[0])}, highest ${text(sorted.at(-1))}`;
  return `first ${text(points[0])}, ${range}, last ${text(points.at(-1))}`;
}
