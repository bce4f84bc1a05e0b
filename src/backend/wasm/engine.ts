/**
 * An instance of the module of native/wasm/ with its memory. Nothing here needs Node.js: where the module comes from
 * and how Workers start is passed in.
 */
import { withCode } from '../../validation/errors.js';
import { Background } from './background.js';
import type { Host } from './host.js';
import type { WorkerBegin } from './worker-program.js';

/** What the module exports. Addresses are numbers; `numbers` are those of native/wasm/call.h. */
export interface Exports {
  readonly __stack_pointer: WebAssembly.Global<'i32'>;
  _initialize(): void;
  begin(maySleep: number): void;
  version(): number;
  settings(): number;
  simdTarget(): number;
  allocate(bytes: number): number;
  release(address: number): void;
  prepare(numbers: number): number;
  partRows(net: number): number;
  newThread(): number;
  endOfStack(thread: number): number;
  scores(net: number, numbers: number, alone: number): void;
  predict(net: number, numbers: number, alone: number): void;
  close(net: number): void;
  lossAndGradients(numbers: number): number;
  accuracy(numbers: number): number;
  peak(isDouble: number, threads: number, seconds: number): number;
  beginTraining(numbers: number): number;
  goOn(training: number, milliseconds: number): number;
  takeReport(training: number): void;
  stopTraining(training: number): void;
  report(training: number): number;
  outcome(training: number): number;
  endTraining(training: number): void;
}

type Elements = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;
type ElementType<A extends Elements> = { new (buffer: ArrayBufferLike, at: number, length: number): A };

/** A copy of an array for several users. */
export interface Shared {
  readonly of: Elements;
  readonly address: number;
  users: number;
}

/** Pages at the start, and at most: as many as 32-bit addresses reach, or what the system gives. */
const FIRST_PAGES = 64;
const MOST_PAGES = [65535, 32768, 16384, 8192];

/** More threads than a machine has processors are of no use. */
const MOST_MEMBERS = 64;

const TYPES: Readonly<Record<string, unknown>> = { Uint8Array, Int32Array, Uint32Array, Float32Array, Float64Array };

/** By the tag: an array may be of another realm, or a Buffer. */
export function typeOf<A extends Elements>(array: A): ElementType<A> {
  return TYPES[array[Symbol.toStringTag]] as ElementType<A>;
}

/** @throws the runtime's error if it has no shared memory */
function newMemory(): WebAssembly.Memory {
  for (const maximum of MOST_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: FIRST_PAGES, maximum, shared: true });
    } catch (error) {
      if (maximum === MOST_PAGES.at(-1)) throw error;
    }
  }
  throw new Error('unreachable');
}

/** An instance of the module. */
export class WasmEngine {
  readonly exports: Exports;
  readonly #memory = newMemory();
  readonly #host: Host;
  /** Copies of rows that running trainings use. */
  readonly #shared = new Set<Shared>();
  #broken = false;
  #members = 0;

  /** Calls beside JavaScript's thread. */
  readonly background: Background;

  /** The stop flag of the training that runs on JavaScript's thread. */
  stop: Int32Array | undefined;

  constructor(host: Host) {
    this.#host = host;
    const instance = new WebAssembly.Instance(host.module, this.#imports());
    this.exports = instance.exports as unknown as Exports;
    this.exports._initialize();
    this.exports.begin(host.maySleep ? 1 : 0);
    this.background = new Background({
      host,
      newThread: () => this.#newThread(),
      outOfMemory: (bytes) => this.#outOfMemory(bytes),
      broken: () => {
        this.#broken = true;
      },
    });
  }

  /** Whether a call ended in the middle: the instance must not be used again, except by what already uses it. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * Calls the module.
   *
   * @throws Error `ERR_OUT_OF_MEMORY` if the memory does not suffice
   */
  run<R>(call: (exports: Exports) => R): R {
    const { exports } = this;
    const stack = exports.__stack_pointer.value;
    try {
      return call(exports);
    } catch (error) {
      this.#broken = true;
      exports.__stack_pointer.value = stack;
      throw error;
    }
  }

  allocate(bytes: number): number {
    return this.run((exports) => exports.allocate(bytes)) >>> 0;
  }

  release(address: number): void {
    if (address !== 0) this.run((exports) => exports.release(address));
  }

  /** A view of the memory. It must not be kept: after the next allocation it may not reach everything. */
  view<A extends Elements>(type: ElementType<A>, address: number, length: number): A {
    return new type(this.#memory.buffer, address >>> 0, length);
  }

  /** A string of the module's. */
  text(address: number): string {
    const bytes = new Uint8Array(this.#memory.buffer);
    let text = '';
    for (let i = address; bytes[i] !== 0; i++) text += String.fromCharCode(bytes[i]);
    return text;
  }

  /** Copies an array into new memory. */
  copy(array: Elements): number {
    const address = this.allocate(array.byteLength);
    this.view(typeOf(array), address, array.length).set(array);
    return address;
  }

  /**
   * The same for the rows of a training. Trainings that run at the same time share a copy: until they end, nothing may
   * change the array.
   */
  share(array: Elements): Shared {
    const { buffer, byteOffset, byteLength } = array;
    const isCopy = ({ of }: Shared) =>
      of.buffer === buffer && of.byteOffset === byteOffset && of.byteLength === byteLength;
    const known = [...this.#shared].find(isCopy) ?? { of: array, address: this.copy(array), users: 0 };
    this.#shared.add(known);
    known.users++;
    return known;
  }

  /** Ends one use of {@link share}. */
  unshare(shared: Shared): void {
    if (--shared.users > 0) return;
    this.#shared.delete(shared);
    this.release(shared.address);
  }

  #newThread(): WorkerBegin {
    const locals = this.run((exports) => exports.newThread()) >>> 0;
    const stack = this.exports.endOfStack(locals) >>> 0;
    return { module: this.#host.module, memory: this.#memory, stack, locals, member: 0 };
  }

  /** A Worker that computes what is given to it through the memory. If it fails, calls wait for it forever. */
  #startMember(begin: WorkerBegin): boolean {
    const failed = (error: unknown) => {
      this.#broken = true;
      this.background.fail(error);
    };
    return this.#members++ < MOST_MEMBERS && this.#host.startWorker(begin, { message() {}, failed }) !== undefined;
  }

  #imports(): WebAssembly.Imports {
    const memory = this.#memory;
    const { module } = this.#host;
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = { env: { memory } };
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      if (kind === 'function') imports[from][name] = () => 0;
    }
    Object.assign(imports.host, {
      now: () => performance.now(),
      stopped: () => (this.stop && Atomics.load(this.stop, 0) !== 0 ? 1 : 0),
      startMember: (member: number, stack: number, locals: number) =>
        this.#startMember({ module, memory, member, stack: stack >>> 0, locals }) ? 1 : 0,
      outOfMemory: (bytes: number) => {
        throw this.#outOfMemory(bytes >>> 0);
      },
    });
    return imports;
  }

  #outOfMemory(bytes: number): Error {
    const megabytes = (count: number) => `${Math.ceil(count / 2 ** 20)} MB`;
    const has = megabytes(this.#memory.buffer.byteLength);
    const most = megabytes(MOST_PAGES[0] * 65536);
    return withCode(
      new Error(
        `The WebAssembly backend is out of memory: it has ${has} of at most ${most} and needs ` +
          `${megabytes(bytes)} more. Train on fewer rows, on rows of bytes, or with the addon (backend: 'native')`,
      ),
      'ERR_OUT_OF_MEMORY',
    );
  }
}

/** Memory of one call, which is released at once. */
export class CallMemory {
  readonly #addresses: number[] = [];

  constructor(readonly engine: WasmEngine) {}

  reserve(bytes: number): number {
    const address = this.engine.allocate(bytes);
    this.#addresses.push(address);
    return address;
  }

  copy(array: Elements): number {
    const address = this.engine.copy(array);
    this.#addresses.push(address);
    return address;
  }

  /** Numbers as native/wasm/call.h takes them. */
  numbers(values: readonly number[]): number {
    return this.copy(Float64Array.from(values));
  }

  release(): void {
    for (const address of this.#addresses.splice(0)) this.engine.release(address);
  }
}
