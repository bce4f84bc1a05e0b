/** A training's history as rows: what a log has of each iteration. */
import type { TrainingProgress } from '../../training/history.js';
import { isObject } from '../../validation/check.js';
import { wrongType } from '../../validation/errors.js';

/** The numbers of an iteration, by the names that they have in every log. */
export const QUANTITIES = [
  'loss',
  'train_accuracy',
  'validation_accuracy',
  'validation_loss',
  'learning_rate',
] as const;

/** What is known of one iteration. Only the first one of an epoch has more than a loss. */
export interface HistoryRow extends Partial<Readonly<Record<(typeof QUANTITIES)[number], number>>> {
  /** Counted from 0. */
  readonly iteration: number;
}

/** A function that returns the rows of a training that it has not returned before, each time it is called. */
export function newRows(): (progress: TrainingProgress) => HistoryRow[] {
  let told = 0;
  return (progress) => {
    if (!isObject(progress) || !isObject(progress.history)) {
      throw wrongType('the progress of a training, as onProgress gets it,', progress);
    }
    const { iterationsPerEpoch, history } = progress;
    const from = told;
    told = history.lossHistory.length;
    return Array.from({ length: told - from }, (_, i) => rowOf(history, from + i, iterationsPerEpoch));
  };
}

function rowOf(history: TrainingProgress['history'], iteration: number, iterationsPerEpoch: number): HistoryRow {
  const loss = history.lossHistory[iteration];
  if (iteration % iterationsPerEpoch !== 0) return { iteration, loss };
  const epoch = iteration / iterationsPerEpoch;
  return {
    iteration,
    loss,
    ...known('train_accuracy', history.trainAccHistory[epoch]),
    ...known('validation_accuracy', history.valAccHistory[epoch]),
    ...known('validation_loss', history.valLossHistory[epoch]),
    ...known('learning_rate', history.learningRateHistory[epoch]),
  };
}

/** Nothing where there are no validation rows, or a history that was resumed does not say. */
function known(name: (typeof QUANTITIES)[number], value: number | undefined): Partial<HistoryRow> {
  return value === undefined || Number.isNaN(value) ? {} : { [name]: value };
}
