/*
 * A checkpoint is a safetensors file (data/safetensors/header.ts), with these tensors; P is one of W1 (D, H), b1 (H),
 * W2 (H, C), b2 (C), all F32 or all F64 as the net's dtype says:
 *
 *   P                              the parameters
 *   slot1.P, slot2.P               the state of the update rule, as many as it has
 *   best.P                         the parameters of the best epoch so far, with patience
 *   best.epoch (3)                 F64: its iterations, its monitored loss or accuracy, epochs since then
 *   mean (D)                       F64: the net's mean row, if it has one
 *   random.key (624)               F64: the words of the stream that minibatches are drawn from
 *   random.position (3)            F64: words drawn, whether a normal draw waits (0 or 1), that draw
 *   history.NAME (any number)      F64: the curves of the history, see CURVES
 *   history.now (3)                F64: learning rate, seconds, rows per second
 *
 * and this metadata, all of it JSON but the first three:
 *
 *   format            "two-layer-net checkpoint"
 *   format_version    "1"
 *   sha256            of everything else, so that damage is noticed: see checksum.ts
 *   origin            Origin (origin.ts): which training it is, to refuse another one
 *   state             the rest of the state: StateRecord (state-tensors.ts)
 *   settings          what the caller keeps with it
 */
import { CHECKPOINT_FORMAT } from '../model/layout.js';

export { CHECKPOINT_FORMAT };

export const CHECKPOINT_VERSION = '1';

/** The tensor of each curve of a history. */
export const CURVES = {
  lossHistory: 'history.loss',
  trainAccHistory: 'history.train_accuracy',
  valAccHistory: 'history.validation_accuracy',
  valLossHistory: 'history.validation_loss',
  learningRateHistory: 'history.learning_rate',
} as const;

/** How the names of a slot's tensors begin; slots count from 1. */
export const slotPrefix = (slot: number) => `slot${slot}.`;
/** How the names of the best epoch's tensors begin. */
export const BEST_PREFIX = 'best.';
/** The tensor of the best epoch's numbers. */
export const BEST_EPOCH = 'best.epoch';
/** The tensor of the stream's words. */
export const KEY = 'random.key';
/** The tensor of the stream's position. */
export const POSITION = 'random.position';
/** The tensor of the history's numbers of now. */
export const NOW = 'history.now';
/** The tensor of the mean row. */
export const MEAN = 'mean';
