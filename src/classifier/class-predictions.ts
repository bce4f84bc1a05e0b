/** The predictions of a classifier, whatever computes them: its net, or a prepared copy. */
import type { Reals } from '../../binding.js';
import { isDataset } from '../data/dataset.js';
import { type Label, labelName } from '../data/labels.js';
import { Matrix } from '../data/matrix.js';
import type { Column } from '../data/tables/column.js';
import { encodeRows, type TableRow } from '../data/tables/encode-rows.js';
import { type AsyncOptions, signalOf } from '../net/async-prediction.js';
import type { TwoLayerNet } from '../net/two-layer-net.js';
import { inTurns, type Pieces } from '../platform/turns.js';
import { checkNumber } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import { isMatrix, type MatrixRows, plainRows, type RowsInput } from '../validation/inputs.js';
import { throwIfAborted } from '../validation/signal.js';
import { isTypedArray } from '../validation/typed-arrays.js';
import { highest, isTied } from './metrics.js';
import { type Scaler, scaleRows, scaleRowsNow } from './scaler.js';

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

/** What computes predictions of scaled rows; a `TwoLayerNet` and a `Predictor` do. */
export type Computing = Pick<
  TwoLayerNet,
  'inputSize' | 'numClasses' | 'dtype' | 'predict' | 'predictAsync' | 'probabilities' | 'probabilitiesAsync'
>;

/** What predictions need. */
export interface PredictionParts {
  /** What computes them. */
  readonly net: Computing;
  /** See {@link ClassPredictions}. */
  readonly classes: readonly Label[];
  /** See {@link ClassPredictions}. */
  readonly scaler: Scaler | undefined;
  /** See {@link ClassPredictions}. */
  readonly columns: readonly Column[] | undefined;
}

/** Predictions of rows as their owner has them: they are encoded and scaled here. */
export abstract class ClassPredictions {
  /** The label of each class (C), in the order of the probabilities. */
  readonly classes: readonly Label[];
  /** What rows are scaled with before the net gets them; undefined when it takes them as they are. */
  readonly scaler: Scaler | undefined;
  /** The columns of the table that it was trained on; undefined for rows of numbers. */
  readonly columns: readonly Column[] | undefined;
  readonly #net: Computing;

  protected constructor({ net, classes, scaler, columns }: PredictionParts) {
    this.#net = net;
    this.classes = classes;
    this.scaler = scaler;
    this.columns = columns;
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
    return Array.from(this.#net.predict(this.#scaledNow(this.inputs(rows))), (index) => this.classes[index]);
  }

  /**
   * The same, while JavaScript continues. Rows are read part by part and must not be changed before the promise
   * settles. `options.signal` ends it.
   */
  async predictAsync(rows: ClassifierRows, options?: AsyncOptions): Promise<Label[]> {
    const classes = await this.#net.predictAsync(await this.#inputsOf(rows, options), options);
    return Array.from(classes, (index) => this.classes[index]);
  }

  /** The probability of each class in each row: (N, C), row-major, in the order of `classes`. */
  probabilities(rows: ClassifierRows): Reals {
    return this.#net.probabilities(this.#scaledNow(this.inputs(rows)));
  }

  /**
   * The same, while JavaScript continues. Rows are read part by part and must not be changed before the promise
   * settles. `options.signal` ends it.
   */
  async probabilitiesAsync(rows: ClassifierRows, options?: AsyncOptions): Promise<Reals> {
    return this.#net.probabilitiesAsync(await this.#inputsOf(rows, options), options);
  }

  /**
   * The k most probable classes of one row, the most probable first.
   *
   * @param row - D numbers, or a row of a table
   * @param k - all classes if there are fewer
   */
  top(row: ArrayLike<number> | TableRow, k = 1): ClassProbability[] {
    checkNumber(k, 'k', { integer: true, min: 1 });
    const scaled = this.#scaledNow(this.inputs([row] as ClassifierRows));
    const probabilities = this.#net.probabilities(scaled);
    // Equal probabilities may be of scores that differ, by which `predict` tells the classes apart.
    const [first] = isTied(probabilities, 0, this.numClasses) ? this.#net.predict(scaled) : [undefined];
    return mostProbable(probabilities, 0, this.numClasses, first)
      .slice(0, k)
      .map((c) => ({ label: this.classes[c], name: labelName(this.classes[c]), probability: probabilities[c] }));
  }

  /**
   * The probability of each class in each row (N, C), and the class that `predict` gives to each (N).
   *
   * @internal
   */
  async judge(rows: ClassifierRows, options?: AsyncOptions): Promise<{ probabilities: Reals; classes: Int32Array }> {
    return this.judgeScaled(await this.#inputsOf(rows, options), options);
  }

  /**
   * As {@link judge}, at once: for few rows.
   *
   * @internal
   */
  judgeNow(rows: ClassifierRows): { probabilities: Reals; classes: Int32Array } {
    const C = this.numClasses;
    const scaled = this.#scaledNow(this.inputs(rows));
    // One row without a mean of its own is fastest as an array.
    const X = scaled.rows === 1 && !scaled.mean ? scaled.data : scaled;
    const probabilities = this.#net.probabilities(X);
    const classes = new Int32Array(scaled.rows);
    for (let row = 0; row < scaled.rows; row++) {
      if (isTied(probabilities, row * C, C)) return { probabilities, classes: this.#net.predict(X) };
      classes[row] = highest(probabilities, row * C, C);
    }
    return { probabilities, classes };
  }

  /** @internal Rows of numbers. */
  inputs(rows: ClassifierRows): Matrix {
    const { inputSize } = this.#net;
    if (this.columns && Array.isArray(rows) && rows.length > 0) return encodeRows(this.columns, rows);
    if (Array.isArray(rows) && isRecord(rows[0])) {
      throw wrongType(`rows of ${inputSize} numbers, since the training rows had no named columns,`, rows[0]);
    }
    if (isDataset(rows)) throw wrongType("rows, such as data.part('test').X,", rows);
    const { data } = plainRows(rows as RowsInput, inputSize, 'rows');
    return new Matrix(data, inputSize, isMatrix(rows) ? { mean: rows.mean } : {});
  }

  /** @internal As {@link judge}, of rows as {@link scaled} gives them. */
  protected async judgeScaled(scaled: MatrixRows, options?: AsyncOptions) {
    const C = this.numClasses;
    const probabilities = await this.#net.probabilitiesAsync(scaled, options);
    const tied = await inTurns(anyTied(probabilities, C), options?.signal);
    if (tied) return { probabilities, classes: await this.#net.predictAsync(scaled, options) };
    const classes = Int32Array.from({ length: scaled.rows }, (_, row) => highest(probabilities, row * C, C));
    return { probabilities, classes };
  }

  /** @internal Rows as the net takes them. */
  protected async scaled(X: Matrix, signal?: AbortSignal): Promise<MatrixRows> {
    return this.scaler ? scaleRows(X, this.scaler, this.#net.dtype, signal) : X;
  }

  /** The rows as the net takes them, of an asynchronous prediction. */
  async #inputsOf(rows: ClassifierRows, options: AsyncOptions | undefined): Promise<MatrixRows> {
    const signal = signalOf(options, 'an asynchronous prediction');
    throwIfAborted(signal, 'The prediction');
    return this.scaled(this.inputs(rows), signal);
  }

  #scaledNow(X: Matrix): MatrixRows {
    return this.scaler ? scaleRowsNow(X, this.scaler, this.#net.dtype) : X;
  }
}

/** Rows that are looked at between two looks at the clock. */
const PIECE = 1 << 13;

function* anyTied(probabilities: Reals, C: number): Pieces<boolean> {
  for (let start = 0; start < probabilities.length; start += C) {
    if (isTied(probabilities, start, C)) return true;
    if (start % (C * PIECE) === 0) yield;
  }
  return false;
}

/**
 * The classes of a row, the most probable first; of equal ones the first.
 *
 * @param start - where its C probabilities begin
 * @param predicted - the class that was predicted, which is then the first
 */
export function mostProbable(probabilities: ArrayLike<number>, start: number, C: number, predicted?: number): number[] {
  const first = predicted ?? highest(probabilities, start, C);
  const others = Array.from({ length: C }, (_, c) => c).filter((c) => c !== first);
  return [first, ...others.sort((a, b) => probabilities[start + b] - probabilities[start + a])];
}

function isRecord(row: unknown): boolean {
  return typeof row === 'object' && row !== null && !Array.isArray(row) && !isTypedArray(row);
}
