/** Trainings as the calls of binding.d.ts pass them; letters and rules are explained there. */

import type { LabelledRows, Net, ParameterArrays } from './binding-types.js';

/** The state of NumPy's legacy generator, MT19937, at some point of its stream. */
export interface GeneratorState {
  /** The state (624 words). It is read at the start and overwritten at the end of a training. */
  readonly key: Uint32Array;
  /** The index of the next word, from 0 to 624 (624: the next draw makes new words). */
  readonly position: number;
}

/**
 * The named settings of a training, all of them required. Its members are added by the table in
 * src/training/settings.ts, from the entries marked `engine`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the table adds the members
export interface CallSettings {}

/** What is known of the epoch at which the validation rows were predicted best. */
export interface BestEpochNumbers {
  /** The number of iterations that made its parameters; 0 before there is one. */
  readonly iterations: number;
  /** Its validation loss or accuracy, as `settings.monitor` says; not read before there is one. */
  readonly monitored: number;
  /** Epochs since then. */
  readonly epochsSince: number;
}

/** The best epoch so far, of a training that may continue another one. */
export interface BestEpoch extends BestEpochNumbers {
  /** Its parameters: read at the start, written at the end. */
  readonly parameters: ParameterArrays;
}

/** How a row of D = height · width · channels numbers is a picture; its order is height, width, channel. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** How good a net is over all rows of a call, each counted once. */
export interface FinalAccuracies {
  /** The share of the training rows whose class is predicted right, without dropout or changed pictures. */
  readonly training: number;
  /** The same of the validation rows; null without. */
  readonly validation: number | null;
}

/**
 * One training: `settings.numIters` steps on minibatches.
 *
 * A minibatch of n rows has S = `settings.shards` parts; part s has rows ⌊n · s / S⌋ to ⌊n · (s + 1) / S⌋ − 1. If S is
 * not 1, the gradient of each part is computed by itself, and they are added as a binary tree: of neighbours, then of
 * these sums, and so on.
 *
 * A step with dropout or changed pictures draws from NumPy's `Philox(key=[noiseSeed, kind], counter=[0, t, 0, 0])`,
 * where t is the iteration (from 0) and kind is 0 for hidden units, 1 for inputs, 2 for pictures. Masks take the
 * generator's words as 16-bit numbers, the lowest first: those of row r of the minibatch begin at the multiple of 16
 * that r times the row's length, rounded up to a multiple of 16, is. A number is dropped if its draw is below
 * round(rate · 2¹⁶); the others are divided by 1 − round(rate · 2¹⁶) / 2¹⁶. Row r's picture takes word r: it is flipped
 * if the lowest bit is 1; its content moves down by ⌊u · (2k + 1) / 2¹⁶⌋ − k pixels, where u is bits 16 … 31 and k
 * `settings.shift`, and to the right by the same of bits 32 … 47; pixels that come in repeat those of the border.
 */
export interface TrainingCall {
  /** The net. Its parameters are read at the start, and written before each report and at the end. */
  readonly net: Net;
  /**
   * State of the update rule: array sets, each laid out like the parameters, read at the start and written with the
   * parameters; all 0 for a new training. Adam and AdamW have two (mean gradient, mean square), gradient descent with
   * momentum one (velocity), and without none.
   */
  readonly slots: readonly ParameterArrays[];
  readonly training: LabelledRows;
  /**
   * How much each training row counts (N), finite and at least 0; null for 1 each. The loss of a minibatch is then
   * Σ wₙ · lossₙ / Σ wₙ plus the penalty; if all its weights are 0, the penalty.
   */
  readonly weights: Float64Array | null;
  /** What the rows are pictures of; not null if `settings.flip` or `settings.shift` changes them. */
  readonly picture: Picture | null;
  /** Rows for the validation accuracy; null for none. */
  readonly validation: LabelledRows | null;
  /** How to train; {@link CallSettings.learningRate} is that of the first step that is made, unless `rates` say it. */
  readonly settings: CallSettings;
  /**
   * The learning rate of each step from `firstIteration` on (`settings.numIters` − `firstIteration`), at least 0; null
   * for `settings.learningRate`, which is multiplied by `settings.learningRateDecay` after the first step of an epoch.
   */
  readonly rates: Float64Array | null;
  /** Keys the draws of dropout and of changed pictures; a whole number. */
  readonly noiseSeed: number;
  /**
   * The number of steps that earlier trainings made, below `settings.numIters`; 0 for a new training. A training that
   * starts with the parameters, slots, learning rate and generator with which another one ended after as many steps
   * continues it: the result is the same as without the break, bit for bit.
   */
  readonly firstIteration: number;
  /**
   * Where the parameters of the best epoch are kept, and what is known of it; null to keep none. Needs `validation`.
   * With it, the training ends early after `settings.patience` epochs in a row without a gain of more than
   * `settings.minGain`.
   */
  readonly best: BestEpoch | null;
  /**
   * Draws the indices of the minibatches: with `settings.sampling` `replacement` as NumPy's `choice`; with
   * `permutation` as its `permutation(N)` at the start of each epoch of E = max(⌊N / batchSize⌋, 1) iterations, of
   * which minibatch i takes numbers i · batchSize to (i + 1) · batchSize − 1. In the middle of such an epoch it is in
   * the state before the epoch, both at the start of a call and at its end. `permutation` refuses a batchSize above N.
   */
  readonly random: GeneratorState;
  /** Whether to measure {@link Outcome.accuracies} at the end, unless the training is stopped or diverges. */
  readonly finalAccuracies: boolean;
  /**
   * A flag (1). Any value but 0, set with Atomics.store from any thread or from `report`, stops the training after the
   * current iteration; the first iteration is always made.
   */
  readonly stop: Int32Array;
  /**
   * The least time between two reports, a whole number of milliseconds; 0 for a report after each iteration. A backend
   * may skip a report while JavaScript is still busy with the one before, and does if a parameter is NaN or infinite:
   * the training then ends as diverged.
   */
  readonly reportInterval: number;
  /** Whether to measure the time of each part of a step, which costs a little time itself. */
  readonly profile: boolean;
  /**
   * The processes that train this net together, as native/mpi describes them; null for this process alone. All of them
   * make calls with the same numbers, apart from `stop` and `reportInterval`: each computes its part of
   * `settings.shards`, a power of two, as the number of processes is, which is at most as large. A training that one of
   * them stops ends in all. Only the addon takes groups.
   */
  readonly group: object | null;
}

/** Where the time of a training went: seconds of the calling thread, over all iterations. */
export interface Profile {
  /** Fetching the minibatch's rows, as reals minus the mean. */
  readonly gather: number;
  /** The first layer's product, X·W1. */
  readonly forward: number;
  /** Everything between the two large products: ReLU, the second layer forward and back, softmax and loss. */
  readonly head: number;
  /** The first layer's gradient and the step along all gradients. */
  readonly update: number;
  /** Waiting for the other threads. */
  readonly waiting: number;
  /** Everything else: drawing indices, accuracies, reports. */
  readonly other: number;
}

/** The progress of a training since the report before. */
export interface ProgressReport {
  /** The number of iterations done, including `firstIteration`. */
  readonly iterations: number;
  /** Losses of the iterations since the last report. */
  readonly losses: Float64Array;
  /** Minibatch accuracies of the epochs that began since the last report. */
  readonly trainAccuracies: Float64Array;
  /** Validation accuracies of the epochs that began since the last report; empty without validation rows. */
  readonly validationAccuracies: Float64Array;
  /** Validation losses at the same epochs, mean cross-entropy without a penalty. */
  readonly validationLosses: Float64Array;
  /** The learning rate of the next iteration; that of the last one if there is no next in `rates`. */
  readonly learningRate: number;
}

/** How a training ended. Its last report covers everything since the report before. */
export interface Outcome extends ProgressReport {
  /**
   * `done`: all iterations; `early`: no gain for as long as patience allows; `stopped`: by the stop flag; `diverged`:
   * the loss of iteration `iterations` (from 0) was NaN or infinite (or would be, after the last step), and the
   * parameters are the last that were finite.
   */
  readonly status: 'done' | 'early' | 'stopped' | 'diverged';
  /** The best epoch; null if the call keeps none. Its parameters are in the call's `best.parameters`. */
  readonly best: BestEpochNumbers | null;
  /**
   * Those of the best epoch's net if the call keeps one and the status is `done` or `early`, otherwise of the last net;
   * null if they were not asked for, or not measured.
   */
  readonly accuracies: FinalAccuracies | null;
  /** The generator's position after the last draw, from 0 to 624; its key is in the call's `random.key`. */
  readonly position: number;
  /** Wall time of the training loop. */
  readonly seconds: number;
  /** Where the time went; null if the call did not ask for it, and always from the TypeScript backend. */
  readonly profile: Profile | null;
}
