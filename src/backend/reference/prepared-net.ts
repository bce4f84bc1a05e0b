import type { Flaws, Net, PreparedNet, Reals, Rows, Shape } from '../../../binding.js';
import { giveTurn } from '../../platform/turns.js';
import { firstNonFinite } from '../../validation/check.js';
import { copyParameters } from '../../validation/parameters.js';
import { checkPrepare, checkPreparedCall } from './checks.js';
import { computeScores, predict } from './inference.js';

/** Multiply-adds in a part: about 10 ms, and enough rows to share the cost of rearranging W1. */
const PART = 2e7;
const LEAST_ROWS = 8;

/** A prepared net as binding.d.ts says. Calls run on JavaScript's thread, one in each turn of the event loop. */
export class ReferencePreparedNet implements PreparedNet {
  readonly partRows: number;
  readonly #type: string;
  readonly #shape: Shape;
  #net: Net | undefined;
  /** The end of the last call. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(net: Net, rows: number) {
    const { shape, type } = checkPrepare(net, rows);
    this.#shape = shape;
    this.#type = type;
    this.#net = { ...net, parameters: copyParameters(net.parameters) };
    this.partRows = Math.max(LEAST_ROWS, Math.floor(PART / ((shape.inputSize + shape.numClasses) * shape.hiddenSize)));
  }

  scoresAsync(rows: Rows, scores: Reals): Promise<Flaws> {
    const net = this.#open();
    const { inputSize, numClasses } = this.#shape;
    checkPreparedCall(rows, scores, inputSize, { name: 'scores', type: this.#type, perRow: numClasses });
    return this.#start(rows, (own) => {
      computeScores(net, own, scores);
      return firstNonFinite(scores);
    });
  }

  predictAsync(rows: Rows, classes: Int32Array): Promise<Flaws> {
    const net = this.#open();
    checkPreparedCall(rows, classes, this.#shape.inputSize, { name: 'classes', type: 'Int32Array', perRow: 1 });
    return this.#start(rows, (own) => predict(net, own, classes));
  }

  close(): void {
    this.#net = undefined;
  }

  #open(): Net {
    if (this.#net) return this.#net;
    throw new Error('binding: the prepared net is closed');
  }

  /** Calls `work` with a copy of the rows in a later turn, unless they are not finite. */
  #start({ data, count, mean }: Rows, work: (rows: Rows) => number): Promise<Flaws> {
    // slice() of a Buffer would share its memory.
    const copy = data instanceof Uint8Array ? new Uint8Array(data) : data.slice();
    const own: Rows = { data: copy, count, mean: mean?.slice() ?? null };
    const run = async (before: Promise<unknown>): Promise<Flaws> => {
      await before;
      await giveTurn();
      const input = own.data instanceof Uint8Array ? -1 : firstNonFinite(own.data);
      return { input, result: input < 0 ? work(own) : -1 };
    };
    const call = run(this.#last);
    this.#last = call.catch(() => {});
    return call;
  }
}
