/** What the record of a training says. */
import type { Net } from '../../../binding.js';
import { A_WHILE, type TrainingWarning, words } from './warning.js';

/** A training that has ended, however it did. */
export interface EndedTraining {
  /** The net, with the parameters of the last iteration. */
  readonly net: Net;
  /** The loss of each iteration: mean cross-entropy + ½·reg·(ΣW1² + ΣW2²). */
  readonly lossHistory: readonly number[];
  /** The rate that the next iteration would have. */
  readonly learningRate: number;
  /** Those of the iterations that were to be made now, by a schedule; null without. */
  readonly rates: Float64Array | null;
  readonly settings: {
    /** The rate of the first iteration. */
    readonly learningRate: number;
    readonly learningRateDecay: number;
    readonly reg: number;
    readonly inputScale: number;
  };
}

/** Times its start that a loss may rise. */
const RISE = 1000;

/**
 * The loss rose a thousandfold: above its start, or above guessing if it started below.
 *
 * @param rateAt - the learning rate of an iteration
 */
export function lossRose(
  { net, lossHistory }: EndedTraining,
  rateAt: (iteration: number) => number,
): TrainingWarning | undefined {
  const start = Math.max(lossHistory[0] ?? 0, guessing(net));
  if (start === 0) return undefined;
  const at = lossHistory.findIndex((loss) => loss > RISE * start);
  if (at < 0) return undefined;
  const learningRate = rateAt(Math.max(0, at - 1));
  return {
    code: 'WARN_LOSS_ROSE',
    message:
      `The loss rose from ${words(lossHistory[0])} to ${words(lossHistory[at])} by iteration ${at}: the training ` +
      `diverged, though its numbers stayed finite. Use a smaller learning rate than ${words(learningRate)}, such as ` +
      `${words(learningRate / 10)}, or rows of smaller numbers`,
  };
}

/** The share of its start below which a learning rate changes nothing any more. */
const VANISHED = 1e-6;

/**
 * The rate fell to nothing: at the end, where it decays; in half of the iterations or more, where a schedule, which may
 * end near 0 on purpose, makes it.
 */
export function rateVanished(training: EndedTraining): TrainingWarning | undefined {
  const { learningRate, settings, rates } = training;
  if (rates) return ratesVanished(rates);
  const { learningRate: start, learningRateDecay: decay } = settings;
  if (learningRate >= VANISHED * start) return undefined;
  return {
    code: 'WARN_LEARNING_RATE_VANISHED',
    message:
      `The learning rate fell from ${words(start)} to ${words(learningRate)}, less than a millionth: the last epochs ` +
      `changed nothing. Use a learning rate decay nearer to 1 than ${decay}, such as 1, or fewer iterations. It ` +
      'applies once per epoch, and with few rows an epoch is few iterations',
  };
}

function ratesVanished(rates: Float64Array): TrainingWarning | undefined {
  const largest = rates.reduce((most, rate) => Math.max(most, rate), 0);
  const lost = rates.reduce((count, rate) => count + Number(rate <= VANISHED * largest), 0);
  if (2 * lost < rates.length) return undefined;
  return {
    code: 'WARN_LEARNING_RATE_VANISHED',
    message:
      `The schedule has learning rates of ${words(largest)} at most, and in ${lost} of ${rates.length} iterations ` +
      'less than a millionth of that, which changed nothing. Let it fall more slowly: a rateFactor nearer to 1, more ' +
      'iterations between steps (stepEvery), a finalRate, or another schedule',
  };
}

/** How near to ln C a loss is still that of guessing. */
const ABOUT = 0.01;

/** The loss at the end is not below ln C: about that, or still higher. */
export function lossOfGuessing(training: EndedTraining): TrainingWarning | undefined {
  const { net, lossHistory, settings } = training;
  const guess = guessing(net);
  const iterations = lossHistory.length;
  if (iterations < A_WHILE || guess === 0) return undefined;
  const last = meanOf(lossHistory.slice(-A_WHILE / 2));
  // The penalty is at least 0, so that most trainings end here, and it need not be computed.
  if (last < (1 - ABOUT) * guess) return undefined;
  const loss = last - penalty(training);
  if (loss < (1 - ABOUT) * guess) return undefined;
  const rate = words(settings.learningRate);
  return {
    code: 'WARN_LOSS_OF_GUESSING',
    message:
      `After ${iterations} iterations the loss is ${words(loss)}, no better than guessing: ` +
      `ln ${net.shape.numClasses} = ${words(guess)}. ` +
      (tooFast(lossHistory, guess)
        ? `It was higher before: use a smaller learning rate than ${rate}`
        : `Use a larger learning rate than ${rate}, larger first weights (init he), or more iterations`) +
      '. Standardise the columns if they are not. If nothing helps, the rows may say nothing about their classes',
  };
}

/** Standard deviations that a loss of the noisiest minibatches hardly ever is above their mean. */
const OUTLYING = 6;
/** Standard errors by which two means of such losses hardly ever differ. */
const BEYOND_NOISE = 5;

/**
 * Whether steps were too large: the loss jumped, rose, or fell from a higher one to that of guessing, as it does when
 * no hidden unit is active any more. Minibatches differ, small ones much: all are by more than the losses at the end
 * differ from each other.
 */
function tooFast(lossHistory: readonly number[], guess: number): boolean {
  const begin = lossHistory.slice(0, A_WHILE / 10);
  const end = lossHistory.slice(-A_WHILE / 2);
  const [first, last] = [meanOf(begin), meanOf(end)];
  const deviation = Math.sqrt(meanOf(end.map((loss) => (loss - last) ** 2)));
  const usual = Math.max(3 * Math.max(lossHistory[0], guess), last + OUTLYING * deviation);
  if (lossHistory.some((loss) => loss > usual)) return true;
  const noise = BEYOND_NOISE * deviation * Math.sqrt(1 / begin.length + 1 / end.length);
  if (Math.abs(first - last) <= noise) return false;
  return last > 1.1 * first || (first > 1.1 * last && last < (1 + ABOUT) * guess);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The loss of a net that knows nothing: ln C. */
function guessing({ shape }: Net): number {
  return Math.log(shape.numClasses);
}

/** ½·reg·(ΣW1² + ΣW2²), where W1 is that of rows multiplied by the input scale. */
function penalty({ net, settings: { reg, inputScale } }: EndedTraining): number {
  if (reg === 0) return 0;
  const { W1, W2 } = net.parameters;
  return (reg / 2) * (sumOfSquares(W1) / inputScale ** 2 + sumOfSquares(W2));
}

function sumOfSquares(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}
