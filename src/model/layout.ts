/*
 * A model file is a safetensors file (see safetensors.ts) with these tensors:
 *
 *   W1 (D, H), b1 (H), W2 (H, C), b2 (C)              the parameters, all F32 or all F64
 *   net2.W1, net2.b1, … net3.W1, …                    those of the further nets of an ensemble, of the same shapes
 *   mean (D)                                          F64, optional
 *   scale (D)                                         F64, optional; only beside a mean
 *   history.loss, history.train_accuracy,
 *   history.validation_accuracy                       F64, one dimension, optional, all three or none
 *
 * and this metadata, all optional, so that a file of the four parameters from another program loads:
 *
 *   format            "two-layer-net"
 *   format_version    "1"; a file of that format and another version is refused
 *   computation       for people who read the file: what the tensors are for
 *   class_names       JSON: C strings
 *   label_type        what the class names stand for: string, number, boolean or bigint
 *   columns           JSON: the columns of a table (src/data/tables/column.ts)
 *   image_shape       JSON: {"height", "width", "channels"} of the pictures that rows are, "resized" true if stretched
 *   settings          JSON: an object
 *
 * Other tensors and metadata are ignored.
 */
import type { ParameterName } from '../validation/parameters.js';

/** The metadata `format`. */
export const FORMAT = 'two-layer-net';
/** The metadata `format` of checkpoints of trainings, which are no models: see src/checkpoint/layout.ts. */
export const CHECKPOINT_FORMAT = 'two-layer-net checkpoint';
/** The metadata `format_version`. */
export const FORMAT_VERSION = 1;
/** The tensor of each list of a training history. */
export const HISTORY = {
  lossHistory: 'history.loss',
  trainAccHistory: 'history.train_accuracy',
  valAccHistory: 'history.validation_accuracy',
} as const;

/** The name of a parameter of a net of an ensemble, which count from 1. */
export function nameInNet(net: number, name: ParameterName): string {
  return net === 1 ? name : `net${net}.${name}`;
}

/** Whether a tensor belongs to a further net of an ensemble. */
export function isOfOtherNet(name: string): boolean {
  return /^net[1-9]\d{0,3}\.[Wb][12]$/.test(name);
}

/** The names of all tensors but those of an ensemble's further nets. */
export const TENSOR_NAMES: readonly string[] = ['W1', 'b1', 'W2', 'b2', 'mean', 'scale', ...Object.values(HISTORY)];
/** The names of all metadata that say something about the model. */
export const METADATA_NAMES: readonly string[] = [
  'format',
  'format_version',
  'class_names',
  'label_type',
  'columns',
  'image_shape',
  'settings',
];

/** The name of a list of a training history. */
export type HistoryKey = keyof typeof HISTORY;
/** Each list of a training history, with the tensor that holds it. */
export const HISTORY_TENSORS = Object.entries(HISTORY) as readonly [key: HistoryKey, tensor: string][];
