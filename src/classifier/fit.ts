/** The training of a classifier's net: rows held out and scaled, weights drawn, epochs until nothing gains. */
import type { Dataset } from '../data/dataset.js';
import type { DatasetPart } from '../data/part.js';
import { orderOf, partCounts } from '../data/split.js';
import { TwoLayerNet } from '../net/two-layer-net.js';
import { giveTurn, inTurns } from '../platform/turns.js';
import { RandomState, type RandomStateSnapshot } from '../random/random-state.js';
import { isTrainingAborted, type TrainingAbortedError } from '../training/errors.js';
import type { TrainingHistory } from '../training/history.js';
import type { Dtype } from '../training/settings.js';
import { emptyClasses } from '../training/warnings/empty-classes.js';
import { checkSampleWeights, type SampleWeights } from '../training/weights.js';
import { unlessAborted } from '../validation/signal.js';
import { heldOut, type ResolvedClassifierOptions, settingsFor } from './options.js';
import { noteSteps } from './partial-fit.js';
import { fitPixels, fitScaler, type Scaler, scaleRows, staysBytes } from './scaler.js';

/** A trained net, and what its rows are scaled with. */
export interface FittedNet {
  readonly net: TwoLayerNet;
  readonly scaler: Scaler | undefined;
  readonly history: TrainingHistory;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Why training ended before it was done; undefined if it was. */
  readonly aborted: TrainingAbortedError | undefined;
}

/** Rows and settings that nets can be trained with. */
export interface PreparedFit {
  /** The data set that was given. */
  readonly data: Dataset;
  readonly inputs: Inputs;
  readonly settings: ReturnType<typeof settingsFor>;
  readonly sampleWeights: SampleWeights | undefined;
}

/** Called with a net that is about to be trained, and with what scales its rows. */
export type Began = (begun: Pick<FittedNet, 'net' | 'scaler'>) => void;

/** Trains a net as a classifier's options say. */
export async function fitNet(data: Dataset, options: ResolvedClassifierOptions, began?: Began): Promise<FittedNet> {
  return trainPrepared(await prepareFit(data, options), options, began);
}

/**
 * Holds rows out and scales all. What is done with all rows takes turns; one more between two such pieces of work, so
 * that the end of one and the beginning of the next do not add up.
 */
export async function prepareFit(data: Dataset, options: ResolvedClassifierOptions): Promise<PreparedFit> {
  const { random, following, signal } = options;
  const { sampleWeights: weights } = following;
  if (weights) checkSampleWeights(weights, data.train.y.length);
  await giveTurn();
  const before = random.getState();
  const { train, validation } = await holdOut(data, options.validation, random, signal);
  const sampleWeights = weights && (await weightsLeft(weights, data, options, before));
  const settings = settingsFor(options, train.X, validation !== undefined);
  await giveTurn();
  const inputs = await prepareInputs({ train, validation }, options.standardize, settings.net.dtype, signal);
  await giveTurn();
  return { data, inputs, settings, sampleWeights };
}

/** Draws a net and trains it. */
export async function trainPrepared(
  { data, inputs, settings, sampleWeights }: PreparedFit,
  { random, backend, signal, following, given, classes }: ResolvedClassifierOptions,
  began?: Began,
): Promise<FittedNet> {
  const { train, validation, scaler, inputScale } = inputs;
  const making = TwoLayerNet.create({
    ...settings.net,
    threads: given.threads,
    inputSize: data.inputSize,
    numClasses: data.numClasses,
    inputScale,
    classNames: data.named ? data.classNames : undefined,
    imageShape: data.imageShape,
    random,
    ...(backend && { backend }),
  });
  const net = await (signal ? unlessAborted(making, signal, 'The work') : making);
  began?.({ net, scaler });
  const training = net.train(train.X, train.y, validation?.X, validation?.y, {
    ...settings.training,
    ...following,
    ...(sampleWeights && { sampleWeights }),
    ...(signal && { signal }),
  });
  const ended = await training.catch(asAborted);
  const aborted = isTrainingAborted(ended) ? ended : undefined;
  const history = isTrainingAborted(ended) ? ended.history : ended;
  noteSteps(net, history.lossHistory.length);
  // Classes that were declared may come later.
  const empty = classes ? undefined : emptyClasses(train.y, data.classNames);
  if (empty) history.warnings.unshift(empty);
  return { net, scaler, history, settings: { ...settings.recorded, inputScale }, aborted };
}

type Parts = Pick<Dataset, 'train' | 'validation'> & Partial<Pick<Dataset, 'test'>>;

/** An abort is an end of training like others: what was trained is kept. */
function asAborted(error: unknown): TrainingAbortedError {
  if (isTrainingAborted(error)) return error;
  throw error;
}

/**
 * The data set with rows to stop by: its own validation rows, or rows that are held out of the training rows, with each
 * class in proportion.
 *
 * @param size - what is held out, if the data set has no validation rows: see the option `validation`
 */
export async function holdOut(
  data: Dataset,
  size: number | undefined,
  random: RandomState,
  signal?: AbortSignal,
): Promise<Dataset> {
  const validation = heldOut(data.train.X.rows, size);
  if (data.validation || validation === 0) return data;
  return inTurns(data.splitting({ validation }, { random, stratify: true }), signal);
}

/**
 * The weights of the rows that {@link holdOut} leaves to train on.
 *
 * @param before - the stream's state before it
 */
async function weightsLeft(
  weights: SampleWeights,
  data: Dataset,
  { validation: size, signal }: ResolvedClassifierOptions,
  before: RandomStateSnapshot,
): Promise<SampleWeights> {
  const { y } = data.train;
  const validation = heldOut(y.length, size);
  if (data.validation || validation === 0) return weights;
  const random = new RandomState(0);
  random.setState(before);
  const counts = partCounts(y.length, { validation });
  const order = await inTurns(orderOf(y, counts, { random, stratify: true }), signal);
  return Float64Array.from({ length: counts[0][1] }, (_, i) => weights[order?.[i] ?? i]);
}

/** The rows as the net gets them. */
interface Inputs extends Parts {
  readonly scaler: Scaler | undefined;
  readonly inputScale: number;
}

/** Fits what scales the rows on the training part, and scales all parts. */
export async function prepareInputs(
  parts: Parts,
  standardize: boolean,
  dtype: Dtype,
  signal?: AbortSignal,
): Promise<Inputs> {
  const { train, validation, test } = parts;
  if (!standardize) return { train, validation, test, scaler: undefined, inputScale: 1 };
  const { scale, ...fitted } = await scalingOf(train, dtype, signal);
  return {
    train: await scale(train),
    validation: validation && (await scale(validation)),
    test: test && (await scale(test)),
    ...fitted,
  };
}

/** How parts are scaled as the training part asks. */
async function scalingOf({ X }: DatasetPart, dtype: Dtype, signal: AbortSignal | undefined) {
  if (staysBytes(X)) {
    const { mean, inputScale } = await fitPixels(X, signal);
    const scale = async (part: DatasetPart) => ({ X: part.X.withMean(mean), y: part.y });
    return { scale, scaler: undefined, inputScale };
  }
  const scaler = await fitScaler(X, signal);
  const scale = async (part: DatasetPart) => {
    await giveTurn();
    return { X: await scaleRows(part.X, scaler, dtype, signal), y: part.y };
  };
  return { scale, scaler, inputScale: 1 };
}
