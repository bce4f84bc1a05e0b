import type { ParameterArrays } from '../../binding.js';
import type { Column } from '../data/tables/column.js';
import type { Dtype } from '../training/settings.js';
import type { ImageShape } from '../validation/image-shape.js';

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

/** How a net is laid out in a format that leaves a choice. */
export interface LayoutOptions {
  /**
   * Of a safetensors file: `torch` writes the state dict of `nn.Sequential(Linear, ReLU, Linear)`. A state dict has no
   * mean and no scale: they are folded into the first layer.
   * @defaultValue this package's own
   */
  readonly layout?: 'torch' | undefined;
  /**
   * Of an ONNX file: the type of its input.
   * @defaultValue 'float32'
   */
  readonly input?: 'float32' | 'uint8' | undefined;
}

/** Options of `saveModel`. */
export interface SaveOptions extends ModelExtras, LayoutOptions {}

/**
 * A trained net with everything that its use needs: `scores = max(0, (x - mean) scale W1 + b1) W2 + b2`. A
 * `TwoLayerNet` is one, and `TwoLayerNet.fromModel(model)` makes a net of one.
 */
export interface Model extends ModelExtras {
  /** Finite numbers. Each array of a loaded model owns its buffer, whole. */
  readonly params: ParameterArrays;
  /**
   * Of an ensemble: the parameters of its further nets, of the same sizes and dtype. The probabilities of all nets are
   * averaged. Only safetensors files hold them, and a `Classifier` computes with them.
   */
  readonly others?: readonly ParameterArrays[] | undefined;
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
  /**
   * What each number of a row is multiplied by after the mean is subtracted (D); finite and above 0. It needs a mean.
   * Without it nothing is multiplied. A `Classifier` scales its rows, a `TwoLayerNet` does not.
   */
  readonly scale?: Float64Array | undefined;
  /** The name of each class (C), in the order of the scores. */
  readonly classNames?: readonly string[] | undefined;
  /**
   * The type of the labels that the class names stand for.
   * @defaultValue 'string'
   */
  readonly labelType?: LabelType | undefined;
  /** The columns of the table whose rows it was trained on, which give D numbers. */
  readonly columns?: readonly Column[] | undefined;
  /** How a row of the data that it was trained on is a picture. Without it nothing is known of that. */
  readonly imageShape?: ImageShape | undefined;
}

/** The types of the labels of a classifier. */
export const LABEL_TYPES = ['string', 'number', 'boolean', 'bigint'] as const;
export type LabelType = (typeof LABEL_TYPES)[number];
