/** Charts for terminals without pictures: curves drawn with the dots of braille characters, with axes and a legend. */

import { largest } from '../../validation/long-lists.js';
import { CELL, DotGrid, type GridPoint, type Stroke, spansOf } from './dots.js';
import { type Range, rangeOf, type Tick, ticks, widened } from './ticks.js';

/** A curve. */
export interface BrailleSeries {
  /** The name in the legend. Each character counts as one column. */
  readonly name: string;
  /** The y values. Values that are not finite leave a gap in the line. */
  readonly values: readonly number[];
  /**
   * The x value of each y value. Values whose x is not finite are omitted.
   * @defaultValue 0, 1, 2 …
   */
  readonly x?: readonly number[];
}

/** Options of {@link brailleChart}. */
export interface BrailleChartOptions {
  /** The curves. Later curves are drawn over earlier ones. */
  readonly series: readonly BrailleSeries[];
  /** Columns of the whole chart; no line is wider. Values below 1 count as 1: terminals of unknown size report 0. */
  readonly width: number;
  /** Rows of the plot, without title, axis, labels and legend. Values below 1 count as 1. */
  readonly height: number;
  /** A title, centred above the plot. */
  readonly title?: string;
  /** The label of the x axis, such as `iteration`. */
  readonly xLabel: string;
  /** The label of the y axis, on a line above it. */
  readonly yLabel?: string;
  /**
   * The y values at the lower and upper edge of the plot; curves are clipped there.
   * @defaultValue the range of the values
   */
  readonly yRange?: Range;
  /**
   * Whether to distinguish the curves by ANSI colours of the 256-colour palette instead of dotted and dashed lines.
   * @defaultValue false
   */
  readonly color?: boolean;
}

/**
 * The colours nearest to Okabe and Ito's, which colour-blind readers can tell apart, that are visible on black and on
 * white.
 */
const COLORS = [31, 172, 36, 166, 74, 175];

/** The strokes without colour, with their description and sample in the legend. */
const STROKES: readonly (Stroke & { word: string; sample: string })[] = [
  { on: 1, off: 0, word: 'solid', sample: '⠤⠤⠤⠤' },
  { on: 1, off: 2, word: 'dotted', sample: '⠄⠠ ⠄' },
  { on: 4, off: 3, word: 'dashed', sample: '⠤⠤ ⠠' },
];

/** No terminal has more columns or rows than this. */
const LARGEST = 2000;
/** Larger numbers are clipped to this, so that differences do not overflow. */
const FARTHEST = 1e300;
/** The least width of the plot, in columns. If the tick labels leave less, they are omitted. */
const NARROWEST_PLOT = 8;
/** The text in an empty plot. */
const NO_VALUES = 'no values';
/** Rows and columns per tick, so that the labels do not touch. */
const TICK_ROWS = 2;
const TICK_COLUMNS = 10;

/** A point of a curve; a y of NaN is a gap. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** The layout of a chart: the points of the curves, the ranges of both axes, and the ticks. */
interface Plot {
  readonly curves: readonly (readonly Point[])[];
  readonly xRange: Range;
  readonly yRange: Range;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** Columns left of the plot: tick labels, a space and the axis; 1 for only the axis, 0 if there is no room for it. */
  readonly gutter: number;
  /** Columns and rows of the plot itself. */
  readonly columns: number;
  readonly rows: number;
}

/**
 * Draws curves as lines of text, with 2 × 4 dots per character. The lines have no line ends and no trailing spaces.
 *
 * Values that are close together are drawn as the range from lowest to highest in each column of dots, so that the
 * noise of a raw loss is visible; those farther apart are joined by lines. The last curve is on top of the others.
 */
export function brailleChart(options: BrailleChartOptions): string[] {
  const { series, title, xLabel, yLabel, color = false } = options;
  const width = size(options.width);
  const plot = layOut(options, width);
  const { gutter, columns } = plot;
  const lines = [
    ...(title ? [centred(title, gutter, columns, width)] : []),
    ...(yLabel ? [shortened(yLabel, width)] : []),
    ...plotLines(plot, color),
    ...xAxisLines(plot, width),
    ...(xLabel ? [centred(xLabel, gutter, columns, width)] : []),
    ...legendLines(series, gutter, width, color),
  ];
  return lines.map((line) => line.trimEnd());
}

function size(value: number): number {
  return Math.min(LARGEST, Math.max(1, Math.floor(value) || 1));
}

function layOut({ series, height, yRange: wanted }: BrailleChartOptions, width: number): Plot {
  const curves = series.map(pointsOf);
  const points = curves.flat().filter(({ y }) => !Number.isNaN(y));
  const xs = points.map(({ x }) => x);
  const integers = xs.every(Number.isInteger);
  const xRange = rangeOf(xs, integers) ?? [0, 1];
  const yRange =
    wanted?.every(Number.isFinite) === true
      ? widened([limited(wanted[0]), limited(wanted[1])])
      : (rangeOf(points.map(({ y }) => y)) ?? [0, 1]);
  const rows = size(height);
  const yTicks = points.length > 0 ? ticks(yRange, Math.max(2, rows / TICK_ROWS)) : [];
  const numbers = Math.max(0, largest(yTicks.map(({ label }) => label.length))) + 2;
  const gutter = width >= numbers + NARROWEST_PLOT ? numbers : width > 2 ? 1 : 0;
  const columns = width - gutter;
  const xTicks = points.length > 0 ? ticks(xRange, Math.max(2, columns / TICK_COLUMNS), integers ? 1 : 0) : [];
  return { curves, xRange, yRange, xTicks, yTicks, gutter, columns, rows };
}

/** The points of a curve, sorted by x. */
function pointsOf({ values, x }: BrailleSeries): Point[] {
  return Array.from(values, (value, i) => ({
    x: x ? limited(x[i] ?? Number.NaN) : i,
    y: limited(value),
  }))
    .filter((point) => !Number.isNaN(point.x))
    .sort((a, b) => a.x - b.x);
}

/** Clips a finite number to the drawable range; NaN for any other. */
function limited(value: number): number {
  return Number.isFinite(value) ? Math.max(-FARTHEST, Math.min(FARTHEST, value)) : Number.NaN;
}

function plotLines(plot: Plot, color: boolean): string[] {
  const { yTicks, gutter, columns, rows, yRange } = plot;
  const grid = draw(plot, color);
  const labels = new Map(yTicks.map(({ value, label }) => [cellOf(rowIn(value, yRange, rows), CELL.down), label]));
  return Array.from({ length: rows }, (_, row) => {
    const label = labels.get(row);
    const axis = label === undefined ? '│' : '┤';
    const left = gutter === 0 ? '' : gutter === 1 ? axis : `${(label ?? '').padStart(gutter - 2)} ${axis}`;
    const empty = yTicks.length === 0 && row === Math.floor(rows / 2);
    return left + (empty ? centred(NO_VALUES, 0, columns, columns) : rowOfGrid(grid, row, color));
  });
}

function draw({ curves, xRange, yRange, columns, rows }: Plot, color: boolean): DotGrid {
  const grid = new DotGrid(columns, rows);
  for (const [i, points] of curves.entries()) {
    const onGrid = points.map(
      ({ x, y }): GridPoint => ({
        column: Math.round(columnIn(x, xRange, columns)),
        row: rowIn(y, yRange, rows),
      }),
    );
    const stroke = color ? STROKES[0] : STROKES[i % STROKES.length];
    const clear = i === 0 ? 'nothing' : color ? 'cells' : 'halo';
    grid.draw(spansOf(onGrid, columns * CELL.across), i, stroke, clear);
  }
  return grid;
}

/** The dot column of a number: 0 for the lower end of the range, the last for the upper. */
function columnIn(x: number, [low, high]: Range, columns: number): number {
  return ((x - low) / (high - low)) * (columns * CELL.across - 1);
}

/** The dot row of a number: 0 for the upper end of the range, the last for the lower. */
function rowIn(y: number, [low, high]: Range, rows: number): number {
  return ((high - y) / (high - low)) * (rows * CELL.down - 1);
}

/** The character cell that contains a dot. */
function cellOf(dot: number, dotsInCell: number): number {
  return Math.floor(Math.round(dot) / dotsInCell);
}

/** A row of the plot. With colours, each run of one colour has one escape sequence. */
function rowOfGrid(grid: DotGrid, row: number, color: boolean): string {
  const characters = Array.from({ length: grid.columns }, (_, column) => grid.characterAt(column, row));
  if (!color) return characters.join('');
  const end = characters.findLastIndex((character) => character !== ' ') + 1;
  let line = '';
  for (let column = 0, owner = -1; column < end; column++) {
    const next = characters[column] === ' ' ? owner : grid.ownerAt(column, row);
    if (next !== owner) line += ink(next);
    owner = next;
    line += characters[column];
  }
  return line === '' ? '' : `${line}${NO_INK}`;
}

const NO_INK = '\x1b[39m';

function ink(curve: number): string {
  return `\x1b[38;5;${COLORS[curve % COLORS.length]}m`;
}

/** The x axis and its labels, each below its tick. A label that would touch another is omitted with its tick. */
function xAxisLines({ xTicks, xRange, gutter, columns }: Plot, width: number): string[] {
  if (gutter === 0) return [];
  const axis = Array.from({ length: columns }, () => '─');
  let numbers = '';
  for (const { value, label } of xTicks) {
    const column = cellOf(columnIn(value, xRange, columns), CELL.across);
    const start = Math.max(0, Math.min(width - label.length, gutter + column - Math.floor(label.length / 2)));
    if (label.length > width || (numbers !== '' && start <= numbers.length)) continue;
    axis[column] = '┬';
    numbers = numbers.padEnd(start) + label;
  }
  return [`${' '.repeat(gutter - 1)}└${axis.join('')}`, ...(numbers === '' ? [] : [numbers])];
}

/** The legend, with as many names per line as fit. */
function legendLines(series: readonly BrailleSeries[], gutter: number, width: number, color: boolean): string[] {
  const lines: { text: string; length: number }[] = [];
  for (const [i, { name }] of series.entries()) {
    const { sample, word } = STROKES[color ? 0 : i % STROKES.length];
    const label = color || series.length === 1 ? name : `${name} (${word})`;
    const indent = gutter + label.length + sample.length + 1 <= width ? gutter : 0;
    const entry = shortened(`${sample} ${label}`, width - indent);
    const text = color ? `${ink(i)}${entry.slice(0, sample.length)}${NO_INK}${entry.slice(sample.length)}` : entry;
    const line = lines.at(-1);
    if (line && line.length + 3 + entry.length <= width) {
      line.text += `   ${text}`;
      line.length += 3 + entry.length;
    } else {
      lines.push({ text: `${' '.repeat(indent)}${text}`, length: indent + entry.length });
    }
  }
  return lines.map(({ text }) => text);
}

/** Centres `text` over the plot, as far as there is room. */
function centred(text: string, gutter: number, columns: number, width: number): string {
  const short = shortened(text, width);
  const start = gutter + Math.floor((columns - short.length) / 2);
  return ' '.repeat(Math.max(0, Math.min(width - short.length, start))) + short;
}

/** Cuts `text` to `width` characters and removes control characters, which a terminal would obey. */
function shortened(text: string, width: number): string {
  const shown = text.replace(/\p{Cc}/gu, '�');
  return shown.length <= width ? shown : `${shown.slice(0, Math.max(0, width - 1))}…`;
}
