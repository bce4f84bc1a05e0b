import type { Flaws, Net, Reals, Rows } from '../../../binding.js';
import { withCode } from '../../validation/errors.js';
import type { Arithmetic } from '../reference/prepared-net.js';
import type { BackgroundWorker } from './background.js';
import { copyArrays, elementOf, netNumbers } from './call.js';
import { CallMemory, typeOf, type WasmEngine } from './engine.js';

/** What a prediction writes: scores or classes. */
type Results = Reals | Int32Array;
type Kind = 'scores' | 'predict';

/** Bytes of the flaws that the module writes: two numbers. */
const FLAWS = 2 * Float64Array.BYTES_PER_ELEMENT;

/** Memory that a net keeps from one prediction to the next. */
class Kept {
  #address = 0;
  #bytes = 0;

  constructor(private readonly engine: WasmEngine) {}

  /** At least so many bytes. What was in them may be lost. */
  reserve(bytes: number): number {
    if (bytes <= this.#bytes) return this.#address;
    this.release();
    this.#address = this.engine.allocate(bytes);
    this.#bytes = bytes;
    return this.#address;
  }

  release(): void {
    this.engine.release(this.#address);
    this.#address = 0;
    this.#bytes = 0;
  }
}

/** What the module keeps for a net. Apart from the object, so that this can be freed when the object is collected. */
class Handle {
  readonly rows: Kept;
  readonly results: Kept;
  readonly mean: Kept;
  readonly numbers: Kept;
  /** The object, and calls on Workers. */
  #users = 1;

  constructor(
    readonly engine: WasmEngine,
    readonly address: number,
  ) {
    [this.rows, this.results, this.mean, this.numbers] = Array.from({ length: 4 }, () => new Kept(engine));
  }

  enter(): void {
    this.#users++;
  }

  /** The last one frees it. */
  leave(): void {
    if (--this.#users > 0 || this.engine.broken) return;
    for (const memory of [this.rows, this.results, this.mean, this.numbers]) memory.release();
    this.engine.run((exports) => exports.close(this.address));
  }
}

const forgotten = new FinalizationRegistry<Handle>((handle) => handle.leave());

/** Lets some through at a time; the others wait in their order. */
class Gate {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async pass<R>(use: () => Promise<R>): Promise<R> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await use();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}

/** A net that is prepared in the module. Rows pass through memory for a part of them. */
export class WasmArithmetic implements Arithmetic {
  readonly partRows: number;
  readonly #handle: Handle;
  readonly #inputSize: number;
  /** Calls on Workers: as many as the net may have threads. */
  readonly #gate: Gate;

  /** @param rows - how many rows a prediction will have, or null for any number */
  constructor(engine: WasmEngine, net: Net, rows: number | null) {
    const memory = new CallMemory(engine);
    const parameters = copyArrays(memory, net.shape, [net.parameters]);
    const numbers = memory.numbers([...netNumbers(net, parameters), rows ?? 0]);
    const address = engine.run((exports) => exports.prepare(numbers));
    memory.release();
    this.#handle = new Handle(engine, address);
    this.#gate = new Gate(net.threads);
    this.partRows = engine.run((exports) => exports.partRows(address));
    this.#inputSize = net.shape.inputSize;
    forgotten.register(this, this.#handle, this);
  }

  scores(rows: Rows, scores: Reals, of: number): Flaws {
    return this.#inParts('scores', rows, scores, of);
  }

  predict(rows: Rows, classes: Int32Array, of: number): Flaws {
    return this.#inParts('predict', rows, classes, of);
  }

  beside(kind: Kind, rows: Rows, results: Results, of: number): Promise<Flaws> | undefined {
    const { engine } = this.#handle;
    const { background } = engine;
    const first = background.take();
    if (!first) return undefined;
    background.giveBack(first);
    const memory = new CallMemory(engine);
    const data = memory.copy(rows.data);
    const mean = rows.mean ? memory.copy(rows.mean) : 0;
    const [to, flaws] = [memory.reserve(results.byteLength), memory.reserve(FLAWS)];
    const numbers = memory.numbers([flaws, data, elementOf(rows.data), rows.count, mean, of, to]);
    const call = { name: kind, numbers: [this.#handle.address, numbers, 1], stop: null } as const;
    this.#handle.enter();
    const ended = this.#gate.pass(() => started(background.take()).run(call));
    const read = () => {
      const found = flawsAt(engine, flaws);
      if (found.input < 0) results.set(engine.view<Results>(typeOf(results), to, results.length));
      return found;
    };
    return ended.then(read).finally(() => {
      if (!engine.broken) memory.release();
      this.#handle.leave();
    });
  }

  close(): void {
    forgotten.unregister(this);
    this.#handle.leave();
  }

  /** On JavaScript's thread and others. */
  #inParts(kind: Kind, rows: Rows, all: Results, of: number): Flaws {
    const { engine, address, rows: input, results, mean, numbers } = this.#handle;
    const { data, count } = rows;
    const D = this.#inputSize;
    const perRow = all.length / count;
    const most = Math.min(this.partRows, count);
    const from = input.reserve(most * D * data.BYTES_PER_ELEMENT);
    const to = results.reserve(most * perRow * all.BYTES_PER_ELEMENT);
    const centre = rows.mean ? mean.reserve(rows.mean.byteLength) : 0;
    const at = numbers.reserve(7 * Float64Array.BYTES_PER_ELEMENT + FLAWS);
    const flaws = at + 7 * Float64Array.BYTES_PER_ELEMENT;
    if (rows.mean) engine.view(Float64Array, centre, D).set(rows.mean);
    let result = -1;
    for (let first = 0; first < count; first += most) {
      const n = Math.min(most, count - first);
      const part = data.subarray(first * D, (first + n) * D);
      engine.view(typeOf(data), from, part.length).set(part);
      engine.view(Float64Array, at, 7).set([flaws, from, elementOf(data), n, centre, of, to]);
      engine.run((exports) => exports[kind](address, at, 0));
      const found = flawsAt(engine, flaws);
      if (found.input >= 0) return { input: first * D + found.input, result: -1 };
      // A flaw counts scores, or rows of classes.
      if (result < 0 && found.result >= 0) result = first * perRow + found.result;
      all.set(engine.view<Results>(typeOf(all), to, n * perRow), first * perRow);
    }
    return { input: -1, result };
  }
}

function flawsAt(engine: WasmEngine, address: number): Flaws {
  const [input, result] = engine.view(Float64Array, address, 2);
  return { input, result };
}

function started(worker: BackgroundWorker | undefined): BackgroundWorker {
  if (worker) return worker;
  throw withCode(new Error('No thread of the WebAssembly backend can be started'), 'ERR_NO_THREAD');
}
