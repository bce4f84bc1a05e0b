/** A training's history as TensorBoard shows it. */
import type { ImageShape } from '../../data/dataset.js';
import { makeFolderSync } from '../../platform/make-folder.js';
import type { TrainingProgress } from '../../training/history.js';
import { checkOptions } from '../../validation/check.js';
import { drawWeights, type WeightsOwner } from '../pictures/plot-weights.js';
import { EventFile } from './event-file.js';
import { newRows, QUANTITIES } from './history-rows.js';

/** Options of {@link tensorboard}. */
export interface TensorboardOptions {
  /**
   * The net that is trained, to draw its weights as `plotWeights` does, whenever a tenth of the training is done: more
   * pictures TensorBoard does not show. A function is called for it then, and may return none.
   * @defaultValue none: only numbers are written
   */
  net?: WeightsOwner | (() => WeightsOwner | undefined) | undefined;
  /**
   * The shape of a row as a picture.
   * @defaultValue a square with 3 channels or else with 1, if D allows it
   */
  imageShape?: ImageShape | undefined;
}

/** The tag of the pictures. */
const WEIGHTS = 'weights';
/** Parts of a training, at the end of each of which the weights are drawn. */
const PARTS = 10;

/**
 * Writes the history of a training to a new event file in a folder while it runs, for `tensorboard --logdir`: the
 * scalars `loss` for each iteration, and `train_accuracy`, `validation_accuracy`, `validation_loss` and
 * `learning_rate` for the first iteration of each epoch; the images `weights`. Steps are iterations, counted from 0;
 * the step of an image is the number of iterations that made its weights.
 *
 * @param folder - created if it does not exist. Give each training a folder of its own, in one that they share
 * @returns what `onProgress` calls, for one training. When something cannot be written it throws `ERR_NOT_WRITABLE`,
 * which ends the training
 * @throws Error `ERR_NOT_WRITABLE`; TypeError or RangeError if an option is unknown; RangeError `ERR_SHAPE` if a row of
 * the net is not such a picture
 * @example
 * await net.train(data, { numIters: 1000, onProgress: tensorboard('runs/1', { net }) });
 */
export function tensorboard(folder: string, options: TensorboardOptions = {}): (progress: TrainingProgress) => void {
  checkOptions(options, 'the options of tensorboard', ['net', 'imageShape']);
  const { net, imageShape } = options;
  const draw = () => {
    const owner = typeof net === 'function' ? net() : net;
    return owner === undefined ? undefined : drawWeights(owner, { imageShape });
  };
  draw(); // throws now rather than in mid-training
  makeFolderSync(folder);
  const file = new EventFile(folder);
  const rows = newRows();
  let drawn = 0;
  return (progress) => {
    file.addNumbers(
      rows(progress).flatMap((row) =>
        QUANTITIES.flatMap((tag) => {
          const value = row[tag];
          return value === undefined ? [] : [{ tag, step: row.iteration, value }];
        }),
      ),
    );
    const part = Math.floor((PARTS * progress.iteration) / progress.numIters);
    const pixels = part > drawn ? draw() : undefined;
    if (!pixels) return;
    drawn = part;
    file.addPicture(WEIGHTS, progress.iteration, pixels);
  };
}
