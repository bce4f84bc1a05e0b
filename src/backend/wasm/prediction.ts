import type { Net, Reals, Rows } from '../../../binding.js';
import type { Arithmetic } from '../reference/prepared-net.js';
import { copyArrays, elementOf, netNumbers, realsOf } from './call.js';
import { CallMemory, type WasmEngine } from './engine.js';

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

  constructor(
    readonly engine: WasmEngine,
    readonly address: number,
  ) {
    [this.rows, this.results, this.mean, this.numbers] = Array.from({ length: 4 }, () => new Kept(engine));
  }

  close(): void {
    if (this.engine.broken) return;
    for (const memory of [this.rows, this.results, this.mean, this.numbers]) memory.release();
    this.engine.run((exports) => exports.close(this.address));
  }
}

const forgotten = new FinalizationRegistry<Handle>((handle) => handle.close());

/** A net that is prepared in the module. Rows pass through memory for a part of them. */
export class WasmArithmetic implements Arithmetic {
  readonly partRows: number;
  readonly #handle: Handle;
  readonly #inputSize: number;
  readonly #numClasses: number;
  readonly #reals: Float32ArrayConstructor | Float64ArrayConstructor;

  /** @param rows - how many rows a prediction will have, or null for any number */
  constructor(engine: WasmEngine, net: Net, rows: number | null) {
    const memory = new CallMemory(engine);
    const parameters = copyArrays(memory, net.shape, [net.parameters]);
    const numbers = memory.numbers([...netNumbers(net, parameters), rows ?? 0]);
    const address = engine.run((exports) => exports.prepare(numbers));
    memory.release();
    this.#handle = new Handle(engine, address);
    this.partRows = engine.run((exports) => exports.partRows(address));
    this.#inputSize = net.shape.inputSize;
    this.#numClasses = net.shape.numClasses;
    this.#reals = realsOf(net.parameters);
    forgotten.register(this, this.#handle, this);
  }

  scores(rows: Rows, scores: Reals, of: number): void {
    const C = this.#numClasses;
    const { engine, address } = this.#handle;
    this.#inParts(rows, of, C * this.#reals.BYTES_PER_ELEMENT, (numbers, results, first, count) => {
      engine.run((exports) => exports.scores(address, numbers));
      scores.set(engine.view<Reals>(this.#reals, results, count * C), first * C);
    });
  }

  predict(rows: Rows, classes: Int32Array, of: number): number {
    const { engine, address } = this.#handle;
    let bad = -1;
    this.#inParts(rows, of, Int32Array.BYTES_PER_ELEMENT, (numbers, results, first, count) => {
      const found = engine.run((exports) => exports.predict(address, numbers));
      if (bad < 0 && found >= 0) bad = first + found;
      classes.set(engine.view(Int32Array, results, count), first);
    });
    return bad;
  }

  close(): void {
    forgotten.unregister(this);
    this.#handle.close();
  }

  #inParts(
    rows: Rows,
    of: number,
    resultBytes: number,
    use: (numbers: number, results: number, first: number, count: number) => void,
  ): void {
    const { engine, rows: input, results, mean, numbers } = this.#handle;
    const { data, count } = rows;
    const D = this.#inputSize;
    const most = Math.min(this.partRows, count);
    const from = input.reserve(most * D * data.BYTES_PER_ELEMENT);
    const to = results.reserve(most * resultBytes);
    const centre = rows.mean ? mean.reserve(rows.mean.byteLength) : 0;
    const at = numbers.reserve(6 * Float64Array.BYTES_PER_ELEMENT);
    if (rows.mean) engine.view(Float64Array, centre, D).set(rows.mean);
    for (let first = 0; first < count; first += most) {
      const n = Math.min(most, count - first);
      const part = data.subarray(first * D, (first + n) * D);
      engine.view(typeOf(data), from, part.length).set(part);
      engine.view(Float64Array, at, 6).set([from, elementOf(data), n, centre, of, to]);
      use(at, to, first, n);
    }
  }
}

type Data = Rows['data'];

function typeOf(data: Data): new (buffer: ArrayBufferLike, at: number, length: number) => Data {
  return [Uint8Array, Float32Array, Float64Array][elementOf(data)];
}
