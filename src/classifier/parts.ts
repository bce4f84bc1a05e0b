/** What a classifier is made of, and how it becomes a model and back. */
import { type Label, labelName, labelOf } from '../data/labels.js';
import type { Column } from '../data/tables/column.js';
import type { Model, ModelHistory } from '../model/model-types.js';
import { COMPUTE_OPTIONS, type ComputeOptions } from '../net/options.js';
import { TwoLayerNet } from '../net/two-layer-net.js';
import type { TrainingHistory } from '../training/history.js';
import { checkOptions } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import type { Scaler } from './scaler.js';

/** The record of a training; of a model that was read, only what its file has. */
export type ClassifierHistory = ModelHistory & Partial<Omit<TrainingHistory, keyof ModelHistory>>;

/** What a classifier is made of. */
export interface ClassifierParts {
  readonly net: TwoLayerNet;
  /** Of an ensemble: its further nets. */
  readonly others?: readonly TwoLayerNet[];
  readonly classes: readonly Label[];
  readonly scaler: Scaler | undefined;
  readonly columns: readonly Column[] | undefined;
  readonly history: ClassifierHistory | undefined;
  readonly settings: Readonly<Record<string, unknown>> | undefined;
}

/** The model that these parts are: see {@link partsOfModel}. */
export function modelOfParts({
  net,
  others = [],
  classes,
  scaler,
  columns,
  history,
  settings,
}: ClassifierParts): Model {
  const { params, inputSize, hiddenSize, numClasses, dtype, imageShape } = net;
  return {
    params,
    ...(others.length > 0 && { others: others.map((other) => other.params) }),
    inputSize,
    hiddenSize,
    numClasses,
    dtype,
    mean: scaler?.mean ?? net.mean,
    scale: scaler?.scale,
    classNames: classes.map(labelName),
    labelType: typeof classes[0] as 'string',
    columns,
    imageShape,
    history,
    settings,
  };
}

/**
 * The parts of the classifier that a model is.
 *
 * @throws TypeError or RangeError for options that do not fit
 */
export function partsOfModel(model: Model, options: ComputeOptions): ClassifierParts {
  if (typeof model !== 'object' || model === null) throw wrongType('a model that loadModel read', model);
  const { params, inputSize, hiddenSize, numClasses, dtype } = model;
  const { mean, scale, classNames, labelType = 'string', columns, imageShape, history, settings } = model;
  const scaler = scale && mean ? { mean, scale } : undefined;
  const how = {
    ...checkOptions(options, 'the options of Classifier.fromModel', COMPUTE_OPTIONS),
    inputSize,
    hiddenSize,
    numClasses,
    dtype,
    classNames,
    imageShape,
    mean: scaler ? undefined : mean,
    // For further training: predictions do not depend on it.
    inputScale: typeof settings?.inputScale === 'number' ? settings.inputScale : 1,
  };
  const classes = classNames?.map((name) => labelOf(name, labelType) as Label);
  return {
    net: new TwoLayerNet({ ...how, params }),
    others: model.others?.map((other) => new TwoLayerNet({ ...how, params: other })) ?? [],
    classes: classes ?? Array.from({ length: numClasses }, (_, label) => label),
    scaler,
    columns,
    history,
    settings,
  };
}
