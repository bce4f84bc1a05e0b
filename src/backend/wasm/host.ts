import type { WorkerBegin, WorkerCall, WorkerMessage } from './worker-program.js';

/** What the runtime offers to the module. */
export interface Host {
  readonly module: WebAssembly.Module;
  /** Whether this thread may sleep until another one wakes it: everywhere but on the main thread of a page. */
  readonly maySleep: boolean;
  /**
   * Starts a Worker with the program of worker-program.ts. It must not keep the program alive unless it is told to.
   * Undefined if there are no Workers, or none that share memory.
   */
  startWorker(begin: WorkerBegin, listener: WorkerListener): StartedWorker | undefined;
}

/** Hears of a Worker. */
export interface WorkerListener {
  message(message: WorkerMessage): void;
  /** It could not begin, or has ended: it will say nothing more. */
  failed(error: unknown): void;
}

export interface StartedWorker {
  post(call: WorkerCall): void;
  /** Whether it keeps the program alive. */
  hold(alive: boolean): void;
}
