import type { Flaws, PreparedNet, Reals, Rows } from '../../binding.js';
import { type Closable, closeWhenDisposed } from '../platform/closable.js';
import type { Dtype } from '../training/settings.js';
import { withCode, wrongShape, wrongType } from '../validation/errors.js';
import { notFiniteInput, placeInRows, type RowsInput, rowParts } from '../validation/inputs.js';
import { checkMean } from '../validation/mean.js';
import { arrayType } from '../validation/parameters.js';
import { isArrayOf, isRowData, ofThisRealm } from '../validation/typed-arrays.js';
import {
  type AsyncOptions,
  type AsyncSubject,
  predictAsync,
  probabilitiesAsync,
  scoresAsync,
} from './async-prediction.js';
import { emptyScores, notFiniteClass, notFiniteScore, type Subject } from './prediction.js';
import { rowBlocks } from './row-blocks.js';

/** Rows as a net accepts them, or one row as an array of D numbers. */
export type PredictionRows = RowsInput | readonly number[];

/**
 * A copy of a net that is kept ready for predictions: parameters in the layout of the products, memory for rows and
 * results, and threads that sleep between calls. {@link TwoLayerNet.prepare} makes it.
 *
 * Its `auto` products are those for many rows, whatever the number of rows. For 256 rows and more, its scores are those
 * of the net, bit for bit. For fewer, they may differ in the last digits, since the net itself then computes without
 * rearranging its weights; and those of one row may differ in the last digits with the number of rows in the call. With
 * `products` of `'simd'` or `'blas'`, the scores of any rows are those of the net for the same rows, bit for bit.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the method is defined below
export class Predictor {
  /** D, numbers per row. */
  readonly inputSize: number;
  /** C, classes. */
  readonly numClasses: number;
  /** The type of the arithmetic. */
  readonly dtype: Dtype;
  /** The name of each class (C), by label; undefined if the net had none. */
  readonly classNames: readonly string[] | undefined;
  readonly #subject: AsyncSubject;
  readonly #prepared: PreparedNet;
  #closed = false;
  /** Asynchronous predictions that have not ended. */
  #pending = 0;

  /** @internal For {@link TwoLayerNet.prepare}. */
  constructor({ net, dtype, mean: given, backend }: Subject, classNames: readonly string[] | undefined) {
    const { shape, threads } = net;
    const mean = given && ofThisRealm(checkMean(given, shape.inputSize, 'mean')).slice();
    this.inputSize = shape.inputSize;
    this.numClasses = shape.numClasses;
    this.dtype = dtype;
    this.classNames = classNames && [...classNames];
    this.#prepared = backend.binding.prepare(net, null, mean ?? null);
    this.#subject = {
      net: { shape, threads },
      dtype,
      mean,
      capabilities: backend.capabilities,
      softmax: backend.binding.softmax,
      prepare: () => this.#begin(),
      release: () => this.#end(),
    };
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The class with the highest score of each row; ties go to the first.
   *
   * @param X - N rows of D numbers; one row as a typed array or an array of D numbers is fastest
   * @returns N class indices
   * @throws TypeError or RangeError as `net.predict`; Error `ERR_CLOSED` after {@link close}
   */
  predict(X: PredictionRows): Int32Array {
    const prepared = this.#open();
    if (placeRow(prepared, X) && prepared.scoreRow()) return Int32Array.of(highest(prepared.rowScores));
    const rows = this.#rows(X);
    const classes = new Int32Array(rows.count);
    for (const { first, end, part } of rowBlocks(this.#subject.net.shape, rows)) {
      const result = this.#resultFlaw(rows, first, prepared.predict(part, classes.subarray(first, end)));
      if (result >= 0) throw notFiniteClass(this.dtype, first + result);
    }
    return classes;
  }

  /**
   * The scores (logits) of each row.
   *
   * @param X - as for {@link predict}
   * @param out - where to write the scores, a Float32Array (a Float64Array for dtype `float64`) of N·C numbers that
   * shares no memory with X; a new array unless given
   * @returns N·C numbers, row-major: `out` if it was given
   * @throws as {@link predict}, and as `net.scores`; TypeError or RangeError when `out` does not fit. What `out` then
   * holds is not defined
   */
  scores(X: PredictionRows, out?: Reals): Reals {
    const prepared = this.#open();
    if (placeRow(prepared, X) && prepared.scoreRow()) return this.#rowResult(prepared, out);
    const rows = this.#rows(X);
    const scores = out === undefined ? emptyScores(this.#subject, rows.count) : this.#checkOut(out, rows.count);
    const C = this.numClasses;
    for (const { first, end, part } of rowBlocks(this.#subject.net.shape, rows)) {
      const result = this.#resultFlaw(rows, first, prepared.scores(part, scores.subarray(first * C, end * C)));
      if (result >= 0) throw notFiniteScore(this.#subject, scores, first * C + result);
    }
    return scores;
  }

  /**
   * The probability of each class for each row: softmax of the scores.
   *
   * @param X - as for {@link predict}
   * @param out - as for {@link scores}
   * @returns N·C numbers, row-major; each row sums to 1
   * @throws as {@link scores}
   */
  probabilities(X: PredictionRows, out?: Reals): Reals {
    const prepared = this.#open();
    if (placeRow(prepared, X) && prepared.softmaxRow()) return this.#rowResult(prepared, out);
    const values = this.scores(X, out);
    this.#subject.softmax(values, this.numClasses);
    return values;
  }

  /**
   * As {@link predict}, on threads of the engine: timers and I/O go on, whatever the sizes. (The TypeScript backend
   * computes on this thread and gives the event loop a turn every few rows.) X is read part by part and must not be
   * changed before the promise settles.
   *
   * @returns N class indices, the same as those of `predict`
   * @throws (as a rejection) as {@link predict}; an `AbortError` when `options.signal` ends it
   */
  async predictAsync(X: PredictionRows, options: AsyncOptions = {}): Promise<Int32Array> {
    this.#open();
    return predictAsync(this.#subject, this.#rowsInput(X), options);
  }

  /** As {@link scores}, beside JavaScript's thread: see {@link predictAsync}. The scores are the same, bit for bit. */
  async scoresAsync(X: PredictionRows, options: AsyncOptions = {}): Promise<Reals> {
    this.#open();
    return scoresAsync(this.#subject, this.#rowsInput(X), options);
  }

  /** As {@link probabilities}, beside JavaScript's thread: see {@link predictAsync}. */
  async probabilitiesAsync(X: PredictionRows, options: AsyncOptions = {}): Promise<Reals> {
    this.#open();
    return probabilitiesAsync(this.#subject, this.#rowsInput(X), options);
  }

  /**
   * Frees memory and threads, once the asynchronous predictions that were started have ended. Closing again does
   * nothing. A predictor that is garbage collected is closed, and one that is open does not keep the process alive.
   * `using predictor = net.prepare()` closes it at the end of the block.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#pending === 0) this.#prepared.close();
  }

  #open(): PreparedNet {
    if (!this.#closed) return this.#prepared;
    throw withCode(new Error('This predictor is closed: make another one with prepare()'), 'ERR_CLOSED');
  }

  #begin(): PreparedNet {
    this.#pending++;
    return this.#prepared;
  }

  #end(): void {
    this.#pending--;
    if (this.#closed && this.#pending === 0) this.#prepared.close();
  }

  #rows(X: PredictionRows): Rows {
    const { count, part } = rowParts(this.#rowsInput(X), this.inputSize, 'X', this.#subject.mean);
    return part(0, count);
  }

  #rowResult({ rowScores }: PreparedNet, out: Reals | undefined): Reals {
    if (out === undefined) return rowScores.slice();
    this.#checkOut(out, 1).set(rowScores);
    return out;
  }

  /** An array of numbers is one row. */
  #rowsInput(X: PredictionRows): RowsInput {
    if (!Array.isArray(X) || typeof X[0] !== 'number') return X as RowsInput;
    if (X.length !== this.inputSize) throw wrongShape(`${this.inputSize} numbers for X, one row,`, X);
    return [X as readonly number[]];
  }

  /** Throws for rows, from `first` on, that are not finite; returns the first result that is not, or −1. */
  #resultFlaw({ data }: Rows, first: number, { input, result }: Flaws): number {
    const at = first * this.inputSize + input;
    if (input >= 0) throw notFiniteInput(data[at], 'X', placeInRows(at, this.inputSize));
    return result;
  }

  #checkOut(out: Reals, rows: number): Reals {
    const type = arrayType(this.dtype);
    if (!isArrayOf(out, type === Float64Array ? 'Float64Array' : 'Float32Array'))
      throw wrongType(`a ${type.name} for out`, out);
    const length = rows * this.numClasses;
    if (out.length !== length) throw wrongShape(`${length} numbers for out`, out);
    return out;
  }
}

export interface Predictor extends Closable {}
closeWhenDisposed(Predictor);

/**
 * Copies X to where the prepared net expects one row, if X is one in a form that needs no checks. If not, or if the net
 * then finds something that is not finite, the longer way says what is wrong.
 */
function placeRow({ row }: PreparedNet, X: PredictionRows): boolean {
  if (isRowData(X)) {
    if (X.length !== row.length) return false;
    row.set(X);
    return true;
  }
  return Array.isArray(X) && X.length === row.length && copyNumbers(X, row);
}

/** Copies the values if all of them are numbers; returns whether they are. */
function copyNumbers(values: readonly unknown[], to: Reals): boolean {
  for (let i = 0; i < to.length; i++) {
    const value = values[i];
    if (typeof value !== 'number') return false;
    to[i] = value;
  }
  return true;
}

/** The index of the first of the highest scores, which are finite. */
function highest(scores: Reals): number {
  let best = 0;
  for (let c = 1; c < scores.length; c++) if (scores[c] > scores[best]) best = c;
  return best;
}
