/** What a training records and reports. */
import type { MadeBy } from './made-by.js';
import type { Optimizer } from './settings.js';
import type { TrainingWarning } from './warnings/warning.js';

/** The record of a training. Accuracies are shares, 0 … 1. */
export interface TrainingHistory extends MadeBy {
  /**
   * The loss of each iteration on its minibatch, before its step: mean cross-entropy + ½·reg·(ΣW1² + ΣW2²). The mean is
   * weighted by `classWeights` and `sampleWeights`, and the cross-entropy is that of smoothed labels with
   * `labelSmoothing`.
   */
  lossHistory: number[];
  /** Accuracy on the minibatch after the step of iterations 0, E, 2E …, where E = max(⌊N/batchSize⌋, 1). */
  trainAccHistory: number[];
  /** Accuracy on the validation rows at the same iterations; empty without validation rows. */
  valAccHistory: number[];
  /** The mean cross-entropy of the validation rows at the same iterations; empty without validation rows. */
  valLossHistory: number[];
  /** The learning rate of the same iterations. */
  learningRateHistory: number[];
  /**
   * Accuracy of the net that is returned, on all training rows, without dropout or changed pictures; undefined if it
   * was not measured, as in a training that is shorter than an epoch, was stopped or diverged.
   */
  trainAccuracy?: number;
  /** The same on all validation rows; undefined without. */
  valAccuracy?: number;
  /**
   * With `patience`: the iterations that made the parameters of the best epoch, which the net has after a training that
   * was not stopped.
   */
  bestIteration?: number;
  /** The update rule, which a training that continues this one must have; `sgd` if it is missing. */
  optimizer?: Optimizer;
  /** What dropout and changed pictures are drawn by; undefined without them. */
  noiseSeed?: number;
  /** The learning rate that the next iteration would have; with a schedule, that of the last one at its end. */
  learningRate: number;
  /** Wall time in seconds, including that of the training that was resumed. */
  seconds: number;
  /** Rows trained on per second: iterations · batchSize / seconds. */
  samplesPerSecond: number;
  /**
   * Signs that little or nothing was learnt, each with a remedy, in the order found; each code once. Complete when the
   * training has ended, also when it diverged or was aborted.
   */
  warnings: TrainingWarning[];
}

/** A training in progress, as `onProgress` sees it. */
export interface TrainingProgress {
  /** Iterations done. */
  iteration: number;
  /** Iterations in all. */
  numIters: number;
  /** The last iteration's loss. */
  loss: number;
  /** The learning rate of the next iteration. */
  learningRate: number;
  /** E: the iterations that the accuracies are of are 0, E, 2E … */
  iterationsPerEpoch: number;
  /** Rows trained on per second, since the start. */
  samplesPerSecond: number;
  /** Seconds since the start. */
  seconds: number;
  /** All numbers so far. The arrays grow while training continues: copy what you keep. */
  history: Readonly<
    Pick<
      TrainingHistory,
      'lossHistory' | 'trainAccHistory' | 'valAccHistory' | 'valLossHistory' | 'learningRateHistory'
    >
  >;
}

/** What is known of an epoch, E iterations, when its last one has been made. Accuracies are shares, 0 … 1. */
export interface EpochMetrics {
  /** From 0: the index of the epoch in the curves of the history. */
  readonly epoch: number;
  /** Iterations done: (`epoch` + 1) · E, or fewer if training ended within the epoch. */
  readonly iteration: number;
  /** The mean loss of the epoch's iterations. */
  readonly loss: number;
  /** As `trainAccHistory[epoch]`: on a minibatch, after the epoch's first step. */
  readonly trainAccuracy: number;
  /** As `valAccHistory[epoch]`: after the epoch's first step; undefined without validation rows. */
  readonly valAccuracy: number | undefined;
  /** As `valLossHistory[epoch]`; undefined without validation rows. */
  readonly valLoss: number | undefined;
  /** As `learningRateHistory[epoch]`: of the epoch's first step. */
  readonly learningRate: number;
}

/** The article's line for an iteration: `iteration 100 / 1000: loss 2.302538`. */
export function iterationLine(iteration: number, numIters: number, loss: number): string {
  return `iteration ${iteration} / ${numIters}: loss ${loss.toFixed(6)}`;
}
