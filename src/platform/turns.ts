import { throwIfAborted } from '../validation/signal.js';

/**
 * Long work on JavaScript's thread, as a generator that yields between pieces of it. Pieces should take a millisecond
 * at most, so that whoever runs the work can give the event loop a turn often.
 */
export type Pieces<R> = Generator<undefined, R, undefined>;

/** Runs all pieces without a break. */
export function atOnce<R>(pieces: Pieces<R>): R {
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
  }
}

/**
 * Runs the pieces with turns of the event loop in between: timers and I/O continue. It begins before it returns.
 *
 * @param signal - ends the work when it is aborted
 * @param most - milliseconds of work after which the event loop gets a turn
 * @throws (as a rejection) an `AbortError`: see `abortError`
 */
export async function inTurns<R>(pieces: Pieces<R>, signal?: AbortSignal, most = 4): Promise<R> {
  throwIfAborted(signal, 'The work');
  let turn = performance.now();
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
    if (performance.now() - turn < most) continue;
    await giveTurn();
    throwIfAborted(signal, 'The work');
    turn = performance.now();
  }
}

let last: Promise<void> = Promise.resolve();

/**
 * Gives the event loop a turn: timers and I/O that are due come first. Of several that wait, each continues in a turn
 * of its own, so that their pieces of work do not add up to a long one.
 */
export function giveTurn(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
  return last;
}

/**
 * Returns what gives the event loop a turn if some time has passed since the last one: call it between pieces of work.
 *
 * @param most - milliseconds of work after which the event loop gets a turn
 */
export function turnTaker(most = 4): () => Promise<void> {
  let turn = performance.now();
  return async () => {
    if (performance.now() - turn < most) return;
    await giveTurn();
    turn = performance.now();
  };
}
