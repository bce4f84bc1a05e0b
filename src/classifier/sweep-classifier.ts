/** Searches for the settings of a classifier. */
import type { Dataset, DatasetInput } from '../data/dataset.js';
import type { Label } from '../data/labels.js';
import { MEANT_IN_SEARCH } from '../tune/search.js';
import { resolveSpace } from '../tune/space.js';
import { SWEEP_OPTIONS, type SweepOptions, sweep } from '../tune/sweep.js';
import type { SweepResults } from '../tune/sweep-results.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import type { RowsInput } from '../validation/inputs.js';
import { checkSignal } from '../validation/signal.js';
import { Classifier } from './classifier.js';
import { classifierSearch, modelOf, prepareSearch } from './search.js';
import { optionsOf, trainingData } from './training-data.js';

/** Options of {@link sweepClassifier}: those of `sweep`, and how rows are prepared. */
export interface ClassifierSweepOptions extends SweepOptions {
  /**
   * What is held out of the training rows, to judge the trials by and to end each: a share below 1, or a count. Data
   * that have validation rows keep those.
   * @defaultValue 0.1, drawn by the seed with each class in proportion
   */
  validation?: number;
  /**
   * Whether columns are standardised, as in `Classifier.fit`.
   * @defaultValue true
   */
  standardize?: boolean;
  /**
   * D, numbers per row, which a flat array of rows does not tell.
   * @defaultValue that of the rows, if they are a `Matrix`, an array of rows or a data set
   */
  inputSize?: number;
}

/** What {@link sweepClassifier} found. */
export interface ClassifierSweep extends SweepResults {
  /** The best trial as a classifier; undefined if every trial diverged. The net of `best` takes scaled rows. */
  readonly classifier: Classifier | undefined;
}

const KNOWN = [...SWEEP_OPTIONS, 'validation', 'standardize', 'inputSize'] as const;

/**
 * Trains classifiers with many settings and ranks the settings by accuracy on the held-out rows. Rows are held out and
 * scaled once, and each trial then has the numbers of `Classifier.fit` with its settings and seed on that data set.
 *
 * Where `space` says nothing, three learning rates and three regularization strengths around the defaults of
 * `Classifier.fit` are tried, with its other defaults; `numIters` are as many as 200 epochs. Test rows are not used:
 * evaluate the classifier on them once, at the end.
 *
 * @param data - a data set, or what one is made from
 * @throws (as a rejection) as `sweep`; the results of a `SweepAbortedError` have no classifier, and
 * before the search began it is another Error whose `name` is `AbortError`
 * @example
 * const { classifier, ranking } = await sweepClassifier(data, { space: { hiddenSize: [32, 64, 128] } });
 */
export async function sweepClassifier(
  data: Dataset | DatasetInput,
  options?: ClassifierSweepOptions,
): Promise<ClassifierSweep>;
/**
 * The same on rows and their labels.
 *
 * @param X - N rows of D numbers; of a flat array, the option `inputSize` says D
 * @param y - N labels: strings, numbers, booleans or BigInts, all of one type
 */
export async function sweepClassifier(
  X: RowsInput,
  y: ArrayLike<Label>,
  options?: ClassifierSweepOptions,
): Promise<ClassifierSweep>;
export async function sweepClassifier(...args: unknown[]): Promise<ClassifierSweep> {
  const { validation, standardize, inputSize, ...options } = checkOptions(
    optionsOf<ClassifierSweepOptions>(args),
    'the options of sweepClassifier',
    KNOWN,
    MEANT_IN_SEARCH,
  );
  if (validation !== undefined)
    checkNumber(validation, 'validation', { min: 0, integer: checkNumber(validation, 'validation') >= 1 });
  if (inputSize !== undefined) checkNumber(inputSize, 'inputSize', { integer: true, min: 1 });
  if (standardize !== undefined && typeof standardize !== 'boolean') {
    throw wrongType('true or false for standardize', standardize);
  }
  const { backend, threads, earlier, onResult, onProgress, signal, checkpoint, ...search } = options;
  const { seed, space } = search;
  if (space !== undefined) resolveSpace(space);
  const { data, classes } = await trainingData(args, { inputSize }, checkSignal(signal));
  const prepared = await prepareSearch(data, classes, { validation, standardize, seed, space, signal });
  const results = await sweep(prepared.data, { ...options, ...classifierSearch(search, prepared) });
  const { best } = results;
  const compute = { threads, ...(backend && { backend }) };
  return { ...results, classifier: best && Classifier.fromModel(modelOf(best, prepared), compute) };
}
