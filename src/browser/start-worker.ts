/** Starts the Worker that trains, and says why it cannot be started. */
import { withCode, wrongType } from '../validation/errors.js';
import { isError, messageOf } from '../validation/kinds.js';

/** A Worker, and the address of its file, if that is known. */
export interface StartedWorker {
  readonly worker: Worker;
  readonly address: string | undefined;
}

/** The package's own. Bundlers look for these words. */
export function ownWorker(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

/**
 * Starts a Worker, and notes the address of its file, which only its constructor is told: a bundler may have chosen it,
 * and the event that says that it cannot be loaded does not name it.
 *
 * @throws Error `ERR_WORKER` when the browser refuses; TypeError `ERR_INVALID_TYPE` for something else than a Worker;
 * what `start` throws
 */
export function startWorker(start: () => Worker): StartedWorker {
  const { Worker: Constructor } = globalThis;
  if (Constructor === undefined) throw workerError(undefined, 'this runtime has no Workers');
  let address: string | undefined;
  const construct = (made: typeof Constructor, args: readonly unknown[]) => {
    address = new URL(String(args[0]), globalThis.location?.href).href;
    return Reflect.construct(made, args) as Worker;
  };
  globalThis.Worker = new Proxy(Constructor, { construct });
  let worker: Worker;
  try {
    worker = start();
  } catch (error) {
    throw address === undefined ? error : workerError(address, messageOf(error), error);
  } finally {
    globalThis.Worker = Constructor;
  }
  if (typeof worker?.postMessage === 'function') return { worker, address };
  throw wrongType('a function that returns a Worker for worker', worker, ' from it');
}

/** The error for what a Worker's `onerror` was told. */
export async function workerFailure({ message, filename, lineno }: ErrorEvent, address: string | undefined) {
  if (!message) return workerError(address, await whyNotLoaded(address));
  const place = filename ? ` in ${filename}, line ${lineno}` : '';
  return withCode(new Error(`The Worker of fitInWorker failed${place}: ${message}`), 'ERR_WORKER');
}

/** Why a file was not loaded: browsers tell nobody but the console. */
async function whyNotLoaded(address: string | undefined): Promise<string> {
  if (address === undefined) return 'its file cannot be loaded';
  try {
    const answer = await fetch(address);
    void answer.body?.cancel();
    if (!answer.ok) return `the server answers ${answer.status}`;
    const type = answer.headers.get('content-type') ?? 'no type';
    if (!/javascript|ecmascript/.test(type)) return `the server answers with ${type} instead of text/javascript`;
  } catch (error) {
    return `it cannot be fetched: ${messageOf(error)}`;
  }
  return 'it, or what it imports, cannot be loaded; the content security policy must allow it with worker-src';
}

function workerError(address: string | undefined, why: string, cause?: unknown): Error {
  const from = address === undefined ? '' : ` from ${address}`;
  const remedy =
    'Make two-layer-net/worker an entry of the bundle, whose file is at this address, or start the Worker by the ' +
    'option worker: see docs/browser.md#bundlers';
  const error = new Error(
    `Cannot start the Worker of fitInWorker${from}: ${why}. ${remedy}`,
    isError(cause) ? { cause } : {},
  );
  return withCode(error, 'ERR_WORKER');
}
