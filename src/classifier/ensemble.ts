/** Several nets of one classifier, which differ in what was drawn. */
import type { Dataset } from '../data/dataset.js';
import { RandomState } from '../random/random-state.js';
import type { EpochMetrics, TrainingProgress } from '../training/history.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import { type FittedNet, prepareFit, trainPrepared } from './fit.js';
import {
  CLASSIFIER_OPTIONS,
  type ClassifierOptions,
  type ResolvedClassifierOptions,
  resolveClassifierOptions,
} from './options.js';
import { sideBySide } from './side-by-side.js';

/** What only a single net has. */
type Single = 'random' | 'callbacks' | 'checkpoint' | 'resume' | 'group';
const SINGLE: readonly string[] = ['random', 'callbacks', 'checkpoint', 'resume', 'group'] satisfies Single[];

/** Options of `Classifier.ensemble`: those of `Classifier.fit`, with callbacks that are told which net it is. */
export interface EnsembleOptions extends Omit<ClassifierOptions, Single | 'onProgress' | 'onEpochEnd'> {
  /** As in `Classifier.fit`, for each net; `member` is its index, from 0. */
  onProgress?: (progress: TrainingProgress, member: number) => unknown;
  /** As in `Classifier.fit`, for each net; `member` is its index, from 0. */
  onEpochEnd?: (metrics: EpochMetrics, member: number) => unknown;
}

const KNOWN = CLASSIFIER_OPTIONS.filter((name) => !SINGLE.includes(name)) as (keyof EnsembleOptions)[];

/** Nets at most. */
const MOST = 1000;

/** What an ensemble is made by. */
export interface ResolvedEnsemble {
  /** How many nets. */
  readonly k: number;
  readonly seed: number;
  readonly options: ResolvedClassifierOptions;
  readonly onProgress: EnsembleOptions['onProgress'];
  readonly onEpochEnd: EnsembleOptions['onEpochEnd'];
}

/** Checks the options. */
export function resolveEnsemble(k: number, options: EnsembleOptions): ResolvedEnsemble {
  checkNumber(k, 'k, the number of nets,', { integer: true, min: 1, max: MOST });
  const { onProgress, onEpochEnd, ...rest } = checkOptions(options, 'the options of Classifier.ensemble', KNOWN);
  const resolved = resolveClassifierOptions({ ...rest, ...(options as ClassifierOptions) });
  const { seed = 0 } = options;
  checkNumber(seed + k - 1, 'the last seed', { integer: true, min: 0, max: 2 ** 32 - 1 });
  return { k, seed, options: resolved, onProgress, onEpochEnd };
}

/**
 * Trains nets side by side, as many at a time as there are threads. Rows are held out and scaled once, by the seed; net
 * i has the numbers of `Classifier.fit` on the data set so divided, with the seed + i.
 *
 * @returns all nets; after an abort those that had begun
 */
export async function fitEnsemble(
  data: Dataset,
  { k, seed, options, onProgress, onEpochEnd }: ResolvedEnsemble,
): Promise<FittedNet[]> {
  const prepared = await prepareFit(data, { ...options, random: new RandomState(seed) });
  const { backend, signal, given, following } = options;
  const all = await sideBySide(k, { backend, signal, threads: given.threads }, (member, share) =>
    trainPrepared(prepared, {
      ...options,
      given: { ...given, threads: share.threads },
      signal: share.signal,
      random: new RandomState(seed + member),
      following: {
        ...following,
        ...(onProgress && { onProgress: (progress) => onProgress(progress, member) }),
        ...(onEpochEnd && { onEpochEnd: (metrics) => onEpochEnd(metrics, member) }),
      },
    }),
  );
  const begun = all.filter(({ history }) => history.lossHistory.length > 0);
  return begun.length > 0 ? begun : all.slice(0, 1);
}
