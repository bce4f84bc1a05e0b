/** What a training takes, reports and leaves behind. */
import type { TrainingOutcome, TrainingReport } from '../../binding.js';
import { RandomState } from '../random/random-state.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import { withCode, wrongType } from '../validation/errors.js';
import { setting } from './settings.js';

/** What became of a training. Accuracies are shares, 0 … 1. */
export interface TrainingHistory {
  /** The loss of each iteration on its minibatch, before its step: mean cross-entropy + ½·reg·(ΣW1² + ΣW2²). */
  lossHistory: number[];
  /** Accuracy on the minibatch after the step of iterations 0, E, 2E …, where E = max(⌊N/batchSize⌋, 1). */
  trainAccHistory: number[];
  /** Accuracy on the validation rows at the same iterations; empty without validation rows. */
  valAccHistory: number[];
  /** The learning rate that a next iteration would have. */
  learningRate: number;
  /** Wall time in seconds, that of the training gone on with included. */
  seconds: number;
  /** Rows trained on per second: iterations · batchSize / seconds. */
  samplesPerSecond: number;
}

/** A training on its way, as `onProgress` sees it. */
export interface TrainingProgress {
  /** Iterations done. */
  iteration: number;
  /** Iterations that it will make. */
  numIters: number;
  /** The last iteration's loss. */
  loss: number;
  /** The learning rate of the next iteration. */
  learningRate: number;
  /** Rows trained on per second, since the start. */
  samplesPerSecond: number;
  /** Seconds since the start. */
  seconds: number;
  /** All numbers so far. The arrays grow while training goes on: copy what you keep. */
  history: Readonly<Pick<TrainingHistory, 'lossHistory' | 'trainAccHistory' | 'valAccHistory'>>;
}

/** Options of `train` and `trainSync`. */
export interface TrainOptions {
  /**
   * Iterations, one minibatch each; in all, those that `resume` has made included.
   * @defaultValue 100
   */
  numIters?: number;
  /**
   * Rows per minibatch, drawn with replacement; may be more than there are rows.
   * @defaultValue 200
   */
  batchSize?: number;
  /**
   * Step along the negative gradient; above 0.
   * @defaultValue 1e-3
   */
  learningRate?: number;
  /**
   * Factor on the learning rate after each epoch of max(⌊N/batchSize⌋, 1) iterations, the first after iteration 0.
   * With few rows an epoch is few iterations, or one, and the rate is soon gone: use 1 there.
   * @defaultValue 0.95
   */
  learningRateDecay?: number;
  /**
   * Regularization strength, in ½·reg·(ΣW1² + ΣW2²).
   * @defaultValue 1e-5
   */
  reg?: number;
  /**
   * Prints `iteration 100 / 1000: loss 2.302…` to standard output for every hundredth iteration, as the article does.
   * @defaultValue false
   */
  verbose?: boolean;
  /**
   * Where the minibatches' draws come from; continues where training ends. Must not be drawn from meanwhile.
   * @defaultValue the net's own stream
   */
  random?: RandomState;
  /** Called while training goes on, after `net.params` were brought up to date. What it throws ends training. */
  onProgress?: (progress: TrainingProgress) => void;
  /**
   * Milliseconds between calls of `onProgress`; 0 for as many as there is time for, up to one each iteration.
   * @defaultValue 100
   */
  progressInterval?: number;
  /** Ends training after the current iteration; see {@link TrainingAbortedError}. */
  signal?: AbortSignal;
  /**
   * The history of a training to go on with: one that ended after fewer iterations, or was stopped. On a net and a stream
   * as it left them, with the other options the same, the result is that of one uninterrupted training, bit for bit. The
   * learning rate goes on from `resume.learningRate`, whatever `learningRate` says. The history given is not changed.
   * See {@link trainingState} for a stopped training as a value.
   * @defaultValue none: a new training
   */
  resume?: TrainingHistory | undefined;
}

/** {@link TrainOptions} with every default in place. */
export interface ResolvedTrainOptions {
  readonly numIters: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly learningRateDecay: number;
  readonly reg: number;
  readonly progressInterval: number;
  readonly verbose: boolean;
  readonly random: RandomState;
  readonly onProgress: ((progress: TrainingProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly resume: TrainingHistory | undefined;
}

const KNOWN: readonly (keyof TrainOptions)[] = [
  'numIters',
  'batchSize',
  'learningRate',
  'learningRateDecay',
  'reg',
  'verbose',
  'random',
  'onProgress',
  'progressInterval',
  'signal',
  'resume',
];

/** Checks every option before any work. */
export function resolveTrainOptions(options: TrainOptions, own: RandomState): ResolvedTrainOptions {
  const {
    verbose = false,
    random = own,
    onProgress,
    signal,
    resume,
  } = checkOptions(options, 'the options of train', KNOWN);
  if (typeof verbose !== 'boolean') throw wrongType('true or false for verbose', verbose);
  if (!(random instanceof RandomState)) throw wrongType('a RandomState for random', random);
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw wrongType('a function for onProgress', onProgress);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw wrongType('an AbortSignal for signal', signal);
  const numIters = setting('numIters', options.numIters);
  if (resume !== undefined) checkHistory(resume, numIters);
  return {
    numIters,
    batchSize: setting('batchSize', options.batchSize),
    learningRate: setting('learningRate', options.learningRate),
    learningRateDecay: setting('learningRateDecay', options.learningRateDecay),
    reg: setting('reg', options.reg),
    progressInterval: setting('progressInterval', options.progressInterval),
    verbose,
    random,
    onProgress,
    signal,
    resume,
  };
}

/** A history that a training for `numIters` iterations can go on with. */
function checkHistory(history: TrainingHistory, numIters: number): void {
  if (typeof history !== 'object' || history === null) throw wrongType('the history of a training for resume', history);
  for (const name of ['lossHistory', 'trainAccHistory', 'valAccHistory'] as const) {
    const list: unknown = history[name];
    if (!Array.isArray(list)) throw wrongType(`an array for resume.${name}`, list);
    list.forEach((value, i) => {
      checkNumber(value, `resume.${name}[${i}]`);
    });
  }
  // 0 is what a rate comes to that decays for long.
  checkNumber(history.learningRate, 'resume.learningRate', { min: 0 });
  checkNumber(history.seconds, 'resume.seconds', { min: 0 });
  const done = history.lossHistory.length;
  if (done < numIters) return;
  throw withCode(
    new RangeError(
      `Expected numIters above the ${done} iterations that resume has made but received ${numIters}: it counts them all`,
    ),
    'ERR_OUT_OF_RANGE',
  );
}

/** The loss became NaN or infinite. The net holds the last parameters that were finite. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
  readonly code = 'ERR_DIVERGED';
  /** The iteration, from 0, whose loss was not finite. */
  readonly iteration: number;
  /** What was noted until then. */
  readonly history: TrainingHistory;

  constructor(iteration: number, options: ResolvedTrainOptions, history: TrainingHistory) {
    const { numIters, learningRate } = options;
    super(
      `The loss became NaN or infinite at iteration ${iteration} of ${numIters} ` +
        (iteration > 0
          ? `with a learning rate of ${learningRate}: try a smaller one, such as ${Number((learningRate / 10).toPrecision(3))}. `
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
  /** What was noted until then. */
  readonly history: TrainingHistory;

  /** @param reason - the signal's reason, kept as `cause` */
  constructor(numIters: number, reason: unknown, history: TrainingHistory) {
    super(`Training was aborted after ${history.lossHistory.length} of ${numIters} iterations`, { cause: reason });
    this.history = history;
  }
}

/** Collects a training's reports into its history, and passes them on. */
export class TrainingRecord {
  readonly history: TrainingHistory;
  private readonly start = performance.now();
  /** Seconds that were spent before this training began, by the one that it goes on with. */
  private readonly secondsBefore: number;

  constructor(private readonly options: ResolvedTrainOptions) {
    const { learningRate, resume } = options;
    this.secondsBefore = resume?.seconds ?? 0;
    this.history = {
      lossHistory: [...(resume?.lossHistory ?? [])],
      trainAccHistory: [...(resume?.trainAccHistory ?? [])],
      valAccHistory: [...(resume?.valAccHistory ?? [])],
      learningRate: resume?.learningRate ?? learningRate,
      seconds: this.secondsBefore,
      samplesPerSecond: resume?.samplesPerSecond ?? 0,
    };
  }

  /** Whether anyone wants to hear of progress. */
  get wanted(): boolean {
    return this.options.verbose || this.options.onProgress !== undefined;
  }

  /** Takes a report in; `seconds` are those since this training began. */
  add(report: TrainingReport, seconds = (performance.now() - this.start) / 1000): void {
    const { history } = this;
    const before = history.lossHistory.length;
    for (const loss of report.losses) history.lossHistory.push(loss);
    for (const accuracy of report.trainAccuracies) history.trainAccHistory.push(accuracy);
    for (const accuracy of report.validationAccuracies) history.valAccHistory.push(accuracy);
    history.learningRate = report.learningRate;
    history.seconds = this.secondsBefore + seconds;
    history.samplesPerSecond = (history.lossHistory.length * this.options.batchSize) / history.seconds;
    if (this.options.verbose) this.print(before);
  }

  /** Tells `onProgress`. */
  pass(): void {
    const { history, options } = this;
    const iteration = history.lossHistory.length;
    if (iteration === 0) return;
    options.onProgress?.({
      iteration,
      numIters: options.numIters,
      loss: history.lossHistory[iteration - 1],
      learningRate: history.learningRate,
      samplesPerSecond: history.samplesPerSecond,
      seconds: history.seconds,
      history,
    });
  }

  /** Takes the last report in and returns the history, or throws what the training came to. */
  end(outcome: TrainingOutcome): TrainingHistory {
    this.add(outcome, outcome.seconds);
    if (outcome.status === 'diverged') throw new DivergedError(outcome.iterations, this.options, this.history);
    this.pass();
    if (outcome.status === 'stopped') {
      throw new TrainingAbortedError(this.options.numIters, this.options.signal?.reason, this.history);
    }
    return this.history;
  }

  private print(from: number): void {
    const { lossHistory } = this.history;
    for (let i = Math.ceil(from / 100) * 100; i < lossHistory.length; i += 100) {
      console.log(iterationLine(i, this.options.numIters, lossHistory[i]));
    }
  }
}

/** The article's line for an iteration: `iteration 100 / 1000: loss 2.302538`. */
export function iterationLine(iteration: number, numIters: number, loss: number): string {
  return `iteration ${iteration} / ${numIters}: loss ${loss.toFixed(6)}`;
}
