/** The two ways to say what to train on: rows and labels, or a data set. */
import { Dataset, type DatasetInput } from '../data/dataset.js';
import type { TrainOptions } from '../training/options.js';
import { describe, withCode, wrongType } from '../validation/errors.js';
import { isMatrix, type RowsInput } from '../validation/inputs.js';
import type { LabelsInput } from '../validation/labels.js';

/**
 * What to train on, as rows and classes: X, N training rows of D numbers; y, their classes; Xval, rows for the
 * validation accuracy, and yval, their classes, both undefined or null for none; options.
 */
export type RowsArguments = [
  X: RowsInput,
  y: LabelsInput,
  Xval?: RowsInput | null | undefined,
  yval?: LabelsInput | null | undefined,
  options?: TrainOptions | undefined,
];

/** A data set, or the object that one is made from, and options. */
export type DatasetArguments = [data: Dataset | DatasetInput, options?: TrainOptions | undefined];

/** What a training is called with, whichever way. */
export interface ResolvedArguments {
  readonly X: RowsInput;
  readonly y: LabelsInput;
  /** Rows for the validation accuracy; null for none. */
  readonly validation: { readonly X: RowsInput; readonly y: LabelsInput } | null;
  readonly options: TrainOptions;
  /** The data set, if that was passed. */
  readonly data: Dataset | undefined;
}

/**
 * Tells the two ways apart.
 *
 * @param inputSize - D of the net, for rows in flat arrays
 * @throws TypeError `ERR_INVALID_TYPE` for validation rows without labels or the reverse, a part of a data set, and
 * arguments after the options of a data set; what `Dataset.from` throws
 */
export function resolveArguments(args: RowsArguments | DatasetArguments, inputSize: number): ResolvedArguments {
  if (isDatasetArguments(args)) {
    const [given, options = {}, ...others] = args;
    if (others.some((other) => other !== undefined)) throw optionsComeSecond();
    const data = Dataset.from(given, inputSize);
    return { ...data.train, validation: data.validation ?? null, options, data };
  }
  const [X, y, Xval, yval, options = {}] = args;
  if (typeof X === 'object' && X !== null && 'X' in X) {
    throw wrongType('rows, or a data set { train: { X, y } }, to train on', X);
  }
  return { X, y, validation: validationOf(Xval ?? undefined, yval ?? undefined), options, data: undefined };
}

/** The options of these arguments, which may be anything. */
export function optionsAmong(args: RowsArguments | DatasetArguments): TrainOptions | undefined {
  return isDatasetArguments(args) ? args[1] : args[4];
}

/** The same arguments with other options. */
export function withOptions(
  args: RowsArguments | DatasetArguments,
  options: TrainOptions,
): RowsArguments | DatasetArguments {
  if (isDatasetArguments(args)) return [args[0], options];
  const [X, y, Xval, yval] = args;
  return [X, y, Xval, yval, options];
}

function optionsComeSecond(): Error {
  return withCode(
    new TypeError('Expected train(data, options) for a data set but received more arguments: options come second'),
    'ERR_INVALID_TYPE',
  );
}

/** Rows are arrays or matrices: an object that has `train` is a data set. */
function isDatasetArguments(args: RowsArguments | DatasetArguments): args is DatasetArguments {
  const [first] = args;
  return typeof first === 'object' && first !== null && !isMatrix(first) && 'train' in first;
}

function validationOf(X: RowsInput | undefined, y: LabelsInput | undefined): ResolvedArguments['validation'] {
  if (X !== undefined && y !== undefined) return { X, y };
  if (X === undefined && y === undefined) return null;
  const options: unknown = X;
  if (y === undefined && typeof options === 'object' && Object.getPrototypeOf(options) === Object.prototype) {
    throw withCode(
      new TypeError(
        `Expected rows for Xval but received ${describe(options)}: options come fifth, ` +
          'train(X, y, null, null, options)',
      ),
      'ERR_INVALID_TYPE',
    );
  }
  const [given, missing] = X === undefined ? ['yval', 'Xval'] : ['Xval', 'yval'];
  throw withCode(new TypeError(`Expected ${missing} with ${given} but received none`), 'ERR_INVALID_TYPE');
}
