/** The options that all charts have. */
import { checkNumber, type NumberRule } from '../../validation/check.js';
import { wrongType } from '../../validation/errors.js';
import type { ChartStyle } from '../content/chart-data.js';

/** Options of every chart. */
export interface PlotOptions {
  /**
   * Width in pixels, 200 … 10 000.
   * @defaultValue 760
   */
  width?: number;
  /**
   * Height in pixels, 200 … 10 000.
   * @defaultValue depends on the chart
   */
  height?: number;
  /**
   * The title above the chart.
   * @defaultValue none
   */
  title?: string;
  /**
   * Whether to draw light text on a dark background.
   * @defaultValue false
   */
  dark?: boolean;
}

/** The names of the {@link PlotOptions}. */
export const PLOT_OPTIONS = ['width', 'height', 'title', 'dark'] as const;

/** The sizes that a picture may have. */
export const SIZE = { integer: true, min: 200, max: 10_000 } as const satisfies NumberRule;

/**
 * Checks the options and puts the defaults in place.
 *
 * @throws TypeError or RangeError
 */
export function checkStyle(options: PlotOptions, defaultHeight: number, defaultWidth = 760): ChartStyle {
  const { title, dark = false, width = defaultWidth, height = defaultHeight } = options;
  checkNumber(width, 'width', SIZE);
  checkNumber(height, 'height', SIZE);
  if (title !== undefined && typeof title !== 'string') throw wrongType('a string for title', title);
  if (typeof dark !== 'boolean') throw wrongType('true or false for dark', dark);
  return { width, height, dark, title: title && drawable(title) };
}

/** Replaces characters that XML does not allow: control characters and lone surrogates. */
export function drawable(name: string): string {
  return name.replace(/[^\P{Cc}\t\n\r]|\p{Cs}|[\uFFFE\uFFFF]/gu, '\uFFFD');
}
