/** What a training step may do besides plain gradient descent: update rules and regularization. */
import type { TrainOptions } from '../../src/index.js';

/** One way to train. */
export interface Rule {
  /** In the tables. */
  readonly name: string;
  /** Beside those that all trainings of the benchmark have. */
  readonly options: TrainOptions;
  /** The same update rule in PyTorch: a class of `torch.optim` and its options. Null for what is no update rule. */
  readonly torch: { readonly name: string; readonly options: Readonly<Record<string, number | boolean>> } | null;
}

/** All of them, by the names that `--optimizers` takes. */
export const RULES: Readonly<Record<string, Rule>> = {
  sgd: { name: 'SGD', options: {}, torch: { name: 'SGD', options: {} } },
  momentum: {
    name: 'momentum',
    options: { momentum: 0.9 },
    torch: { name: 'SGD', options: { momentum: 0.9 } },
  },
  nesterov: {
    name: 'Nesterov',
    options: { momentum: 0.9, nesterov: true },
    torch: { name: 'SGD', options: { momentum: 0.9, nesterov: true } },
  },
  adam: { name: 'Adam', options: { optimizer: 'adam' }, torch: { name: 'Adam', options: {} } },
  adamw: { name: 'AdamW', options: { optimizer: 'adamw' }, torch: { name: 'AdamW', options: {} } },
  // So small a norm that every gradient is shortened.
  clipping: { name: 'SGD, clipping', options: { clipNorm: 1e-3 }, torch: null },
  dropout: { name: 'SGD, dropout 0.5', options: { dropout: 0.5 }, torch: null },
  'input-dropout': { name: 'SGD, input dropout 0.2', options: { inputDropout: 0.2 }, torch: null },
  smoothing: { name: 'SGD, label smoothing', options: { labelSmoothing: 0.1 }, torch: null },
  flips: { name: 'SGD, flips', options: { flip: true }, torch: null },
  shifts: { name: 'SGD, shifts of 2', options: { shift: 2 }, torch: null },
  pictures: { name: 'SGD, flips and shifts of 2', options: { flip: true, shift: 2 }, torch: null },
};
