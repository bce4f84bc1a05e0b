import type { BestEpoch, Binding, LabelledRows, Picture } from '../../binding.js';
import type { Pieces } from '../platform/turns.js';
import type { ResolvedOptions } from './options.js';

/** The rows of a training. */
export interface TrainingRows {
  readonly training: LabelledRows;
  /** Null without. */
  readonly validation: LabelledRows | null;
}

/** Rows whose memory is kept until it is released. */
export interface KeptRows extends TrainingRows {
  /** Whether their memory can go away all the same, so that the backend has to look now and then. */
  readonly guarded: boolean;
  /** What is left to copy: the rows are of use after the last piece. A training with nothing to copy begins at once. */
  readonly copying: readonly Pieces<void>[];
  readonly release: () => void;
}

/** What a training needs besides rows. */
export interface RunOptions extends Omit<ResolvedOptions, 'classWeights' | 'sampleWeights'> {
  /** How much each training row counts (N); null for 1 each. */
  readonly weights: Float64Array | null;
  /** What the rows are pictures of, if they are to be changed. */
  readonly picture: Picture | null;
  /** Whether it is `trainSync`, which cannot wait for promises. */
  readonly synchronous: boolean;
  /** A fingerprint of the rows and labels. */
  readonly data: string;
  /** The best epoch of a training with patience; null without. */
  readonly best: BestEpoch | null;
  readonly inputScale: number;
  /** The rows as the backend reads them. */
  readonly kept: KeptRows;
  /** What predicts rows, to judge the trained net. */
  readonly binding: Pick<Binding, 'predict' | 'info'>;
  /** What a warning calls the classes (C); undefined for their indices. */
  readonly classNames: readonly string[] | undefined;
}
