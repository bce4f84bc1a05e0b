/** What `Classifier.fit` and `crossValidate` are called with: a data set, or rows with their labels. */
import { CHECKED, Dataset, type DatasetInput } from '../data/dataset.js';
import { checkFiniteRows } from '../data/dataset-checks.js';
import { encodeLabels, encodingLabels, type Label, labelName } from '../data/labels.js';
import { Matrix } from '../data/matrix.js';
import { lastingArray } from '../platform/lasting.js';
import { inTurns, type Pieces } from '../platform/turns.js';
import { describe, withCode, wrongType } from '../validation/errors.js';
import { columnsOf, isMatrix, type RowsInput, rowParts } from '../validation/inputs.js';
import { checkLabelCount } from '../validation/labels.js';
import { throwIfAborted } from '../validation/signal.js';
import { isTypedArray } from '../validation/typed-arrays.js';

/** The options of a call, which are the last of its arguments: (data, options), or (X, y, options). */
export function optionsOf<Options extends object>(args: readonly unknown[]): Options {
  const options = hasRows(args) ? args[2] : args[1];
  return (options === undefined ? {} : options) as Options;
}

/** The rows of a call of `Classifier.ensemble`, k and the options: (data, k, options), or (X, y, k, options). */
export function ensembleArguments<Options extends object>(args: readonly unknown[]) {
  const place = hasRows(args) ? 2 : 1;
  return {
    rows: args.slice(0, place),
    k: args[place] as number,
    options: args[place + 1] as Options | undefined,
  };
}

/** What the options of a call say of its rows and labels. */
export interface Declared {
  /** D, which a flat array does not tell. */
  readonly inputSize?: number | undefined;
  /** The label of each class (C). */
  readonly classes?: readonly Label[] | undefined;
}

interface TrainingData {
  readonly data: Dataset;
  /** The label of each class (C). */
  readonly classes: readonly Label[];
}

/**
 * The data set of a call, and the label of each class (C). Rows and labels are read with turns of the event loop in
 * between: there may be millions.
 *
 * @param signal - ends it
 *
 * @throws TypeError or RangeError for rows and labels that do not fit, and for those of a single class; TypeError
 * `ERR_CONFLICT` for declared classes beside a data set, which has its own; an `AbortError`
 */
export async function trainingData(
  args: readonly unknown[],
  declared: Declared,
  signal?: AbortSignal,
): Promise<TrainingData> {
  throwIfAborted(signal, 'The work');
  const found = hasRows(args)
    ? await inTurns(datasetOf(args[0] as RowsInput, args[1] as ArrayLike<Label>, declared), signal)
    : givenData(args[0] as Dataset | DatasetInput, declared);
  checkSeveralClasses(found, declared);
  return found;
}

/**
 * Checks that there is something to tell apart: training rows of two classes or more, or classes that were declared.
 *
 * @throws RangeError `ERR_LABEL`
 */
function checkSeveralClasses({ data: { train }, classes }: TrainingData, declared: Declared): void {
  const [first] = train.y;
  const several = declared.classes ? classes.length > 1 : train.y.some((label: number) => label !== first);
  if (several) return;
  throw withCode(
    new RangeError(
      `Expected training rows of at least two classes but received only ${describe(classes[first])}: add rows of ` +
        'another class, or declare those that come later with the option classes',
    ),
    'ERR_LABEL',
  );
}

function givenData(given: Dataset | DatasetInput, declared: Declared): TrainingData {
  if (declared.classes !== undefined) {
    throw withCode(
      new TypeError(
        'Expected either a data set or classes but received both: a data set has its classes; give it classNames',
      ),
      'ERR_CONFLICT',
    );
  }
  const data = Dataset.from(given, declared.inputSize);
  if (data.inputSize !== (declared.inputSize ?? data.inputSize)) {
    throw withCode(
      new RangeError(
        `Expected rows of ${declared.inputSize} numbers, the inputSize, but received a data set of ${data.inputSize}`,
      ),
      'ERR_SHAPE',
    );
  }
  // Classes without names are their indices.
  const classes = data.named ? data.classNames : Array.from({ length: data.numClasses }, (_, label) => label);
  return { data, classes };
}

/** Whether rows come first. What comes before labels is meant as rows, whatever it is. */
function hasRows([first, second]: readonly unknown[]): boolean {
  const isRows = isMatrix(first) || isTypedArray(first) || Array.isArray(first);
  return isRows || Array.isArray(second) || ArrayBuffer.isView(second);
}

/** A data set of rows and labels of any kind, and the label of each class. */
function* datasetOf(X: RowsInput, labels: ArrayLike<Label>, declared: Declared): Pieces<TrainingData> {
  if (labels === undefined) {
    throw withCode(
      new TypeError('Expected labels for the rows but received none: fit(X, y, options)'),
      'ERR_INVALID_TYPE',
    );
  }
  const inputSize = columnsOf(X, declared.inputSize, 'X');
  checkLabelCount(labels, rowParts(X, inputSize, 'X').count, 'y', inputSize);
  const { y, classes } = yield* encodingLabels(labels, 'y', declared.classes);
  const rows = yield* readingRows(X, inputSize);
  const classNames = classes.map(labelName);
  return { data: new Dataset({ train: { X: rows, y }, inputSize, classNames }, CHECKED), classes };
}

/** Numbers that are read between two looks at the clock. */
const PIECE = 1 << 16;

/** Checks that rows are finite, and copies an array of rows into one of numbers. */
function* readingRows(X: RowsInput, D: number): Pieces<RowsInput> {
  const { count, part } = rowParts(X, D, 'X');
  const copy = Array.isArray(X) ? lastingArray(Float64Array, count * D) : undefined;
  const each = Math.max(1, Math.floor(PIECE / D));
  for (let row = 0; row < count; row += each) {
    const { data } = part(row, Math.min(count, row + each));
    checkFiniteRows(data, D, 'X', row);
    copy?.set(data, row * D);
    yield;
  }
  return copy ? new Matrix(copy, D) : X;
}

/**
 * Checks declared classes: one label or more, all different and of one type.
 *
 * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_LABEL`
 */
export function checkClasses(classes: readonly Label[] | undefined): readonly Label[] | undefined {
  if (classes === undefined) return undefined;
  if (!Array.isArray(classes) || classes.length === 0) throw wrongType('an array of labels for classes', classes);
  const { classes: sorted, counts } = encodeLabels(classes, 'classes');
  const twice = counts.findIndex((count) => count > 1);
  if (twice < 0) return [...classes];
  throw withCode(
    new RangeError(`Expected different labels for classes but received ${describe(sorted[twice])} more than once`),
    'ERR_LABEL',
  );
}
