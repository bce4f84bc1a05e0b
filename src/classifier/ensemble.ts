/** Several nets of one classifier, which differ in what was drawn. */
import type { Dataset } from '../data/dataset.js';
import { RandomState } from '../random/random-state.js';
import { TrainingAbortedError } from '../training/errors.js';
import type { EpochMetrics, TrainingProgress } from '../training/history.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import { isAbortOf, throwIfAborted } from '../validation/signal.js';
import { type FittedNet, prepareFit, trainPrepared } from './fit.js';
import { checkFolderCheckpoint, type FolderCheckpointOptions, KeptFolder } from './kept-folder.js';
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
  /**
   * Where the nets are kept while they are trained, so that the same call goes on after a crash or an abort.
   * @defaultValue none: they are not kept
   */
  checkpoint?: FolderCheckpointOptions | undefined;
}

const KNOWN = [
  ...CLASSIFIER_OPTIONS.filter((name) => !SINGLE.includes(name)),
  'checkpoint',
] as (keyof EnsembleOptions)[];

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
  readonly checkpoint: FolderCheckpointOptions | undefined;
}

/** Checks the options. */
export function resolveEnsemble(k: number, options: EnsembleOptions): ResolvedEnsemble {
  checkNumber(k, 'k, the number of nets,', { integer: true, min: 1, max: MOST });
  const { checkpoint, ...single } = checkOptions(options, 'the options of Classifier.ensemble', KNOWN);
  if (checkpoint !== undefined) checkFolderCheckpoint(checkpoint);
  const resolved = resolveClassifierOptions(single as ClassifierOptions);
  const { onProgress, onEpochEnd } = single;
  const { seed = 0 } = options;
  checkNumber(seed + k - 1, 'the last seed', { integer: true, min: 0, max: 2 ** 32 - 1 });
  return { k, seed, options: resolved, onProgress, onEpochEnd, checkpoint };
}

/**
 * Trains nets side by side, as many at a time as there are threads. Rows are held out and scaled once, by the seed; net
 * i has the numbers of `Classifier.fit` on the data set so divided, with the seed + i.
 *
 * @returns all nets; after an abort those that had begun, and the error for it
 * @throws (as a rejection) an `AbortError` if none had
 */
export async function fitEnsemble(
  data: Dataset,
  { k, seed, options, onProgress, onEpochEnd, checkpoint }: ResolvedEnsemble,
): Promise<{ readonly nets: readonly FittedNet[]; readonly aborted: TrainingAbortedError | undefined }> {
  const prepared = await prepareFit(data, { ...options, random: new RandomState(seed) });
  const folder = await KeptFolder.open(checkpoint);
  const { backend, signal, given, following } = options;
  const all = await sideBySide(k, { backend, signal, threads: given.threads }, async (member, share) => {
    const kept = await folder?.optionsOf(member);
    return trainPrepared(prepared, {
      ...options,
      given: { ...given, threads: share.threads },
      signal: share.signal,
      random: new RandomState(seed + member),
      following: {
        ...following,
        ...kept,
        ...(onProgress && { onProgress: (progress) => onProgress(progress, member) }),
        ...(onEpochEnd && { onEpochEnd: (metrics) => onEpochEnd(metrics, member) }),
      },
    }).catch((error: unknown) => {
      // It has no net yet; others may have begun.
      if (!isAbortOf(error, share.signal)) throw error;
    });
  });
  throwIfAborted(all.some((one) => one) ? undefined : signal, 'Training');
  const made = all.filter((one) => one !== undefined);
  const begun = made.filter(({ history }) => history.lossHistory.length > 0);
  const aborted = made.find((one) => one.aborted)?.aborted ?? notAll(made, k, signal);
  if (!aborted) await folder?.remove();
  return { nets: begun.length > 0 ? begun : made.slice(0, 1), aborted };
}

/** The error for nets that an abort has left out, between two of them. */
function notAll(made: readonly FittedNet[], k: number, signal: AbortSignal | undefined) {
  const [{ history }] = made;
  return made.length < k ? new TrainingAbortedError(history.lossHistory.length, signal?.reason, history) : undefined;
}
