import type { ParameterArrays } from '../../binding.js';
import type { Dtype } from '../training/settings.js';

/** What a training recorded. Numbers may be NaN. */
export interface ModelHistory {
  /** The loss of each iteration's batch. */
  readonly lossHistory: readonly number[];
  /** The accuracy on a training batch, 0 … 1, once per epoch. */
  readonly trainAccHistory: readonly number[];
  /** The accuracy on the validation rows, 0 … 1, once per epoch. */
  readonly valAccHistory: readonly number[];
}

/** What is saved with a net besides what it needs to predict. */
export interface ModelExtras {
  /**
   * What its training recorded.
   * @defaultValue none
   */
  readonly history?: ModelHistory | undefined;
  /**
   * How it was trained: an object for JSON. What JSON cannot hold is dropped, as by `JSON.stringify`.
   * @defaultValue none
   */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A trained net with everything that its use needs: `scores = max(0, (x - mean) W1 + b1) W2 + b2`. A `TwoLayerNet` is
 * one, and `TwoLayerNet.fromModel(model)` makes a net of one.
 */
export interface Model extends ModelExtras {
  /** Finite numbers. Each array of a loaded model owns its buffer, whole. */
  readonly params: ParameterArrays;
  /** D, numbers per row; at least 1. */
  readonly inputSize: number;
  /** H, hidden units; at least 1. */
  readonly hiddenSize: number;
  /** C, classes; at least 1. */
  readonly numClasses: number;
  /**
   * The type of the parameters: Float32Array or Float64Array. The parameters of `bfloat16` nets are float32: they are
   * written and come back as such.
   */
  readonly dtype: Dtype;
  /** The mean row (D) that is subtracted from each input row; finite numbers. Without it nothing is subtracted. */
  readonly mean?: Float64Array | undefined;
  /** The name of each class (C), in the order of the scores. */
  readonly classNames?: readonly string[] | undefined;
}
