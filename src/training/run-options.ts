import type { BestEpoch, Binding, Picture } from '../../binding.js';
import type { ResolvedOptions } from './options.js';

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
  /** The memory of the rows: whether it can go away, so that the backend has to look now and then; and its release. */
  readonly memory: { readonly guarded: boolean; readonly release: () => void };
  /** What predicts rows, to judge the trained net. */
  readonly binding: Pick<Binding, 'predict'>;
  /** What a warning calls the classes (C); undefined for their indices. */
  readonly classNames: readonly string[] | undefined;
}
