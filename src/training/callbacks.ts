/** Who follows a training, and how they are told. */
import { disown } from '../validation/callback.js';
import { isObject } from '../validation/check.js';
import { describe, withCode, wrongType } from '../validation/errors.js';
import { isPromise } from '../validation/kinds.js';
import { addAll } from '../validation/long-lists.js';
import { unlessAborted } from '../validation/signal.js';
import type { EpochMetrics, TrainingProgress } from './history.js';

/** What is called while training runs. */
export interface TrainingCallbacks {
  /**
   * Called while training runs, after `net.params` were brought up to date. What it throws, or rejects with, ends
   * training. A promise that it returns is awaited: the next call waits for it, and so does the end of the training;
   * meanwhile training goes on, and `net.params` change.
   */
  onProgress?: ((progress: TrainingProgress) => unknown) | undefined;
  /**
   * Called once for each epoch, in order, when its last iteration has been made; as `onProgress` otherwise. Epochs that
   * are shorter than `progressInterval` are told several at a time.
   */
  onEpochEnd?: ((metrics: EpochMetrics) => unknown) | undefined;
}

const KINDS = ['onProgress', 'onEpochEnd'] as const satisfies readonly (keyof TrainingCallbacks)[];

/**
 * The callbacks that the options name, in the order in which they are called.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function callbacksOf(
  options: TrainingCallbacks & { readonly callbacks?: readonly TrainingCallbacks[] | undefined },
): readonly TrainingCallbacks[] {
  const { callbacks = [] } = options;
  if (!Array.isArray(callbacks)) throw wrongType('an array of callbacks for callbacks', callbacks);
  checkCallbacks(options, '');
  for (const [i, one] of callbacks.entries()) {
    if (!isObject(one)) throw wrongType(`an object of callbacks for callbacks[${i}]`, one);
    const unknown = Object.keys(one).find((key) => !(KINDS as readonly string[]).includes(key));
    if (unknown !== undefined) throw wrongType(`${KINDS.join(' or ')} in callbacks[${i}]`, unknown);
    checkCallbacks(one, `callbacks[${i}].`);
  }
  const all = [options, ...callbacks].map(({ onProgress, onEpochEnd }) => ({ onProgress, onEpochEnd }));
  return all.filter((one) => KINDS.some((kind) => one[kind] !== undefined));
}

function checkCallbacks(callbacks: TrainingCallbacks, where: string): void {
  for (const kind of KINDS) {
    const callback: unknown = callbacks[kind];
    if (callback === undefined || typeof callback === 'function') continue;
    throw wrongType(`a function for ${where}${kind}`, callback);
  }
}

/**
 * Tells callbacks one thing after the other. While one has returned a promise, the next waits: of reports of progress
 * the last one, of epochs all.
 */
export class Follower {
  readonly #callbacks: readonly TrainingCallbacks[];
  readonly #fail: (error: unknown) => void;
  readonly #synchronous: boolean;
  #epochs: EpochMetrics[] = [];
  #progress: (() => TrainingProgress) | undefined;
  #failed = false;
  #telling: Promise<void> | undefined;

  /**
   * @param fail - called once, with what a callback throws or rejects with; nothing is told afterwards
   * @param synchronous - whether promises are refused, since nobody can wait for them
   */
  constructor(callbacks: readonly TrainingCallbacks[], fail: (error: unknown) => void, synchronous: boolean) {
    this.#callbacks = callbacks;
    this.#fail = fail;
    this.#synchronous = synchronous;
  }

  /**
   * Tells of epochs and then of the progress, now if nothing is waited for.
   *
   * @param progress - the progress when it is told
   */
  tell(epochs: readonly EpochMetrics[], progress: () => TrainingProgress): void {
    addAll(this.#epochs, epochs);
    this.#progress = progress;
    if (this.#telling || this.#failed) return;
    const calls = this.#calls();
    try {
      for (let next = calls.next(); !next.done; next = calls.next()) {
        const result = next.value();
        if (!isPromise(result)) continue;
        this.#checkAllowed(result);
        this.#telling = this.#tellLater(result, calls);
        return;
      }
    } catch (error) {
      this.#end(error);
    }
  }

  /**
   * Waits until everything has been told. A callback may never settle, which does not keep a signal from ending it.
   *
   * @returns whether it has; false if the signal was aborted before
   */
  async settled(signal: AbortSignal | undefined): Promise<boolean> {
    if (!this.#telling) return true;
    if (signal)
      return unlessAborted(this.#telling, signal, 'Waiting for callbacks').then(
        () => true,
        () => false,
      );
    await this.#telling;
    return true;
  }

  async #tellLater(waitingFor: PromiseLike<unknown>, calls: Iterator<() => unknown>): Promise<void> {
    try {
      await waitingFor;
      for (let next = calls.next(); !next.done; next = calls.next()) await next.value();
    } catch (error) {
      this.#end(error);
    }
    this.#telling = undefined;
  }

  /** What is to be called next, as long as there is something. */
  *#calls(): Generator<() => unknown, void, void> {
    for (;;) {
      // All at once: taking the first of a long array moves the others, and a report may bring many thousands.
      const epochs = this.#epochs;
      this.#epochs = [];
      for (const metrics of epochs) {
        for (const { onEpochEnd } of this.#callbacks) if (onEpochEnd) yield () => onEpochEnd(metrics);
      }
      if (this.#epochs.length > 0) continue;
      const progress = this.#progress;
      if (!progress) return;
      this.#progress = undefined;
      const now = progress();
      for (const { onProgress } of this.#callbacks) if (onProgress) yield () => onProgress(now);
    }
  }

  #end(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#epochs = [];
    this.#progress = undefined;
    this.#fail(error);
  }

  #checkAllowed(result: PromiseLike<unknown>): void {
    if (!this.#synchronous) return;
    // It is refused: what becomes of it is nobody's concern any more.
    disown(result);
    throw withCode(
      new TypeError(
        `Expected callbacks that return nothing for trainSync, which cannot wait, but one returned ` +
          `${describe(result)}: use train`,
      ),
      'ERR_ASYNC_CALLBACK',
    );
  }
}
