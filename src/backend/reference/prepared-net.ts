import type { Flaws, Net, PreparedNet, Reals, Rows, Shape } from '../../../binding.js';
import { giveTurn } from '../../platform/turns.js';
import { firstNonFinite } from '../../validation/check.js';
import { copyParameters } from '../../validation/parameters.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { checkOf, checkPrepare, checkPreparedCall } from './checks.js';
import { computeScores, predict } from './inference.js';
import { softmaxRows } from './softmax.js';

/** Multiply-adds in a part: about 10 ms, and enough rows to share the cost of rearranging W1. */
const PART = 2e7;
const LEAST_ROWS = 8;

/** What computes the predictions of a prepared net. */
export interface Arithmetic {
  /** @see PreparedNet.partRows */
  readonly partRows: number;
  /**
   * Writes the scores of some rows.
   *
   * @param of - how many rows the prediction has in all its calls
   */
  scores(rows: Rows, scores: Reals, of: number): Flaws;
  /** Writes their classes. */
  predict(rows: Rows, classes: Int32Array, of: number): Flaws;
  /**
   * Does one or the other beside JavaScript's thread, with copies of rows and mean. Undefined if that cannot be done
   * here.
   */
  beside?(kind: 'scores' | 'predict', rows: Rows, results: Reals | Int32Array, of: number): Promise<Flaws> | undefined;
  close(): void;
}

/** That of this backend, with a copy of the parameters. */
export class ReferenceArithmetic implements Arithmetic {
  readonly partRows: number;
  readonly #net: Net;

  constructor(net: Net) {
    const { inputSize, hiddenSize, numClasses } = net.shape;
    this.#net = { ...net, parameters: copyParameters(net.parameters) };
    this.partRows = Math.max(LEAST_ROWS, Math.floor(PART / ((inputSize + numClasses) * hiddenSize)));
  }

  scores(rows: Rows, scores: Reals): Flaws {
    return compute(rows, () => {
      computeScores(this.#net, rows, scores);
      return firstNonFinite(scores);
    });
  }

  predict(rows: Rows, classes: Int32Array): Flaws {
    return compute(rows, () => predict(this.#net, rows, classes));
  }

  close(): void {}
}

/** Computes, unless the rows are not finite. `work` returns the first result that is not finite, or −1. */
function compute(rows: Rows, work: () => number): Flaws {
  const input = isArrayOf(rows.data, 'Uint8Array') ? -1 : firstNonFinite(rows.data);
  return { input, result: input < 0 ? work() : -1 };
}

/**
 * A prepared net as binding.d.ts says. Asynchronous calls run beside JavaScript's thread, or on it, one in each turn of
 * its loop.
 */
export class PreparedNetInTurns implements PreparedNet {
  readonly partRows: number;
  readonly row: Reals;
  readonly rowScores: Reals;
  readonly #mean: Float64Array | null;
  readonly #type: string;
  readonly #shape: Shape;
  #arithmetic: Arithmetic | undefined;
  /** The end of the last call. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param arithmetic - called after the arguments were checked */
  constructor(net: Net, rows: number | null, mean: Float64Array | null, arithmetic: () => Arithmetic) {
    const { shape, type } = checkPrepare(net, rows, mean);
    this.#shape = shape;
    this.#type = type;
    this.#arithmetic = arithmetic();
    const reals = type === 'Float32Array' ? Float32Array : Float64Array;
    this.row = new reals(shape.inputSize);
    this.rowScores = new reals(shape.numClasses);
    this.#mean = mean?.slice() ?? null;
    this.partRows = this.#arithmetic.partRows;
  }

  scoreRow(): boolean {
    const { input, result } = this.#open().scores({ data: this.row, count: 1, mean: this.#mean }, this.rowScores, 1);
    return input < 0 && result < 0;
  }

  softmaxRow(): boolean {
    if (!this.scoreRow()) return false;
    softmaxRows(this.rowScores, this.#shape.numClasses);
    return true;
  }

  scores(rows: Rows, scores: Reals): Flaws {
    const arithmetic = this.#open();
    this.#checkScores(rows, scores);
    return arithmetic.scores(rows, scores, rows.count);
  }

  predict(rows: Rows, classes: Int32Array): Flaws {
    const arithmetic = this.#open();
    this.#checkClasses(rows, classes);
    return arithmetic.predict(rows, classes, rows.count);
  }

  scoresAsync(rows: Rows, scores: Reals, of: number): Promise<Flaws> {
    const arithmetic = this.#open();
    this.#checkScores(rows, scores);
    checkOf(of);
    const beside = arithmetic.beside?.('scores', rows, scores, of);
    return beside ?? this.#start(rows, (own) => arithmetic.scores(own, scores, of));
  }

  predictAsync(rows: Rows, classes: Int32Array, of: number): Promise<Flaws> {
    const arithmetic = this.#open();
    this.#checkClasses(rows, classes);
    checkOf(of);
    const beside = arithmetic.beside?.('predict', rows, classes, of);
    return beside ?? this.#start(rows, (own) => arithmetic.predict(own, classes, of));
  }

  close(): void {
    this.#arithmetic?.close();
    this.#arithmetic = undefined;
  }

  #open(): Arithmetic {
    if (this.#arithmetic) return this.#arithmetic;
    throw new Error('binding: the prepared net is closed');
  }

  #checkScores(rows: Rows, scores: Reals): void {
    const { inputSize, numClasses } = this.#shape;
    checkPreparedCall(rows, scores, inputSize, { name: 'scores', type: this.#type, perRow: numClasses });
  }

  #checkClasses(rows: Rows, classes: Int32Array): void {
    checkPreparedCall(rows, classes, this.#shape.inputSize, { name: 'classes', type: 'Int32Array', perRow: 1 });
  }

  /** Computes with a copy of the rows in a later turn. */
  #start({ data, count, mean }: Rows, work: (rows: Rows) => Flaws): Promise<Flaws> {
    // slice() of a Buffer would share its memory.
    const copy = isArrayOf(data, 'Uint8Array') ? new Uint8Array(data) : data.slice();
    const own: Rows = { data: copy, count, mean: mean?.slice() ?? null };
    const run = async (before: Promise<unknown>): Promise<Flaws> => {
      await before;
      await giveTurn();
      return work(own);
    };
    const call = run(this.#last);
    this.#last = call.catch(() => {});
    return call;
  }
}
