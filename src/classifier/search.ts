/** What a search needs to be one of classifiers: rows held out and scaled, and the defaults for such rows. */
import { Dataset } from '../data/dataset.js';
import { foldWarnings, stratifiedFolds } from '../data/folds.js';
import type { Label } from '../data/labels.js';
import type { Model } from '../model/model-types.js';
import { inTurns } from '../platform/turns.js';
import { RandomState } from '../random/random-state.js';
import { withoutIdle } from '../training/concerns.js';
import { iterationsPerEpoch } from '../training/options.js';
import { largestOf } from '../tune/idle-settings.js';
import type { SearchOptions } from '../tune/search.js';
import { type Choices, isRange, type SearchSpace } from '../tune/settings.js';
import type { BestTrial } from '../tune/sweep-results.js';
import { checkNumber } from '../validation/check.js';
import { withCode } from '../validation/errors.js';
import { holdOut, prepareInputs } from './fit.js';
import { batchSizeFor, DEFAULTS, learningRateFor, PATIENCE, samplingFor } from './options.js';
import { modelOfParts } from './parts.js';
import type { Scaler } from './scaler.js';

/** A data set as the nets of a search read it, and what makes a classifier of such a net. */
export interface PreparedSearch {
  /** With validation rows; all parts are scaled. */
  readonly data: Dataset;
  readonly scaler: Scaler | undefined;
  /** The input scale of all trials. */
  readonly inputScale: number;
  /** The label of each class (C). */
  readonly classes: readonly Label[];
}

/** How rows are prepared. */
export interface Preparation {
  /** See `Classifier.fit`. */
  readonly validation?: number | undefined;
  /** See `Classifier.fit`. */
  readonly standardize?: boolean | undefined;
  /** Draws the rows that are held out: those that `Classifier.fit` holds out with this seed. */
  readonly seed?: number | undefined;
  readonly space?: SearchSpace | undefined;
  /** Holds out one of the folds of a cross-validation in place of `validation`; the seed draws the folds. */
  readonly fold?: Fold | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** One fold of several. */
export interface Fold {
  /** 0 … `of` − 1. */
  readonly index: number;
  readonly of: number;
}

/** Holds rows out, once for all trials, and scales all rows as the training rows ask. */
export async function prepareSearch(
  data: Dataset,
  classes: readonly Label[],
  { validation, standardize = true, seed = 0, space, fold, signal }: Preparation,
): Promise<PreparedSearch> {
  const random = new RandomState(seed);
  const parts = await (fold ? holdOutFold(data, fold, random) : holdOut(data, validation, random, signal));
  const type = widestType(space?.dtype);
  const { scaler, inputScale, ...scaled } = await prepareInputs(parts, standardize, type, signal);
  const { classNames, columns, imageShape, warnings, source, name } = parts;
  const rest = { columns, imageShape, warnings, source, name, ...(parts.named && { classNames }) };
  return { data: new Dataset({ ...scaled, ...rest, numClasses: parts.numClasses }), scaler, inputScale, classes };
}

/**
 * Holds out a fold: the rows that `crossValidate` would judge by it.
 *
 * @throws TypeError `ERR_CONFLICT` for data with validation rows of their own; RangeError `ERR_OUT_OF_RANGE` for fewer
 * rows than folds
 */
async function holdOutFold(data: Dataset, { index, of }: Fold, random: RandomState): Promise<Dataset> {
  if (data.validation) {
    const message = 'Expected data without validation rows for a cross-validation, which holds each row out once';
    throw withCode(new TypeError(message), 'ERR_CONFLICT');
  }
  const { y } = data.train;
  checkNumber(of, 'folds', { integer: true, min: 2, max: y.length });
  const folded = await inTurns(data.folding(stratifiedFolds(y, data.numClasses, of, random), index));
  const { train, test: validation, classNames, columns, imageShape, numClasses, source, name } = folded;
  const warnings = [...data.warnings, ...foldWarnings(y, data.classNames, of)];
  const rest = { columns, imageShape, numClasses, source, name, warnings, ...(data.named && { classNames }) };
  return new Dataset({ train, ...(validation && { validation }), ...rest });
}

/** Rows are scaled once: to float64 if a trial computes in it. */
function widestType(dtype: SearchSpace['dtype'] = 'float32'): 'float32' | 'float64' {
  return [dtype].flat().includes('float64') ? 'float64' : 'float32';
}

/**
 * A search with the defaults for rows of one's own: three learning rates and three regularization strengths around
 * those of `Classifier.fit`, its other settings, and its number of epochs.
 *
 * @throws TypeError `ERR_CONFLICT` for an input scale, which follows from the rows
 */
export function classifierSearch(
  { space = {}, ...options }: SearchOptions,
  { data, inputScale }: Pick<PreparedSearch, 'data' | 'inputScale'>,
): SearchOptions {
  if (space.inputScale !== undefined) {
    throw withCode(
      new TypeError('Expected no inputScale in a search of classifiers, whose rows are standardised: leave it out'),
      'ERR_CONFLICT',
    );
  }
  const { rows, columns } = data.train.X;
  const { hiddenSize, learningRateDecay, reg, epochs } = DEFAULTS;
  const { optimizer = DEFAULTS.optimizer, batchSize = batchSizeFor(rows) } = space;
  const rate = learningRateFor(columns, typeof optimizer === 'string' ? optimizer : optimizer[0]);
  return {
    numIters: epochs * iterationsPerEpoch(rows, firstOf(batchSize)),
    ...options,
    space: {
      learningRate: around(rate, 3),
      reg: around(reg, 10),
      hiddenSize,
      batchSize,
      optimizer,
      sampling: samplingFor(rows, largestOf(batchSize)),
      learningRateDecay,
      init: space.std === undefined ? DEFAULTS.init : 'std',
      // A halving ends trials by itself.
      patience: options.search === 'halving' ? 0 : PATIENCE,
      ...space,
      inputScale,
    },
  };
}

/** A value, and those on both sides of it, in few digits. It is the first, and so wins against equals. */
function around(value: number, factor: number): number[] {
  return [value, value / factor, value * factor].map((number) => Number(number.toPrecision(2)));
}

/** The first value that is tried, or the low end of a range. */
function firstOf(choices: Choices): number {
  return isRange(choices) ? choices.low : [choices as number | readonly number[]].flat()[0];
}

/** The classifier of the best trial, as a value. */
export function modelOf({ net, history, result }: BestTrial, { scaler, classes, data }: PreparedSearch): Model {
  const { settings, seed, numIters, id } = result;
  const { columns } = data;
  return modelOfParts({
    net,
    classes,
    scaler,
    columns,
    history,
    settings: { ...withoutIdle(settings), seed, numIters, trial: id },
  });
}
