import type { BestEpoch, BestEpochNumbers, Binding, LabelledRows, Net, ParameterArrays } from '../../binding.js';
import type { BackendName } from '../backend/choose.js';
import type { Dataset } from '../data/dataset.js';
import type { RandomState } from '../random/random-state.js';
import { checkSameData, fingerprintOf } from '../training/made-by.js';
import { type ResolvedOptions, resolveOptions } from '../training/options.js';
import { pictureFor } from '../training/rows-needed.js';
import { TrainingRun } from '../training/run.js';
import type { RunOptions, TrainingRows } from '../training/run-options.js';
import { slotsFor } from '../training/slots.js';
import { rowWeights } from '../training/weights.js';
import { checkClassNames } from '../validation/class-names.js';
import { conflict, withCode } from '../validation/errors.js';
import { checkFinite, checkRows, type RowsInput, rowParts } from '../validation/inputs.js';
import { checkLabels, type LabelsInput } from '../validation/labels.js';
import { checkSameMean } from '../validation/mean.js';
import { copyParameters, PARAMETERS } from '../validation/parameters.js';
import { isArrayOf } from '../validation/typed-arrays.js';
import { checkAlike, checkGroupBackend } from './alike.js';
import { keepRows, whereTheyAre } from './kept-rows.js';
import { checkLeft } from './left.js';
import type { PredictionOptions } from './options.js';
import { checkMinibatch, zeroParameters } from './parameters.js';
import {
  type DatasetArguments,
  type ResolvedArguments,
  type RowsArguments,
  resolveArguments,
} from './training-arguments.js';

/** What a training reads of the net that it trains; a `TwoLayerNet` has all of it. */
export interface NetToTrain extends PredictionOptions {
  /** The state of the update rule. */
  readonly slots: readonly ParameterArrays[];
  /** The best epoch of the stopped training that this one may continue. */
  readonly best: BestEpoch | undefined;
  /** What computes. */
  readonly backend: BackendName;
  /** The net's input scale. */
  readonly inputScale: number;
  /** The stream that minibatches are drawn from by default. */
  readonly random: RandomState;
}

/** A training that can start, and what the net then predicts with. */
export interface BegunTraining extends PredictionOptions {
  readonly run: TrainingRun;
  /** The state of the update rule, which the training changes. */
  readonly slots: readonly ParameterArrays[];
}

/** What errors call rows and labels, by how they were passed. */
const AS_ARGUMENTS = { X: 'X', y: 'y', Xval: 'Xval', yval: 'yval' } as const;
const IN_DATASET = { X: 'train.X', y: 'train.y', Xval: 'validation.X', yval: 'validation.y' } as const;

/**
 * Checks everything that a training needs.
 *
 * @param net - the net as a backend expects it, with checked parameters
 * @param synchronous - whether the training cannot wait for what callbacks return
 * @throws TypeError or RangeError, before anything is changed; what the constructor of {@link TrainingRun} throws
 */
export function beginTraining(
  subject: NetToTrain,
  net: Net,
  binding: Binding,
  args: RowsArguments | DatasetArguments,
  synchronous: boolean,
): BegunTraining {
  const { X, y, validation, options, data } = resolveArguments(args, net.shape.inputSize);
  const names = data ? IN_DATASET : AS_ARGUMENTS;
  const resolved = resolveOptions(options, subject.random, rowParts(X, net.shape.inputSize, names.X).count);
  checkMinibatch(net.shape, resolved.settings.batchSize);
  checkGroupBackend(resolved.group, subject.backend);
  const training = labelledRows({ net, binding, mean: subject.mean }, X, y, [names.X, names.y]);
  const mean = training.rows.mean ?? undefined;
  if (data) checkClasses(data, net.shape.numClasses);
  const held = validationRows({ net, binding, mean }, validation, names);
  for (const name of PARAMETERS) checkFinite(net.parameters[name], `params.${name}`, binding);
  const classNames = data?.named ? data.classNames : subject.classNames;
  const imageShape = data?.imageShape ?? subject.imageShape;
  const type = isArrayOf(net.parameters.W1, 'Float64Array') ? Float64Array : Float32Array;
  const weights = rowWeights(resolved, training.labels, net.shape.numClasses, classNames);
  const fingerprint = fingerprintOf(training, net.shape.inputSize, weights);
  if (resolved.resume?.lossHistory.length) checkSameData(resolved.resume, fingerprint);
  const zeros = () => zeroParameters(net.shape, type);
  if (resolved.resume || resolved.stepsBefore > 0) checkLeft(net.shape, type, subject);
  const slots = slotsFor(subject.slots, resolved.settings, resolved.resume, zeros, resolved.stepsBefore);
  const run = newRun(
    net,
    slots,
    { training, validation: held },
    {
      ...resolved,
      synchronous,
      data: fingerprint,
      weights,
      picture: pictureFor(resolved.settings, imageShape),
      inputScale: subject.inputScale,
      best: bestEpoch(net, subject.best, resolved, held !== null),
      binding,
      classNames,
    },
  );
  return { run, slots, mean, classNames, imageShape };
}

/** A run whose rows keep their memory: a training in the background reads them while JavaScript goes on. */
function newRun(
  net: Net,
  slots: readonly ParameterArrays[],
  rows: TrainingRows,
  options: Omit<RunOptions, 'kept'>,
): TrainingRun {
  const kept = options.synchronous ? whereTheyAre(rows) : keepRows(rows);
  let run: TrainingRun | undefined;
  try {
    run = new TrainingRun(net, slots, rows, { ...options, kept });
    const { group, data: fingerprint, binding } = options;
    if (group) checkAlike(group, { call: { ...run.call, ...rows }, fingerprint, binding });
    return run;
  } catch (error) {
    if (run) run.release();
    else kept.release();
    throw error;
  }
}

/** What a training with patience keeps of its best epoch; null without. */
function bestEpoch(
  net: Net,
  best: BestEpoch | undefined,
  { settings, resume }: ResolvedOptions,
  hasValidation: boolean,
): BestEpoch | null {
  if (settings.patience === 0) return null;
  if (!hasValidation) {
    throw conflict(
      (name) =>
        `Expected validation rows for a patience of ${settings.patience} epochs but received none: pass some, ` +
        `or leave ${name('patience')} out`,
    );
  }
  const { parameters = copyParameters(net.parameters), ...numbers } = (resume && best) ?? NO_EPOCH;
  return { ...numbers, parameters: copyParameters(parameters) };
}

const NO_EPOCH: BestEpochNumbers & { parameters?: ParameterArrays } = { iterations: 0, monitored: 0, epochsSince: 0 };

/**
 * Checks that a net of C classes has those of a data set. Without names, the data set may have fewer: its number of
 * classes may only be that of the labels that occur.
 */
function checkClasses({ named, classNames, numClasses }: Dataset, C: number): void {
  if (named) checkClassNames(classNames, C);
  if (numClasses <= C) return;
  throw withCode(
    new RangeError(`Expected a data set of at most ${C} classes, as the net has, but received one of ${numClasses}`),
    'ERR_SHAPE',
  );
}

/**
 * Checks validation rows and returns them as a backend reads them. Without a mean of their own, they are used as the
 * training rows are.
 *
 * @param subject - with the mean of the training rows
 * @throws as {@link labelledRows}; TypeError `ERR_CONFLICT` for rows with another mean
 */
export function validationRows(
  subject: Parameters<typeof labelledRows>[0],
  validation: ResolvedArguments['validation'],
  names: Readonly<Record<'X' | 'Xval' | 'yval', string>> = AS_ARGUMENTS,
): LabelledRows | null {
  if (!validation) return null;
  const held = labelledRows(subject, validation.X, validation.y, [names.Xval, names.yval]);
  checkSameMean(held.rows.mean, subject.mean, [names.Xval, names.X]);
  return held;
}

/**
 * Checks rows and their labels and returns them as a backend reads them.
 *
 * @param names - what error messages call them
 */
export function labelledRows(
  { net, binding, mean }: { net: Net; binding: Binding; mean: Float64Array | undefined },
  X: RowsInput,
  y: LabelsInput,
  [rowsName, labelsName]: readonly [string, string],
): LabelledRows {
  const { inputSize, numClasses } = net.shape;
  const rows = checkRows(X, inputSize, rowsName, binding, mean);
  return { rows, labels: checkLabels(y, rows.count, numClasses, labelsName, inputSize) };
}
