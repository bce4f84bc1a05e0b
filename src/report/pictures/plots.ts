/** Charts as pictures. */
import type { ModelHistory } from '../../model/model-types.js';
import type { SweepResults } from '../../tune/sweep-results.js';
import { checkNumber, checkOptions } from '../../validation/check.js';
import { checkClassNames, labelNames } from '../../validation/class-names.js';
import { wrongShape, wrongType } from '../../validation/errors.js';
import type { Chart } from '../content/chart-data.js';
import { checkHistory, checkSearchResults, isNumbers } from '../content/check-content.js';
import { sweepChart } from '../content/sweep-chart.js';
import { reportBundle } from './bundle.js';
import { Picture } from './picture.js';
import { checkStyle, drawable, PLOT_OPTIONS, type PlotOptions, SIZE } from './plot-options.js';

/** Options of {@link plotHistory}. */
export interface PlotHistoryOptions extends PlotOptions {
  /**
   * Iterations that the smoothed loss averages over; 1 draws only the raw loss.
   * @defaultValue a fiftieth of the iterations, or 1 if that is less than 5
   */
  smoothing?: number;
}

/** Options of {@link plotConfusion}. */
export interface PlotConfusionOptions extends PlotOptions {
  /**
   * The name of each class (C).
   * @defaultValue the class indices
   */
  classNames?: readonly string[];
}

/**
 * Plots the curves of a training, like the article's figures 2 and 3: the loss at each iteration, raw and smoothed, and
 * below it the accuracies on training minibatches and on the validation rows, one per epoch, if the history has any.
 *
 * @throws TypeError or RangeError if an option is unknown or out of range, or if `history` is not a history
 */
export function plotHistory(history: ModelHistory, options: PlotHistoryOptions = {}): Picture {
  const { smoothing } = checkOptions(options, 'the options of plotHistory', [...PLOT_OPTIONS, 'smoothing']);
  if (smoothing !== undefined) checkNumber(smoothing, 'smoothing', { integer: true, min: 1 });
  checkHistory(history);
  const { lossHistory, trainAccHistory, valAccHistory } = history;
  const both = trainAccHistory.length + valAccHistory.length > 0;
  const chart: Chart = { kind: 'history', lossHistory, trainAccHistory, valAccHistory, smoothing };
  return draw(chart, options, both ? 620 : 380);
}

/**
 * Plots validation accuracy over the settings that a search varied: a curve for one setting, a heat map for two (points
 * if the values were drawn at random), parallel coordinates for more. Settings on a log scale have log axes. A search
 * that varied nothing yields one point over the learning rate.
 *
 * @throws TypeError or RangeError if an option is unknown or out of range; RangeError `ERR_SHAPE` if there are no
 * results
 */
export function plotSweep(
  results: Pick<SweepResults, 'search' | 'ranking' | 'validationRows'>,
  options: PlotOptions = {},
): Picture {
  checkOptions(options, 'the options of plotSweep', PLOT_OPTIONS);
  checkSearchResults(results);
  if (results.ranking.length === 0) throw wrongShape('at least one result of a search', results.ranking);
  return draw(sweepChart(results), options, 460);
}

/**
 * Plots the confusion matrix: rows are true classes and columns predicted classes; numbers are counts, and shades show
 * the fraction of the row.
 *
 * @throws TypeError or RangeError if an option is unknown or out of range; RangeError `ERR_SHAPE` if `classNames` does
 * not have one name per class
 */
export function plotConfusion(
  evaluation: { readonly confusion: readonly (readonly number[])[] },
  options: PlotConfusionOptions = {},
): Picture {
  checkOptions(options, 'the options of plotConfusion', [...PLOT_OPTIONS, 'classNames']);
  const confusion: unknown = evaluation?.confusion;
  if (!isSquare(confusion)) throw wrongType('a square matrix of counts for confusion', confusion);
  const C = confusion.length;
  const { classNames = labelNames(C) } = options;
  checkClassNames(classNames, C);
  // Cells large enough for three digits and for the height of a name.
  const side = Math.min(SIZE.max - 220, Math.max(420, 26 * classNames.length));
  const chart: Chart = { kind: 'confusion', confusion, classNames: classNames.map(drawable) };
  return draw(chart, options, side + 160, side + 220);
}

function isSquare(matrix: unknown): matrix is number[][] {
  return (
    Array.isArray(matrix) && matrix.length > 0 && matrix.every((row) => isNumbers(row) && row.length === matrix.length)
  );
}

function draw(chart: Chart, options: PlotOptions, defaultHeight: number, defaultWidth?: number): Picture {
  const style = checkStyle(options, defaultHeight, defaultWidth);
  return new Picture(style.width, style.height, reportBundle().renderChart(chart, style));
}
