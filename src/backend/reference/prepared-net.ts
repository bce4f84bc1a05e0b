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
  scores(rows: Rows, scores: Reals, of: number): void;
  /** Writes their classes and returns the first row with a NaN score, or −1. */
  predict(rows: Rows, classes: Int32Array, of: number): number;
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

  scores(rows: Rows, scores: Reals): void {
    computeScores(this.#net, rows, scores);
  }

  predict(rows: Rows, classes: Int32Array): number {
    return predict(this.#net, rows, classes);
  }

  close(): void {}
}

/** Computes results of rows; returns the first that is not finite, or −1. */
type Work = (rows: Rows) => number;

/** Computes, unless the rows are not finite. */
function compute(rows: Rows, work: Work): Flaws {
  const input = isArrayOf(rows.data, 'Uint8Array') ? -1 : firstNonFinite(rows.data);
  return { input, result: input < 0 ? work(rows) : -1 };
}

/** A prepared net as binding.d.ts says. Asynchronous calls run on JavaScript's thread, one in each turn of its loop. */
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
    const { input, result } = compute({ data: this.row, count: 1, mean: this.#mean }, this.#scores(this.rowScores));
    return input < 0 && result < 0;
  }

  softmaxRow(): boolean {
    if (!this.scoreRow()) return false;
    softmaxRows(this.rowScores, this.#shape.numClasses);
    return true;
  }

  scores(rows: Rows, scores: Reals): Flaws {
    const work = this.#scores(scores);
    this.#checkScores(rows, scores);
    return compute(rows, work);
  }

  predict(rows: Rows, classes: Int32Array): Flaws {
    const work = this.#classes(classes);
    this.#checkClasses(rows, classes);
    return compute(rows, work);
  }

  scoresAsync(rows: Rows, scores: Reals, of: number): Promise<Flaws> {
    const work = this.#scores(scores, of);
    this.#checkScores(rows, scores);
    checkOf(of);
    return this.#start(rows, work);
  }

  predictAsync(rows: Rows, classes: Int32Array, of: number): Promise<Flaws> {
    const work = this.#classes(classes, of);
    this.#checkClasses(rows, classes);
    checkOf(of);
    return this.#start(rows, work);
  }

  close(): void {
    this.#arithmetic?.close();
    this.#arithmetic = undefined;
  }

  #open(): Arithmetic {
    if (this.#arithmetic) return this.#arithmetic;
    throw new Error('binding: the prepared net is closed');
  }

  #scores(scores: Reals, of?: number): Work {
    const arithmetic = this.#open();
    return (rows) => {
      arithmetic.scores(rows, scores, of ?? rows.count);
      return firstNonFinite(scores);
    };
  }

  #classes(classes: Int32Array, of?: number): Work {
    const arithmetic = this.#open();
    return (rows) => arithmetic.predict(rows, classes, of ?? rows.count);
  }

  #checkScores(rows: Rows, scores: Reals): void {
    const { inputSize, numClasses } = this.#shape;
    checkPreparedCall(rows, scores, inputSize, { name: 'scores', type: this.#type, perRow: numClasses });
  }

  #checkClasses(rows: Rows, classes: Int32Array): void {
    checkPreparedCall(rows, classes, this.#shape.inputSize, { name: 'classes', type: 'Int32Array', perRow: 1 });
  }

  /** Computes with a copy of the rows in a later turn. */
  #start({ data, count, mean }: Rows, work: Work): Promise<Flaws> {
    // slice() of a Buffer would share its memory.
    const copy = isArrayOf(data, 'Uint8Array') ? new Uint8Array(data) : data.slice();
    const own: Rows = { data: copy, count, mean: mean?.slice() ?? null };
    const run = async (before: Promise<unknown>): Promise<Flaws> => {
      await before;
      await giveTurn();
      return compute(own, work);
    };
    const call = run(this.#last);
    this.#last = call.catch(() => {});
    return call;
  }
}
