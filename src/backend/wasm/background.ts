/** Calls of the module beside JavaScript's thread, each in a Worker. */
import { withCode } from '../../validation/errors.js';
import { messageOf } from '../../validation/kinds.js';
import type { Host, StartedWorker } from './host.js';
import type { WorkerBegin, WorkerCall, WorkerMessage } from './worker-program.js';

/** What the Workers of an instance have in common. */
export interface Surroundings {
  readonly host: Host;
  /** What a new Worker needs. */
  newThread(): WorkerBegin;
  /** The error for memory that does not suffice. */
  outOfMemory(bytes: number): Error;
  /** Called before a call is rejected: the instance may be in any state. */
  broken(): void;
}

/** More threads than a machine has processors are of no use. */
const MOST_WORKERS = 64;

/** The Workers of an instance that run calls. They are started with the first calls, and kept for the next ones. */
export class Background {
  readonly #around: Surroundings;
  readonly #idle: BackgroundWorker[] = [];
  readonly #all = new Set<BackgroundWorker>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** A Worker for one call; undefined if none can start. */
  take(): BackgroundWorker | undefined {
    const idle = this.#idle.pop();
    if (idle || this.#all.size >= MOST_WORKERS) return idle;
    const worker = new BackgroundWorker(this.#around, (whole) => {
      if (whole) this.#idle.push(worker);
      else this.#all.delete(worker);
    });
    if (!worker.start()) return undefined;
    this.#all.add(worker);
    return worker;
  }

  /** For one that was taken and is not used. */
  giveBack(worker: BackgroundWorker): void {
    this.#idle.push(worker);
  }

  /** Ends all calls that run. */
  fail(error: unknown): void {
    for (const worker of this.#all) worker.fail(error);
  }
}

interface Running {
  readonly report: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A Worker that runs one call at a time. */
export class BackgroundWorker {
  readonly #around: Surroundings;
  readonly #ended: (whole: boolean) => void;
  #worker: StartedWorker | undefined;
  #running: Running | undefined;

  /** @param ended - called after each call: whether there can be another one */
  constructor(around: Surroundings, ended: (whole: boolean) => void) {
    this.#around = around;
    this.#ended = ended;
  }

  start(): boolean {
    this.#worker = this.#around.host.startWorker(this.#around.newThread(), {
      message: (message) => this.#hear(message),
      failed: (error) => this.fail(notStarted(error)),
    });
    return this.#worker !== undefined;
  }

  /**
   * Runs a call. Afterwards another one may take this Worker.
   *
   * @param report - called when a training has a report
   * @throws Error `ERR_OUT_OF_MEMORY` or `ERR_NO_THREAD`, as a rejection
   */
  run(call: WorkerCall, report: () => void = () => {}): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#running = { report, resolve, reject };
      this.#worker?.hold(true);
      this.#worker?.post(call);
    });
  }

  /** Ends the call that runs. */
  fail(error: unknown): void {
    const running = this.#end(false);
    if (!running) return;
    this.#around.broken();
    running.reject(error);
  }

  #hear(message: WorkerMessage): void {
    if (message.kind === 'report') this.#running?.report();
    else if (message.kind === 'failed') this.fail(this.#errorFor(message.message, message.bytes));
    else this.#end(true)?.resolve();
  }

  #end(whole: boolean): Running | undefined {
    const running = this.#running;
    this.#running = undefined;
    this.#worker?.hold(false);
    this.#ended(whole);
    return running;
  }

  #errorFor(message: string, bytes: number | undefined): Error {
    return bytes === undefined
      ? new Error(`The WebAssembly backend failed: ${message}`)
      : this.#around.outOfMemory(bytes);
  }
}

function notStarted(error: unknown): Error {
  const why = messageOf(error);
  return withCode(
    new Error(`A thread of the WebAssembly backend has ended: ${why}`, { cause: error }),
    'ERR_NO_THREAD',
  );
}
