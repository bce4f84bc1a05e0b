import type { Reals } from '../../binding.js';
import type { Dataset, DatasetInput } from '../data/dataset.js';
import { encodeLabels, type Label, labelName } from '../data/labels.js';
import { Matrix } from '../data/matrix.js';
import type { PartInput } from '../data/part.js';
import type { Column } from '../data/tables/column.js';
import { encodeRows, type TableRow } from '../data/tables/encode-rows.js';
import { loadModel, saveModel } from '../model/model.js';
import type { Model } from '../model/model-types.js';
import type { AsyncOptions } from '../net/async-prediction.js';
import type { ComputeOptions } from '../net/options.js';
import type { TwoLayerNet } from '../net/two-layer-net.js';
import { giveTurn } from '../platform/turns.js';
import { TrainingAbortedError } from '../training/errors.js';
import type { TrainingHistory } from '../training/history.js';
import { checkNumber } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import { isMatrix, type MatrixRows, plainRows, type RowsInput } from '../validation/inputs.js';
import { checkLabelCount, checkLabels } from '../validation/labels.js';
import { isTypedArray } from '../validation/typed-arrays.js';
import { fitNet } from './fit.js';
import { type ClassifierEvaluation, metricsOf } from './metrics.js';
import { type ClassifierOptions, resolveClassifierOptions } from './options.js';
import { checkPartialFit, continueTraining, type PartialFitOptions } from './partial-fit.js';
import { type ClassifierHistory, type ClassifierParts, modelOfParts, partsOfModel } from './parts.js';
import { type Scaler, scaleRows, scaleRowsNow } from './scaler.js';
import { optionsOf, trainingData } from './training-data.js';

/** Rows that a classifier reads: numbers, or rows of a table with the columns of its training rows. */
export type ClassifierRows = RowsInput | readonly TableRow[];

/** A class with its probability. */
export interface ClassProbability {
  /** The class's label, as it was in training. */
  readonly label: Label;
  /** The class's name: its label as a string. */
  readonly name: string;
  /** 0 … 1; those of all classes add up to 1. */
  readonly probability: number;
}

/**
 * A classifier for rows of one's own: it scales their columns, knows its classes, holds rows out to know when to stop,
 * and keeps the best weights. `TwoLayerNet` is the same net with the article's defaults and nothing around it.
 *
 * @example
 * const data = await loadDataset('iris.csv', { label: 'species' });
 * const classifier = await Classifier.fit(data);
 * classifier.predict([[5.1, 3.5, 1.4, 0.2]]); // ['setosa']
 */
export class Classifier {
  /** The net. If there is a scaler, it takes scaled rows. */
  readonly net: TwoLayerNet;
  /** The label of each class (C), in the order of the probabilities. */
  readonly classes: readonly Label[];
  /** What rows are scaled with before the net gets them; undefined when it takes them as they are. */
  readonly scaler: Scaler | undefined;
  /** The columns of the table that it was trained on; undefined for rows of numbers. */
  readonly columns: readonly Column[] | undefined;
  /** The record of its training; undefined for a model that was saved without. */
  readonly history: ClassifierHistory | undefined;
  /** What it was trained with. */
  readonly settings: Readonly<Record<string, unknown>> | undefined;

  private constructor({ net, classes, scaler, columns, history, settings }: ClassifierParts) {
    this.net = net;
    this.classes = classes;
    this.scaler = scaler;
    this.columns = columns;
    this.history = history;
    this.settings = settings;
  }

  /**
   * Trains a classifier.
   *
   * @param data - a data set, or what one is made from; its validation rows, if it has some, decide when to stop
   * @throws (as a rejection) TypeError or RangeError for data or options that do not fit, before anything is trained;
   * `DivergedError`; `FitAbortedError`
   */
  static async fit(data: Dataset | DatasetInput, options?: ClassifierOptions): Promise<Classifier>;
  /**
   * The same on rows and their labels.
   *
   * @param X - N rows of D numbers; of a flat array, the option `inputSize` says D
   * @param y - N labels: strings, numbers, booleans or BigInts, all of one type
   */
  static async fit(X: RowsInput, y: ArrayLike<Label>, options?: ClassifierOptions): Promise<Classifier>;
  static async fit(...args: unknown[]): Promise<Classifier> {
    const options = resolveClassifierOptions(optionsOf<ClassifierOptions>(args) ?? {});
    const { data, classes } = trainingData(args, options);
    const { aborted, ...fitted } = await fitNet(data, options);
    const classifier = new Classifier({ ...fitted, classes, columns: data.columns });
    if (aborted) throw new FitAbortedError(aborted, classifier);
    return classifier;
  }

  /**
   * Reads a classifier that {@link save} wrote, or a net that `saveModel` did.
   *
   * @throws (as a rejection) as `loadModel`
   */
  static async load(file: string, options: ComputeOptions = {}): Promise<Classifier> {
    return Classifier.fromModel(await loadModel(file), options);
  }

  /** The classifier of a model that `loadModel` read. */
  static fromModel(model: Model, options: ComputeOptions = {}): Classifier {
    return new Classifier(partsOfModel(model, options));
  }

  /** C, classes. */
  get numClasses(): number {
    return this.classes.length;
  }

  /** The name of each class (C). */
  get classNames(): readonly string[] {
    return this.classes.map(labelName);
  }

  /**
   * The most probable class of each row, the first of them in a tie.
   *
   * @param rows - N rows of D numbers, or N rows of a table: objects by column name, or arrays of its values
   * @throws TypeError or RangeError for rows that do not fit
   */
  predict(rows: ClassifierRows): Label[] {
    const X = this.#inputs(rows);
    return Array.from(this.net.predict(this.#scaledNow(X)), (index) => this.classes[index]);
  }

  /** The same, while JavaScript continues. `options.signal` ends it. */
  async predictAsync(rows: ClassifierRows, options?: AsyncOptions): Promise<Label[]> {
    const classes = await this.net.predictAsync(await this.#scaled(this.#inputs(rows)), options);
    return Array.from(classes, (index) => this.classes[index]);
  }

  /** The probability of each class in each row: (N, C), row-major, in the order of `classes`. */
  probabilities(rows: ClassifierRows): Reals {
    return this.net.probabilities(this.#scaledNow(this.#inputs(rows)));
  }

  /** The same, while JavaScript continues. `options.signal` ends it. */
  async probabilitiesAsync(rows: ClassifierRows, options?: AsyncOptions): Promise<Reals> {
    return this.net.probabilitiesAsync(await this.#scaled(this.#inputs(rows)), options);
  }

  /**
   * The k most probable classes of one row, the most probable first.
   *
   * @param row - D numbers, or a row of a table
   * @param k - all classes if there are fewer
   */
  top(row: ArrayLike<number> | TableRow, k = 1): ClassProbability[] {
    checkNumber(k, 'k', { integer: true, min: 1 });
    const probabilities = this.probabilities([row] as ClassifierRows);
    return this.classes
      .map((label, c) => ({ label, name: labelName(label), probability: probabilities[c] }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, k);
  }

  /**
   * Accuracy, log loss, precision, recall, F1 and ROC AUC by class and averaged, and the confusion matrix, while
   * JavaScript continues.
   *
   * @param part - a part of a data set with this classifier's classes, `data.test`; or rows, with their labels second
   * @param labels - N labels, as in `fit`
   */
  async evaluate(part: PartInput | ClassifierRows, labels?: ArrayLike<Label>): Promise<ClassifierEvaluation> {
    const { X, y } = this.#labelled(part, labels);
    const probabilities = await this.net.probabilitiesAsync(await this.#scaled(X));
    await giveTurn();
    return metricsOf(probabilities, y, this.classNames);
  }

  /**
   * Trains on further rows: one epoch, unless `options.epochs` asks for more. The classes, the columns and the scaler
   * stay those of the first training, so its rows should be typical. No rows are held out, and `history` stays.
   *
   * @param rows - N rows, as in `predict`
   * @param labels - N labels among `classes`
   * @returns the record of this training alone
   * @throws (as a rejection) TypeError or RangeError for rows, labels or options that do not fit, before anything is
   * changed; Error `ERR_BUSY` while it is training already; `DivergedError`; `TrainingAbortedError`
   * @example
   * const classifier = await Classifier.fit(firstRows, firstLabels, { classes: ['ham', 'spam'] });
   * for await (const { rows, labels } of batches) await classifier.partialFit(rows, labels);
   */
  async partialFit(
    rows: ClassifierRows,
    labels: ArrayLike<Label>,
    options: PartialFitOptions = {},
  ): Promise<TrainingHistory> {
    checkPartialFit(options);
    const { X, y } = this.#labelled(rows, labels);
    return continueTraining(this.net, await this.#scaled(X), y, options, this.settings);
  }

  /**
   * Writes everything that predictions need to a file: weights, scaler, columns, classes; and the training's history.
   * `Classifier.load` reads it.
   *
   * @throws (as a rejection) as `saveModel`
   */
  async save(file: string): Promise<void> {
    await saveModel(file, this.toModel());
  }

  /** The classifier as a value, for `saveModel`. */
  toModel(): Model {
    return modelOfParts(this);
  }

  /** Rows of numbers. */
  #inputs(rows: ClassifierRows): Matrix {
    const { columns } = this;
    if (columns && Array.isArray(rows) && rows.length > 0) return encodeRows(columns, rows);
    if (Array.isArray(rows) && isRecord(rows[0])) {
      throw wrongType(`rows of ${this.net.inputSize} numbers, since the training rows had no named columns,`, rows[0]);
    }
    const { data } = plainRows(rows as RowsInput, this.net.inputSize, 'rows');
    return new Matrix(data, this.net.inputSize, isMatrix(rows) ? { mean: rows.mean } : {});
  }

  #scaledNow(X: Matrix): MatrixRows {
    return this.scaler ? scaleRowsNow(X, this.scaler, this.net.dtype) : X;
  }

  async #scaled(X: Matrix): Promise<MatrixRows> {
    return this.scaler ? scaleRows(X, this.scaler, this.net.dtype) : X;
  }

  /** Rows of numbers with the class of each. */
  #labelled(part: PartInput | ClassifierRows, labels?: ArrayLike<Label>): { X: Matrix; y: Int32Array } {
    if (labels !== undefined) {
      const X = this.#inputs(part as ClassifierRows);
      checkLabelCount(labels, X.rows, 'labels');
      return { X, y: encodeLabels(labels, 'labels', this.classes).y };
    }
    if (typeof part !== 'object' || part === null || !('X' in part)) {
      throw wrongType('rows with their labels second, or a part of a data set with X and y,', part);
    }
    const X = this.#inputs(part.X);
    return { X, y: checkLabels(part.y, X.rows, this.numClasses, 'y') };
  }
}

/** The `TrainingAbortedError` of `Classifier.fit`: it was ended by its `signal`. */
export class FitAbortedError extends TrainingAbortedError {
  /** The classifier with the weights that it had reached. */
  readonly classifier: Classifier;

  constructor({ numIters, cause, history }: TrainingAbortedError, classifier: Classifier) {
    super(numIters, cause, history);
    this.classifier = classifier;
  }
}

function isRecord(row: unknown): boolean {
  return typeof row === 'object' && row !== null && !Array.isArray(row) && !isTypedArray(row);
}
