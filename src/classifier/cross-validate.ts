/** How well a classifier would do on rows that it has not seen, estimated from all rows. */
import type { Dataset, DatasetInput } from '../data/dataset.js';
import { foldRows, foldWarnings, stratifiedFolds } from '../data/folds.js';
import type { Label } from '../data/labels.js';
import { inTurns } from '../platform/turns.js';
import { RandomState } from '../random/random-state.js';
import type { TrainingCallbacks } from '../training/callbacks.js';
import type { TrainingWarning } from '../training/warnings/warning.js';
import { checkSampleWeights } from '../training/weights.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import type { RowsInput } from '../validation/inputs.js';
import { Classifier } from './classifier.js';
import { checkFolderCheckpoint, type FolderCheckpointOptions, KeptFolder } from './kept-folder.js';
import { type ClassifierEvaluation, metricsOf } from './metrics.js';
import { CLASSIFIER_OPTIONS, type ClassifierOptions, resolveClassifierOptions } from './options.js';
import { sideBySide } from './side-by-side.js';
import { optionsOf, trainingData } from './training-data.js';

/** What only a single training has. */
type Single = 'random' | keyof TrainingCallbacks | 'callbacks' | 'checkpoint' | 'resume' | 'group';

/** Options of {@link crossValidate}: those of every `Classifier.fit` in it, and the number of folds. */
export interface CrossValidationOptions extends Omit<ClassifierOptions, Single> {
  /**
   * Parts that the rows are divided into, 2 or more, and so the number of trainings.
   * @defaultValue 5
   */
  folds?: number;
  /**
   * Where the trainings are kept while they run, so that the same call goes on after a crash or an abort.
   * @defaultValue none: they are not kept
   */
  checkpoint?: FolderCheckpointOptions | undefined;
}

/** A number over the folds. */
export interface FoldStatistics {
  readonly mean: number;
  /** The standard deviation, with folds − 1 as the divisor. */
  readonly deviation: number;
}

/** What {@link crossValidate} found. */
export interface CrossValidation {
  /** Each fold, judged by the classifier that was trained on all others. */
  readonly folds: readonly ClassifierEvaluation[];
  readonly accuracy: FoldStatistics;
  readonly logLoss: FoldStatistics;
  /**
   * What a person should know, in sentences: classes with fewer rows than there are folds, and what the trainings
   * warned of, each kind once with the folds that had it.
   */
  readonly warnings: readonly string[];
}

const SINGLE: readonly string[] = [
  'random',
  'onProgress',
  'onEpochEnd',
  'callbacks',
  'checkpoint',
  'resume',
  'group',
] satisfies Single[];
const KNOWN = [
  ...CLASSIFIER_OPTIONS.filter((name) => !SINGLE.includes(name)),
  'folds',
  'checkpoint',
] as readonly (keyof CrossValidationOptions)[];

/**
 * Divides the training rows into folds with each class in proportion, drawn by the seed, and trains a classifier for
 * each fold on the other rows. It is `Classifier.fit` with these options, so it scales, and holds rows out, without
 * having seen the fold that then judges it. Every training row is judged once.
 *
 * As many trainings run side by side as there are threads; their number does not change the results. The data must not
 * change meanwhile.
 *
 * @param data - a data set, or what one is made from; its validation rows, if it has some, decide in each fold when to
 * stop, and its test rows are not used
 * @throws (as a rejection) TypeError or RangeError for data or options that do not fit, before anything is trained;
 * `DivergedError`; an Error whose `name` is `AbortError` when the signal ends it
 * @example
 * const { accuracy } = await crossValidate(data, { folds: 10 });
 * console.log(`${accuracy.mean.toFixed(3)} ± ${accuracy.deviation.toFixed(3)}`);
 */
export async function crossValidate(
  data: Dataset | DatasetInput,
  options?: CrossValidationOptions,
): Promise<CrossValidation>;
/**
 * The same on rows and their labels.
 *
 * @param X - N rows of D numbers; of a flat array, the option `inputSize` says D
 * @param y - N labels: strings, numbers, booleans or BigInts, all of one type
 */
export async function crossValidate(
  X: RowsInput,
  y: ArrayLike<Label>,
  options?: CrossValidationOptions,
): Promise<CrossValidation>;
export async function crossValidate(...args: unknown[]): Promise<CrossValidation> {
  const {
    folds = 5,
    checkpoint,
    ...options
  } = checkOptions(optionsOf<CrossValidationOptions>(args), 'the options of crossValidate', KNOWN);
  resolveClassifierOptions(options);
  if (checkpoint !== undefined) checkFolderCheckpoint(checkpoint);
  const { classes, inputSize, ...fitting } = options;
  const { data } = await trainingData(args, { classes, inputSize }, options.signal);
  const { y } = data.train;
  if (options.sampleWeights) checkSampleWeights(options.sampleWeights, y.length);
  checkNumber(folds, 'folds', { integer: true, min: 2, max: y.length });
  const foldOf = stratifiedFolds(y, data.numClasses, folds, new RandomState(options.seed ?? 0));
  const folder = await KeptFolder.open(checkpoint);
  const judged = await judgeFolds({ data, foldOf, folds, folder }, fitting);
  await folder?.remove();
  const evaluations = judged.map(({ evaluation }) => evaluation);
  return {
    folds: evaluations,
    accuracy: statisticsOf(evaluations.map(({ accuracy }) => accuracy)),
    logLoss: statisticsOf(evaluations.map(({ logLoss }) => logLoss)),
    warnings: [...data.warnings, ...foldWarnings(y, data.classNames, folds), ...trainingWarnings(judged)],
  };
}

/** Rows that were divided into folds. */
interface Folded {
  readonly data: Dataset;
  /** The fold of each training row (N). */
  readonly foldOf: Int32Array;
  readonly folds: number;
  readonly folder: KeptFolder | undefined;
}

/** A fold, and what the training that judged it warned of. */
interface JudgedFold {
  readonly evaluation: ClassifierEvaluation;
  readonly warnings: readonly TrainingWarning[];
}

/** Judges all folds, as many at a time as there are threads; the first error, or the signal, ends all of them. */
function judgeFolds(
  { data, foldOf, folds, folder }: Folded,
  { signal, threads, sampleWeights: weights, ...options }: ClassifierOptions,
): Promise<JudgedFold[]> {
  return sideBySide(folds, { backend: options.backend, threads, signal }, async (fold, share) => {
    const sampleWeights = weights && Float64Array.from(foldRows(foldOf, fold).outside, (row) => weights[row]);
    const weighted = { ...options, ...(sampleWeights && { sampleWeights }) };
    const kept = await folder?.optionsOf(fold);
    return judgeFold(await inTurns(data.folding(foldOf, fold), share.signal), { ...weighted, ...kept, ...share });
  });
}

/** Trains on the fold's training rows and judges by its test rows. */
async function judgeFold(
  data: Dataset,
  options: ClassifierOptions & { readonly signal: AbortSignal },
): Promise<JudgedFold> {
  const classifier = await Classifier.fit(data, options);
  const { X, y } = data.part('test');
  const { probabilities, classes } = await classifier.judge(X, { signal: options.signal });
  const evaluation = await metricsOf(probabilities, y, data.classNames, classes, options.signal);
  return { evaluation, warnings: classifier.history?.warnings ?? [] };
}

/** Each kind of warning with the message of the first fold that had it. Folds are counted from 1. */
function trainingWarnings(judged: readonly JudgedFold[]): string[] {
  const found = new Map<TrainingWarning['code'], { readonly message: string; readonly folds: number[] }>();
  for (const [fold, { warnings }] of judged.entries()) {
    for (const { code, message } of warnings) {
      const kind = found.get(code) ?? { message, folds: [] };
      kind.folds.push(fold + 1);
      found.set(code, kind);
    }
  }
  return [...found.values()].map(({ message, folds }) => {
    if (folds.length === judged.length) return `In all folds: ${message}`;
    return `In ${folds.length === 1 ? 'fold' : 'folds'} ${folds.join(', ')} of ${judged.length}: ${message}`;
  });
}

function statisticsOf(values: readonly number[]): FoldStatistics {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
