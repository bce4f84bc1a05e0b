/** Trainings side by side: as many at a time as there are threads. */
import { type BackendChoice, chooseBackend } from '../backend/choose.js';
import { defaultThreads } from '../platform/processors.js';
import { runOnCores } from '../platform/run-on-cores.js';
import { giveTurn } from '../platform/turns.js';
import { setting } from '../training/settings.js';

/** What trainings share. */
export interface Sharing {
  readonly backend?: BackendChoice | undefined;
  /** Threads in all. */
  readonly threads?: number | undefined;
  /** Ends all of them. */
  readonly signal?: AbortSignal | undefined;
}

/** What each of them gets. */
export interface Share {
  readonly threads: number;
  readonly signal: AbortSignal;
}

/** Trains `count` times; the first error, or the signal, ends all of them. The results are in their order. */
export async function sideBySide<T>(
  count: number,
  { backend, threads, signal }: Sharing,
  train: (index: number, share: Share) => Promise<T>,
): Promise<T[]> {
  const all = setting('threads', threads ?? defaultThreads());
  const { capabilities } = chooseBackend(backend);
  const cores = capabilities.threads && capabilities.offMainThread ? all : 1;
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  const results = new Array<T>(count);
  try {
    await runOnCores([...results.keys()], cores, async (index, lease) => {
      // By the next turn all that run at once have begun, and have their shares of the threads.
      await giveTurn();
      try {
        results[index] = await train(index, { threads: lease.threads().count, signal: stop.signal });
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  return results;
}
