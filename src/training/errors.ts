/** How a training may end before its last iteration. */
import type { TrainingHistory } from './history.js';

/** The loss became NaN or infinite. The net holds the last finite parameters. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
  readonly code = 'ERR_DIVERGED';
  /** The iteration, from 0, whose loss was not finite. */
  readonly iteration: number;
  /** The record up to that iteration. */
  readonly history: TrainingHistory;

  constructor(
    iteration: number,
    settings: { readonly numIters: number; readonly learningRate: number },
    history: TrainingHistory,
  ) {
    const { numIters, learningRate } = settings;
    const smaller = Number((learningRate / 10).toPrecision(3));
    super(
      `The loss became NaN or infinite at iteration ${iteration} of ${numIters} ` +
        (iteration > 0
          ? `with a learning rate of ${learningRate}: try a smaller one, such as ${smaller}. `
          : 'before any step: the inputs or the parameters are too large for the arithmetic, so scale them down. ') +
        'The net holds the last finite parameters',
    );
    this.iteration = iteration;
    this.history = history;
  }
}

/** Training was ended by its `signal`, as Node's own AbortError is thrown; the net keeps what was trained. */
export class TrainingAbortedError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'ABORT_ERR';
  /** The iterations that were planned. */
  readonly numIters: number;
  /** The record up to that iteration. */
  readonly history: TrainingHistory;

  /** @param reason - the signal's reason, kept as `cause` */
  constructor(numIters: number, reason: unknown, history: TrainingHistory) {
    super(`Training was aborted after ${history.lossHistory.length} of ${numIters} iterations`, { cause: reason });
    this.numIters = numIters;
    this.history = history;
  }
}
