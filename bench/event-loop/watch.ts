/** How long the event loop makes others wait while some work goes on. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** The delays of one timer of {@link INTERVAL} milliseconds, set again each time that it fires. */
export interface Delays {
  /** How late the timer was each time, in milliseconds: others with something to do would have waited as long. */
  readonly late: readonly number[];
  /**
   * The same without the time that JavaScript's thread was ready to run and other threads had its processor: what is
   * left is JavaScript's own work, and what is called from it. Null where the system does not tell.
   */
  readonly blocked: readonly number[] | null;
}

/** The timer's interval in milliseconds. Node's timers have no shorter one. */
const INTERVAL = 1;

/** Linux's account of the thread: nanoseconds on a processor, nanoseconds ready but waiting for one, time slices. */
const SCHEDSTAT = '/proc/self/schedstat';

/**
 * Watches the event loop until the promise of `work` settles.
 *
 * This does what `monitorEventLoopDelay` of perf_hooks does, and asks for the thread's waiting time as well.
 */
export async function watchEventLoop(work: () => Promise<unknown>): Promise<Delays> {
  const account = existsSync(SCHEDSTAT) ? openSync(SCHEDSTAT, 'r') : undefined;
  const bytes = Buffer.alloc(128);
  const waited = () => {
    if (account === undefined) return 0;
    const [, waiting] = bytes.toString('latin1', 0, readSync(account, bytes, 0, bytes.length, 0)).split(' ');
    return Number(waiting) / 1e6;
  };
  const late: number[] = [];
  const blocked: number[] = [];
  let [time, waiting] = [performance.now(), waited()];
  const look = () => {
    const [timeNow, waitingNow] = [performance.now(), waited()];
    const delay = Math.max(0, timeNow - time - INTERVAL);
    late.push(delay);
    blocked.push(Math.max(0, delay - (waitingNow - waiting)));
    [time, waiting] = [timeNow, waitingNow];
  };
  let timer: NodeJS.Timeout;
  const tick = () => {
    look();
    timer = setTimeout(tick, INTERVAL);
  };
  timer = setTimeout(tick, INTERVAL);
  try {
    await work();
    look(); // what ended in one piece with the work has not been seen by the timer
  } finally {
    clearTimeout(timer);
    if (account !== undefined) closeSync(account);
  }
  return { late, blocked: account === undefined ? null : blocked };
}
