/** A net as a drawing of its layers, like the article's figure 1. */
import { checkNumber, checkOptions } from '../../validation/check.js';
import { checkClassNames } from '../../validation/class-names.js';
import { wrongType } from '../../validation/errors.js';
import { largest } from '../../validation/long-lists.js';
import { FONT, type Theme, themeOf } from '../charts/theme.js';
import type { ChartStyle } from '../content/chart-data.js';
import { escapeHtml } from '../content/escape-html.js';
import { Picture } from './picture.js';
import { checkStyle, drawable, PLOT_OPTIONS, type PlotOptions } from './plot-options.js';

/** A net or a `Classifier`, or what is drawn of one. */
export interface Architecture {
  /** D, numbers per row. */
  readonly inputSize: number;
  /** H, hidden units. */
  readonly hiddenSize: number;
  /** C, classes. */
  readonly numClasses: number;
  /** The name of each class (C). */
  readonly classNames?: readonly string[] | undefined;
}

/** Options of {@link plotArchitecture}. */
export interface PlotArchitectureOptions extends PlotOptions {
  /**
   * Circles of a layer at most, 3 … 100: of a larger one the first and the last are drawn, and dots between them. Fewer
   * are drawn where the height does not suffice.
   * @defaultValue 10
   */
  units?: number;
  /**
   * The name of each class (C).
   * @defaultValue those of the net; for a net without, the class indices
   */
  classNames?: readonly string[];
}

/**
 * Draws a net as circles in three columns, inputs, hidden units and class scores, each joined to all of the next, with
 * the names and shapes of the parameters between them.
 *
 * @param net - a net, a `Classifier`, or its sizes
 * @throws TypeError or RangeError if an option is unknown or out of range, or if `net` is not a net; RangeError
 * `ERR_SHAPE` if `classNames` does not have one name per class
 * @example
 * await plotArchitecture(net).save('architecture.svg');
 */
export function plotArchitecture(net: Architecture, options: PlotArchitectureOptions = {}): Picture {
  const { units = 10 } = checkOptions(options, 'the options of plotArchitecture', [
    ...PLOT_OPTIONS,
    'units',
    'classNames',
  ]);
  checkNumber(units, 'units', { integer: true, min: 3, max: 100 });
  if (typeof net !== 'object' || net === null) throw wrongType('a net, or its sizes,', net);
  const { inputSize: D, hiddenSize: H, numClasses: C } = net;
  for (const [name, size] of Object.entries({ inputSize: D, hiddenSize: H, numClasses: C })) {
    checkNumber(size, name, { integer: true, min: 1 });
  }
  const { classNames = net.classNames } = options;
  if (classNames !== undefined) checkClassNames(classNames, C);
  const style = checkStyle(options, Math.max(260, 100 + 36 * Math.min(units, Math.max(D, H, C))));
  return new Picture(style.width, style.height, drawing({ D, H, C, classNames }, style, units));
}

interface Sizes {
  readonly D: number;
  readonly H: number;
  readonly C: number;
  readonly classNames: readonly string[] | undefined;
}

/** A circle's place in its layer: undefined for the dots that stand for all that are left out. */
type Slot = number | undefined;

/** A column of circles. */
interface Layer {
  readonly x: number;
  readonly slots: readonly Slot[];
  /** The centre of each slot. */
  readonly ys: readonly number[];
  readonly color: string;
  readonly title: string;
  readonly size: string;
}

/** Below this width, texts are shorter and smaller. */
const NARROW = 520;

function drawing({ D, H, C, classNames }: Sizes, style: ChartStyle, units: number): string {
  const { width, height, title, dark } = style;
  const theme = themeOf(dark);
  const narrow = width < NARROW;
  const font = narrow ? 10 : 13;
  const top = (title ? 40 : 10) + 3.4 * font;
  const bottom = height - (2.2 * font + 10);
  const most = Math.max(3, Math.min(units, Math.floor((bottom - top) / 14)));
  const slots = [D, H, C].map((size) => slotsOf(size, most));
  const gap = Math.min(48, (bottom - top) / largest(slots.map(({ length }) => length)));
  const radius = 0.36 * gap;

  const names = slots[2].map((c) => (c === undefined ? '' : cut(nameOf(c, classNames), 0.24 * width, font)));
  const numbers = slots[0].map((d) => (d === undefined ? '' : String(d + 1)));
  const left = 16 + Math.max(radius, 2.8 * font) + textWidth(longest(numbers), font);
  const right = width - 16 - Math.max(radius + 8 + textWidth(longest(names), font), 3.6 * font);
  const layer = (i: number, color: string, heading: string, size: string): Layer => ({
    x: left + (i * (right - left)) / 2,
    slots: slots[i],
    ys: slots[i].map((_, k) => (top + bottom) / 2 + (k - (slots[i].length - 1) / 2) * gap),
    color,
    title: heading,
    size,
  });
  const layers = [
    layer(0, theme.muted, narrow ? 'inputs' : 'input layer', `D = ${D}`),
    layer(1, theme.first, narrow ? 'ReLU' : 'hidden layer, ReLU', `H = ${H}`),
    layer(2, theme.second, narrow ? 'softmax' : 'output layer, softmax', `C = ${C}`),
  ] as const;
  const [inputs, hidden, outputs] = layers;
  const text = texts(theme, font);
  const headY = top - 2 * font;
  const description = `a net of ${D} inputs, ${H} hidden units and ${C} classes`;
  const shapes = (n: number, rows: number, columns: number) => {
    const whole = `W${n} (${rows}, ${columns}), b${n} (${columns})`;
    return textWidth(whole, font) < hidden.x - inputs.x ? whole : `W${n}, b${n}`;
  };
  const parts = [
    `<rect width="${width}" height="${height}" fill="${theme.background}"/>`,
    ...(title ? [text(width / 2, 24, cut(title, width - 32, 16), { size: 16, weight: 'bold' })] : []),
    edges(inputs, hidden, radius, theme),
    edges(hidden, outputs, radius, theme),
    ...layers.map((one) => circles(one, radius, theme)),
    ...layers.flatMap(({ x, title: heading, size }) => [
      text(clear(x, heading, width, font), headY, heading, { weight: 'bold' }),
      text(clear(x, heading, width, font), headY + 1.3 * font, size, { fill: theme.muted }),
    ]),
    text((inputs.x + hidden.x) / 2, height - 12, shapes(1, D, H)),
    text((hidden.x + outputs.x) / 2, height - 12, shapes(2, H, C)),
    ...numbers.map((number, k) =>
      text(inputs.x - radius - 8, inputs.ys[k] + 0.35 * font, number, { anchor: 'end', fill: theme.muted }),
    ),
    ...names.map((name, k) => text(outputs.x + radius + 8, outputs.ys[k] + 0.35 * font, name, { anchor: 'start' })),
  ];
  const label = escapeHtml(title ? `${title}: ${description}` : description);
  const head = `<svg width="${width}" height="${height}" role="img" aria-label="${label}"`;
  return `${head} xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">\n${parts.join('\n')}\n</svg>`;
}

/** The units of a layer that are drawn. */
function slotsOf(size: number, most: number): Slot[] {
  if (size <= most) return Array.from({ length: size }, (_, unit) => unit);
  return [...Array.from({ length: most - 2 }, (_, unit) => unit), undefined, size - 1];
}

/** Lines from each circle to all of the next layer. */
function edges(from: Layer, to: Layer, radius: number, theme: Theme): string {
  const lines: string[] = [];
  for (const [i, y1] of from.ys.entries()) {
    if (from.slots[i] === undefined) continue;
    for (const [k, y2] of to.ys.entries()) {
      if (to.slots[k] === undefined) continue;
      lines.push(`M${round(from.x + radius)} ${round(y1)}L${round(to.x - radius)} ${round(y2)}`);
    }
  }
  return `<path d="${lines.join('')}" fill="none" stroke="${theme.muted}" stroke-width="0.6" stroke-opacity="0.45"/>`;
}

function circles({ x, ys, slots, color }: Layer, radius: number, theme: Theme): string {
  return ys
    .map((y, k) => {
      if (slots[k] !== undefined) {
        return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${color}" fill-opacity="0.85"/>`;
      }
      const dot = (by: number) =>
        `<circle cx="${round(x)}" cy="${round(y + by * radius)}" r="${round(0.16 * radius)}" fill="${theme.text}"/>`;
      return dot(-0.7) + dot(0) + dot(0.7);
    })
    .join('');
}

interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly weight?: 'normal' | 'bold';
  readonly size?: number;
  readonly fill?: string;
}

/** Makes text elements; none of an empty text. */
function texts(theme: Theme, font: number) {
  return (x: number, y: number, content: string, style: TextStyle = {}): string => {
    if (content === '') return '';
    const { anchor = 'middle', weight = 'normal', size = font, fill = theme.text } = style;
    const looks = `font-family="${FONT}" font-size="${size}" font-weight="${weight}" fill="${fill}"`;
    const place = `transform="translate(${round(x)} ${round(y)})" text-anchor="${anchor}"`;
    return `<text ${place} ${looks}>${escapeHtml(content)}</text>`;
  };
}

function nameOf(c: number, classNames: readonly string[] | undefined): string {
  return drawable(classNames?.[c] ?? String(c)).replace(/\s+/g, ' ');
}

/** The middle of a text near `x` that stays inside the picture. */
function clear(x: number, content: string, width: number, font: number): number {
  const half = (1.12 * textWidth(content, font)) / 2 + 6;
  return Math.max(half, Math.min(width - half, x));
}

/** About the width of a text: no font is at hand to measure with. */
function textWidth(content: string, font: number): number {
  return [...content].reduce((sum, character) => sum + (character > '\u2e7f' ? 1.05 : 0.62) * font, 0);
}

/** The text, or as much of its start as fits, with an ellipsis. */
function cut(content: string, width: number, font: number): string {
  if (textWidth(content, font) <= width) return content;
  let kept = '';
  for (const character of content) {
    if (textWidth(`${kept}${character}…`, font) > width) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

function longest(names: readonly string[]): string {
  return names.reduce((found, name) => (textWidth(name, 1) > textWidth(found, 1) ? name : found), '');
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
