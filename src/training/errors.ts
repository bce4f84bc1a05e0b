/** How a training may end before its last iteration. */
import { hasCode } from '../validation/kinds.js';
import type { TrainingHistory } from './history.js';
import { SETTINGS } from './settings.js';
import { words } from './warnings/warning.js';

/** The loss became NaN or infinite. The net holds the last finite parameters. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
  readonly code = 'ERR_DIVERGED';
  /** The iteration, from 0, whose loss was not finite. */
  readonly iteration: number;
  /** The record up to that iteration. */
  readonly history: TrainingHistory;

  /** @param settings - with the learning rate of the step that led there, if there was one */
  constructor(
    iteration: number,
    settings: {
      readonly numIters: number;
      readonly learningRate: number;
      readonly learningRateDecay: number;
      readonly reg: number;
    },
    history: TrainingHistory,
  ) {
    const { numIters, learningRate } = settings;
    super(
      `The loss became NaN or infinite at iteration ${iteration} of ${numIters} ` +
        (iteration > 0
          ? `with a learning rate of ${words(learningRate)}: ${adviceFor(settings)}. `
          : 'before any step: the inputs or the parameters are too large for the arithmetic, so scale them down. ') +
        'The net holds the last finite parameters',
    );
    this.iteration = iteration;
    this.history = history;
  }
}

/** What to try instead: a tenth of the rate where that is still usual, and otherwise the default. */
function adviceFor({
  learningRate,
  learningRateDecay,
  reg,
}: Record<'learningRate' | 'learningRateDecay' | 'reg', number>) {
  const { default: usual } = SETTINGS.learningRate;
  const tenth = words(learningRate / 10);
  const advice = [`try a smaller one, such as ${learningRate > 1000 * usual ? `the default, ${usual}` : tenth}`];
  if (learningRateDecay > 1)
    advice.push(`a learning rate decay of at most 1, where ${learningRateDecay} lets the rate grow`);
  // A step multiplies the weights by 1 − rate · reg.
  if (learningRate * reg >= 1 && reg > SETTINGS.reg.default)
    advice.push(`a smaller reg than ${words(reg)}, such as the default, ${SETTINGS.reg.default}`);
  if (learningRate <= usual) advice.push('rows of smaller numbers: standardise the columns');
  return advice.join(', or ');
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

/** Whether it is a {@link TrainingAbortedError}, of any copy of the package: that of another has another class. */
export function isTrainingAborted(error: unknown): error is TrainingAbortedError {
  return hasCode(error, 'ABORT_ERR') && 'history' in error;
}

/** Whether it is a {@link DivergedError}, of any copy of the package. */
export function isDiverged(error: unknown): error is DivergedError {
  return hasCode(error, 'ERR_DIVERGED');
}
