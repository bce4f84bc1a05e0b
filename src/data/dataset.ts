import { lastingIfSmall } from '../platform/lasting.js';
import { atOnce, type Pieces } from '../platform/turns.js';
import { checkOneOf, checkOptions, isObject } from '../validation/check.js';
import { checkClassNames, labelNames } from '../validation/class-names.js';
import { withCode, wrongType } from '../validation/errors.js';
import { checkImageShape } from '../validation/image-shape.js';
import { isMatrix, plainRows, rowParts } from '../validation/inputs.js';
import { isPromise } from '../validation/kinds.js';
import { checkLabels } from '../validation/labels.js';
import { checkSameMean } from '../validation/mean.js';
import { isArrayOf } from '../validation/typed-arrays.js';
import { columnMeans } from './column-means.js';
import {
  checkFiniteRows,
  checkPart,
  checkPartMemory,
  checkText,
  checkTexts,
  inputSizeOf,
  numClassesOf,
} from './dataset-checks.js';
import { DATASET_FIELDS, type DatasetInput, type Fitted, type ImageShape } from './dataset-input.js';
import { foldRows } from './folds.js';
import { Matrix } from './matrix.js';
import type { DatasetPart, PartInput, PartName } from './part.js';
import { checkSizes, type SplitOptions, type SplitSizes, splitRows, takeRows } from './split.js';
import { classWarnings } from './stratify.js';
import { type Column, checkColumns } from './tables/column.js';

export type { DatasetInput, Fitted, ImageShape } from './dataset-input.js';

const DATASET: unique symbol = Symbol.for('two-layer-net.Dataset');

/**
 * Says that rows and labels were checked already.
 *
 * @internal
 */
export const CHECKED: unique symbol = Symbol('checked');

const PARTS = ['train', 'validation', 'test'] as const satisfies readonly PartName[];

/**
 * Labelled rows in up to three parts, with everything that is known about them. Rows are kept, not copied, and bytes
 * stay bytes.
 *
 * Everything that trains, searches or reports accepts one, or the plain object that one is made from.
 *
 * @example
 * const data = new Dataset({ train: { X, y }, classNames: ['outside', 'inside'] });
 * const parts = data.split({ validation: 0.2, test: 0.1 }, { random: new RandomState(0) }).center();
 * await net.train(parts);
 */
export class Dataset {
  /** Rows to train on. */
  readonly train: DatasetPart;
  /** Rows to choose settings by; undefined when there are none. */
  readonly validation: DatasetPart | undefined;
  /** Rows that neither training nor choosing sees; undefined when there are none. */
  readonly test: DatasetPart | undefined;
  /** D, numbers per row. */
  readonly inputSize: number;
  /** C, classes. */
  readonly numClasses: number;
  /** Whether the class names were given; otherwise they are the labels. */
  readonly named: boolean;
  /** How a row is a picture; undefined when it is not one. */
  readonly imageShape: ImageShape | undefined;
  /** The name of the table's column that has the class; undefined for other rows. */
  readonly label: string | undefined;
  /** Where the rows come from, in words, for people: `CIFAR-10`. */
  readonly source: string;
  /** A short name of where the rows come from, for programs: `cifar-10`. */
  readonly name: string;
  /** What a person should know of the rows, such as a class with a single row; in sentences. */
  readonly warnings: readonly string[];
  /** What was fitted on the training part. */
  readonly fitted: Fitted;
  readonly #checked: boolean;
  #classNames: readonly string[] | undefined;

  /**
   * @throws TypeError or RangeError for rows, labels, names or sizes that do not fit each other, with the part's name
   */
  constructor(input: DatasetInput);
  /** @internal Parts of a data set are not read a second time to look for NaN. */
  constructor(input: DatasetInput, checked: typeof CHECKED);
  constructor(input: DatasetInput, checked?: typeof CHECKED) {
    this.#checked = checked === CHECKED;
    checkOptions(input, 'a data set', DATASET_FIELDS);
    const { train, validation, test, classNames, columns, label, imageShape } = input;
    const { warnings = [], source = 'unnamed rows', name = 'rows' } = input;
    this.inputSize = inputSizeOf(input);
    this.numClasses = numClassesOf(input, rowParts(train.X, this.inputSize, 'train.X').count, this.inputSize);
    this.named = classNames !== undefined;
    this.#classNames = classNames === undefined ? undefined : checkClassNames(classNames, this.numClasses);
    this.fitted = {
      mean: isMatrix(train.X) ? train.X.mean : undefined,
      columns: columns === undefined ? undefined : checkColumns(columns, this.inputSize),
    };
    this.train = this.#part(train, 'train');
    this.validation = validation === undefined ? undefined : this.#part(validation, 'validation');
    this.test = test === undefined ? undefined : this.#part(test, 'test');
    this.imageShape = imageShape === undefined ? undefined : checkImageShape(imageShape, this.inputSize);
    this.label = label === undefined ? undefined : checkText(label, 'label');
    this.warnings = checkTexts(warnings, 'warnings');
    this.source = checkText(source, 'source');
    this.name = checkText(name, 'name');
  }

  /**
   * Returns `data` if it is a data set already, else the data set of it.
   *
   * @param inputSize - D of rows in a flat array, for data that do not say it
   * @throws as `new Dataset`; TypeError `ERR_DETACHED` for a data set whose rows or labels lost their memory
   */
  static from(data: Dataset | DatasetInput, inputSize?: number): Dataset {
    if (isDataset(data)) return withMemory(data);
    if (isPromise(data)) throw wrongType('a Dataset for the data', data, ': await it, as in await loadDataset(path)');
    if (isObject(data)) return new Dataset({ ...data, inputSize: data.inputSize ?? inputSize });
    throw wrongType('a Dataset, or an object with train: { X, y }, for the data', data);
  }

  /** Marks a data set for other copies of this package. */
  get [DATASET](): true {
    return true;
  }

  /** The name of each class (C), by label. */
  get classNames(): readonly string[] {
    this.#classNames ??= labelNames(this.numClasses);
    return this.#classNames;
  }

  /** The mean training row (D), in the units of the rows; undefined when nothing is subtracted. */
  get mean(): Float64Array | undefined {
    return this.fitted.mean;
  }

  /** The columns of the table that the rows were encoded from: see `encodeRows`. Undefined for rows of numbers. */
  get columns(): readonly Column[] | undefined {
    return this.fitted.columns;
  }

  /**
   * A part that must be present.
   *
   * @throws RangeError `ERR_SHAPE` when the data set does not have the part; TypeError `ERR_INVALID_TYPE` for a name of
   * none
   */
  part(name: PartName): DatasetPart {
    const part = this[checkOneOf(name, 'the name of a part', PARTS)];
    if (part) return part;
    throw withCode(
      new RangeError(
        `Expected a data set with ${name} rows but received one without: pass ${name}: { X, y }, or split it`,
      ),
      'ERR_SHAPE',
    );
  }

  /**
   * @internal The same rows for many trainings in the background, which would each copy them otherwise: see
   * `keepArray`.
   */
  *lasting(): Pieces<Dataset> {
    const train = yield* lastingPart(this.train);
    return this.#with({ train, validation: this.validation && (yield* lastingPart(this.validation)) });
  }

  /** The same data set without some of its parts. */
  without(...parts: readonly ('validation' | 'test')[]): Dataset {
    const gone = Object.fromEntries(parts.map((name) => [name, undefined]));
    return this.#with(gone);
  }

  /**
   * Divides the training rows into parts. Without shuffling the parts are views of the same memory; with it they are
   * copies. A mean that was fitted is fitted again, on the new training rows.
   *
   * @param sizes - the size of each part, as a count or as a share of the training rows; parts that are left out stay
   * as they are
   * @throws RangeError when the sizes do not fit the training rows, or a part would be there twice
   */
  split(sizes: SplitSizes, options: SplitOptions = {}): Dataset {
    return atOnce(this.splitting(sizes, options));
  }

  /** @internal {@link split} in pieces. */
  *splitting(sizes: SplitSizes, options: SplitOptions = {}): Pieces<Dataset> {
    checkSizes(sizes);
    for (const name of ['validation', 'test'] as const) {
      if (sizes[name] === undefined || this[name] === undefined) continue;
      throw withCode(
        new RangeError(`Expected a data set without ${name} rows to split some off but received one that has them`),
        'ERR_SHAPE',
      );
    }
    checkPartMemory(this.train, 'train');
    const divided = yield* splitRows(this.train, sizes, options);
    checkPartMemory(this.train, 'train');
    const { train, validation = this.validation, test = this.test } = divided;
    const labels = Object.entries(divided).flatMap(([name, part]) => (part ? [[name, part.y] as const] : []));
    const found = options.stratify ? classWarnings(this.classNames, labels) : [];
    const parts = this.#with({ train, validation, test, warnings: [...this.warnings, ...found] });
    // A mean of all rows would tell training something about the rows that are held back.
    return this.mean ? yield* parts.centering() : parts;
  }

  /**
   * The data set of one fold of a cross-validation, in pieces: the training rows of that fold become the test rows, and
   * the others stay to train on. Both are copies, in the order of the rows. A mean that was fitted is fitted again.
   *
   * @internal
   * @param folds - the fold of each training row (N): see `stratifiedFolds`
   */
  *folding(folds: Int32Array, fold: number): Pieces<Dataset> {
    const { inside, outside } = foldRows(folds, fold);
    const train = yield* takeRows(this.train, outside);
    const parts = this.#with({ train, test: yield* takeRows(this.train, inside) });
    checkPartMemory(this.train, 'train');
    return this.mean ? yield* parts.centering() : parts;
  }

  /** The same rows with the mean of the training rows fitted: it is subtracted from each row when it is used. */
  center(): Dataset {
    return atOnce(this.centering());
  }

  /** @internal {@link center} in pieces. */
  *centering(): Pieces<Dataset> {
    checkPartMemory(this.train, 'train');
    const mean = yield* columnMeans(this.train.X);
    checkPartMemory(this.train, 'train');
    const centered = (part: DatasetPart | undefined) => part && { X: part.X.withMean(mean), y: part.y };
    const { X, y } = this.train;
    return this.#with({
      train: { X: X.withMean(mean), y },
      validation: centered(this.validation),
      test: centered(this.test),
    });
  }

  #with(parts: Partial<Pick<DatasetInput, PartName | 'warnings'>>): Dataset {
    const { train, validation, test, numClasses, columns, label, imageShape, warnings, source, name } = this;
    // The labels are not names: of many classes nobody may ever ask for them.
    const classNames = this.named ? this.classNames : undefined;
    const rest = { numClasses, classNames, columns, label, imageShape, warnings, source, name };
    return new Dataset({ train, validation, test, ...rest, ...parts }, CHECKED);
  }

  #part(part: PartInput, name: PartName): DatasetPart {
    const { X, y } = checkPart(part, name);
    const { data, rows } = plainRows(X, this.inputSize, `${name}.X`);
    if (!this.#checked) checkFiniteRows(data, this.inputSize, `${name}.X`);
    const mean = (isMatrix(X) ? X.mean : undefined) ?? this.mean;
    if (name === 'validation' && !this.#checked) checkSameMean(mean, this.mean, ['validation.X', 'train.X']);
    const plain = isArrayOf(y, 'Uint8Array') || isArrayOf(y, 'Int32Array');
    const labels = plain && this.#checked ? y : checkLabels(y, rows, this.numClasses, `${name}.y`, this.inputSize);
    return {
      X: new Matrix(data, this.inputSize, { mean }),
      y: plain ? y : labels,
    };
  }
}

/** Whether `value` is a {@link Dataset}, of this copy of the package or another. */
export function isDataset(value: unknown): value is Dataset {
  return typeof value === 'object' && value !== null && (value as { [DATASET]?: unknown })[DATASET] === true;
}

function withMemory(data: Dataset): Dataset {
  for (const name of PARTS) {
    const part = data[name];
    if (part) checkPartMemory(part, name);
  }
  return data;
}

function* lastingPart({ X, y }: DatasetPart): Pieces<DatasetPart> {
  const data = yield* lastingIfSmall(X.data);
  return data === X.data ? { X, y } : { X: new Matrix(data, X.columns, { mean: X.mean }), y };
}
