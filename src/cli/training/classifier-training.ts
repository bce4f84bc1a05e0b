/** The training of a `Classifier`: on tables, and on other rows of one's own. */
import type { BackendInfo } from '../../backend/choose.js';
import { Classifier, isFitAborted } from '../../classifier/classifier.js';
import type { EnsembleOptions } from '../../classifier/ensemble.js';
import { holdOut } from '../../classifier/fit.js';
import { resolveClassifierOptions } from '../../classifier/options.js';
import { scaleRows } from '../../classifier/scaler.js';
import { Dataset } from '../../data/dataset.js';
import type { DatasetPart } from '../../data/part.js';
import { RandomState } from '../../random/random-state.js';
import { backendWords } from '../../report/document/backend-words.js';
import type { TrainingHistory } from '../../training/history.js';
import { printWarnings } from '../options/load-data.js';
import { formatRatio, printable } from '../output/format.js';
import { formatCount } from '../output/table.js';
import type { Trained, Training, TrainingHooks, TrainOptions } from './training.js';

/** Holds rows out, unless the data have validation rows. */
export async function classifierTraining(flags: TrainOptions, loaded: Dataset, info: BackendInfo): Promise<Training> {
  const { seed, backend, threads, ensemble } = flags;
  const { inputScale: _, ...given } = flags.given;
  // Flags that contradict each other are told before any work.
  resolveClassifierOptions(given);
  // As `Classifier.fit` does with this seed, which then continues the stream.
  const random = new RandomState(seed);
  const data = await holdOut(loaded, flags.validation, random);
  printWarnings(data.warnings.filter((warning) => !loaded.warnings.includes(warning)));
  const compute = { backend, ...(threads !== undefined && { threads }) };
  return {
    settings: { ...given, seed, ...compute, ...(ensemble !== undefined && { ensemble }) },
    numIters: undefined,
    net: undefined,
    run: async (hooks) => {
      // Rows have been held out: no further ones are.
      const options = { ...given, ...compute, validation: 0 };
      const { classifier, history, interrupted } = await ending(
        ensemble === undefined
          ? Classifier.fit(data, { ...options, ...hooks, random })
          : Classifier.ensemble(data, ensemble, { ...options, ...ofFirst(hooks), seed }),
      );
      const nets = ensemble === undefined ? {} : { ensemble };
      const settings = { ...(classifier.settings as Trained['settings']), seed, ...compute, ...nets };
      const outcome = { history, interrupted, settings, info, loaded, data };
      const result = await resultOf(classifier, outcome);
      return {
        settings,
        history,
        interrupted,
        model: classifier.toModel(),
        net: classifier.net,
        data: await netData(classifier, data),
        result,
        lines: (total) => linesOf(result, outcome, total),
      };
    },
  };
}

/** Of an ensemble, the first net is shown. */
function ofFirst({ signal, onProgress }: TrainingHooks): Pick<EnsembleOptions, 'signal' | 'onProgress'> {
  return { signal, onProgress: (progress, member) => member === 0 && onProgress(progress) };
}

async function ending(training: Promise<Classifier>) {
  try {
    const classifier = await training;
    return { classifier, history: classifier.history as TrainingHistory, interrupted: false };
  } catch (error) {
    if (!isFitAborted(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return { classifier: error.classifier, history: error.history, interrupted: true };
  }
}

/** The data set as the classifier's net reads it: scaled. */
async function netData({ net, scaler }: Classifier, data: Dataset): Promise<Dataset> {
  const scaled = async (part: DatasetPart | undefined) =>
    part && { X: scaler ? await scaleRows(part.X, scaler, net.dtype) : part.X.withMean(net.mean), y: part.y };
  const { classNames, imageShape, source, name } = data;
  const [train, validation, test] = [await scaled(data.train), await scaled(data.validation), await scaled(data.test)];
  return new Dataset({ train: train as DatasetPart, validation, test, classNames, imageShape, source, name });
}

interface Outcome extends Pick<Trained, 'history' | 'interrupted' | 'settings'> {
  readonly info: BackendInfo;
  /** The data set before rows were held out. */
  readonly loaded: Dataset;
  readonly data: Dataset;
}

async function resultOf(classifier: Classifier, { settings, history, interrupted, info, loaded, data }: Outcome) {
  const evaluated = async (part: DatasetPart | undefined) => {
    if (!part) return undefined;
    const { accuracy, logLoss } = await classifier.evaluate({ X: part.X.withMean(undefined), y: part.y });
    return { rows: part.y.length, accuracy, logLoss };
  };
  const { train, validation, test } = data;
  const parts = { train: await evaluated(train), validation: await evaluated(validation), test: await evaluated(test) };
  return {
    settings,
    classes: classRows(data),
    parts,
    heldOut: loaded.validation ? 0 : (validation?.y.length ?? 0),
    lossHistory: history.lossHistory,
    trainAccHistory: history.trainAccHistory,
    valAccHistory: history.valAccHistory,
    valLossHistory: history.valLossHistory,
    bestIteration: history.bestIteration,
    warnings: history.warnings,
    trainAccuracy: parts.train?.accuracy,
    valAccuracy: parts.validation?.accuracy,
    testAccuracy: parts.test?.accuracy,
    seconds: history.seconds,
    samplesPerSecond: history.samplesPerSecond,
    backend: classifier.net.backend,
    backendInfo: info,
    data: data.name,
    interrupted,
  };
}

/** The rows of each class in all parts. */
function classRows({ train, validation, test, classNames }: Dataset) {
  const rows = new Array<number>(classNames.length).fill(0);
  for (const part of [train, validation, test]) for (const label of part?.y ?? []) rows[label]++;
  return classNames.map((name, c) => ({ name, rows: rows[c] }));
}

type Result = Awaited<ReturnType<typeof resultOf>>;

function linesOf(result: Result, { history, loaded, data }: Outcome, total: number) {
  const { train, validation, test } = result.parts;
  const heldOut = result.heldOut > 0 ? ', held out of the training rows' : '';
  return [
    ['classes', classWords(result.classes)],
    ['train accuracy', partWords(train)],
    ['validation accuracy', `${partWords(validation)}${heldOut}`],
    ['test accuracy', partWords(test)],
    ['training', trainingWords(history)],
    ['seconds', `${result.seconds.toFixed(2)} training, ${total.toFixed(2)} in total`],
    ['backend', backendWords(result.backendInfo)],
    ['data', `${loaded.source}; ${formatCount(data.inputSize, 'number')} per row`],
  ] as const;
}

/** Classes that are named in the result for people. */
const SHOWN = 10;

function classWords(classes: Result['classes']): string {
  const shown = classes.slice(0, SHOWN).map(({ name, rows }) => `${printable(name)} ${rows}`);
  return shown.join(', ') + (classes.length > SHOWN ? `, … (${classes.length} in all)` : '');
}

function partWords(part: Result['parts']['train']): string {
  if (!part) return '-';
  return `${formatRatio(part.accuracy)}, log loss ${formatRatio(part.logLoss)}, ${formatCount(part.rows, 'row')}`;
}

function trainingWords({ lossHistory, bestIteration }: TrainingHistory): string {
  const done = formatCount(lossHistory.length, 'iteration');
  return bestIteration === undefined ? done : `${done}; the weights are those after iteration ${bestIteration}`;
}
