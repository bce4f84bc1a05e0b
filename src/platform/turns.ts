/**
 * Long work on JavaScript's thread, as a generator that yields between pieces of it. Pieces take a millisecond at most,
 * so that whoever runs the work can give the event loop a turn often.
 */
export type Pieces<R> = Generator<undefined, R, undefined>;

/** Milliseconds of work after which the event loop gets a turn. */
const TURN = 4;

/** Runs all pieces without a break. */
export function atOnce<R>(pieces: Pieces<R>): R {
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
  }
}

/** Runs the pieces with turns of the event loop in between: timers and I/O continue. It begins before it returns. */
export async function inTurns<R>(pieces: Pieces<R>): Promise<R> {
  let turn = performance.now();
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
    if (performance.now() - turn < TURN) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turn = performance.now();
  }
}
