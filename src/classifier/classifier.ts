import { type Dataset, type DatasetInput, isDataset } from '../data/dataset.js';
import { encodeLabels, type Label } from '../data/labels.js';
import type { Matrix } from '../data/matrix.js';
import type { PartInput } from '../data/part.js';
import { loadModel, saveModel } from '../model/model.js';
import type { Model } from '../model/model-types.js';
import { keepUse } from '../model/use.js';
import type { ComputeOptions } from '../net/options.js';
import type { NetSummary } from '../net/summary.js';
import type { TwoLayerNet } from '../net/two-layer-net.js';
import { giveTurn } from '../platform/turns.js';
import { isTrainingAborted, TrainingAbortedError } from '../training/errors.js';
import type { TrainingHistory } from '../training/history.js';
import { withCode, wrongType } from '../validation/errors.js';
import type { RowsInput } from '../validation/inputs.js';
import { checkLabelCount, checkLabels } from '../validation/labels.js';
import { averaged } from './averaged.js';
import { type ClassifierRows, ClassPredictions } from './class-predictions.js';
import { ClassifierPredictor } from './classifier-predictor.js';
import { type EnsembleOptions, fitEnsemble, resolveEnsemble } from './ensemble.js';
import { fitNet } from './fit.js';
import { type ClassifierEvaluation, metricsOf } from './metrics.js';
import { type ClassifierOptions, resolveClassifierOptions } from './options.js';
import { checkPartialFit, continueTraining, type PartialFitOptions } from './partial-fit.js';
import { type ClassifierHistory, type ClassifierParts, modelOfParts, partsOfModel } from './parts.js';
import { ensembleArguments, optionsOf, trainingData } from './training-data.js';

/**
 * A classifier for rows of one's own: it scales their columns, knows its classes, holds rows out to know when to stop,
 * and keeps the best weights. `TwoLayerNet` is the same net with the article's defaults and nothing around it.
 *
 * @example
 * const data = await loadDataset('iris.csv', { label: 'species' });
 * const classifier = await Classifier.fit(data);
 * classifier.predict([[5.1, 3.5, 1.4, 0.2]]); // ['setosa']
 */
export class Classifier extends ClassPredictions {
  /**
   * The net. It takes rows of numbers, scaled if there is a scaler: its own `predict`, `evaluate` and `prepare` are
   * wrong on rows as they are. Those of the classifier scale them.
   */
  readonly net: TwoLayerNet;
  /** All its nets, `net` first: of an {@link ensemble} several, whose probabilities are averaged. */
  readonly nets: readonly TwoLayerNet[];
  /** The record of its training, of an ensemble that of `net`; undefined for a model that was saved without. */
  readonly history: ClassifierHistory | undefined;
  /** What it was trained with. */
  readonly settings: Readonly<Record<string, unknown>> | undefined;

  private constructor(parts: ClassifierParts) {
    if (!parts?.net) throw notConstructed();
    const { net, others = [] } = parts;
    super({ ...parts, net: averaged([net, ...others]) });
    this.net = net;
    this.nets = [net, ...others];
    this.history = parts.history;
    this.settings = parts.settings;
    if (!this.scaler) return;
    // Whoever is given the parameters alone learns that they need scaled rows.
    for (const { params, classNames, imageShape } of this.nets) {
      keepUse(params, { ...this.scaler, classNames, imageShape });
    }
  }

  /**
   * Trains a classifier.
   *
   * @param data - a data set, or what one is made from; its validation rows, if it has some, decide when to stop
   * @throws (as a rejection) TypeError or RangeError for data or options that do not fit, before anything is trained;
   * `DivergedError`; when `options.signal` ends it a `FitAbortedError` with what was trained, or, before the training
   * began, another Error whose `name` is `AbortError`
   */
  static async fit(data: Dataset | DatasetInput, options?: ClassifierOptions): Promise<Classifier>;
  /**
   * The same on rows and their labels.
   *
   * @param X - N rows of D numbers, which must not be changed before the promise settles; of a flat array, the option
   * `inputSize` says D
   * @param y - N labels: strings, numbers, booleans or BigInts, all of one type
   */
  static async fit(X: RowsInput, y: ArrayLike<Label>, options?: ClassifierOptions): Promise<Classifier>;
  static async fit(...args: unknown[]): Promise<Classifier> {
    return Classifier.fitting(args);
  }

  /**
   * @internal {@link fit}
   * @param began - called with the classifier that is about to be trained: its parameters are live
   */
  static async fitting(args: unknown[], began?: (classifier: Classifier) => void): Promise<Classifier> {
    const options = resolveClassifierOptions(optionsOf<ClassifierOptions>(args));
    const { data, classes } = await trainingData(args, options, options.signal);
    const rest = { classes, columns: data.columns, history: undefined, settings: undefined };
    const { aborted, ...fitted } = await fitNet(
      data,
      options,
      began && ((net) => began(new Classifier({ ...rest, ...net }))),
    );
    const classifier = new Classifier({ ...fitted, classes, columns: data.columns });
    if (aborted) throw new FitAbortedError(aborted, classifier);
    return classifier;
  }

  /**
   * Trains k nets that differ in their first weights and minibatches, with the seeds `seed`, `seed` + 1, …, and
   * averages their probabilities: it is usually right more often than one of them. As many train side by side as there
   * are threads. Rows are held out and scaled once; net i has the numbers of {@link fit} on the data set so divided,
   * with its seed.
   *
   * @param data - as for {@link fit}
   * @param k - how many nets, 1 … 1000
   * @throws (as a rejection) as {@link fit}; the classifier of a `FitAbortedError` has the nets that had begun
   * @example
   * const classifier = await Classifier.ensemble(data, 5);
   */
  static async ensemble(data: Dataset | DatasetInput, k: number, options?: EnsembleOptions): Promise<Classifier>;
  /** The same on rows and their labels, as {@link fit}. */
  static async ensemble(X: RowsInput, y: ArrayLike<Label>, k: number, options?: EnsembleOptions): Promise<Classifier>;
  static async ensemble(...args: unknown[]): Promise<Classifier> {
    const { rows, k, options = {} } = ensembleArguments<EnsembleOptions>(args);
    const ensemble = resolveEnsemble(k, options);
    const { data, classes } = await trainingData(rows, ensemble.options, ensemble.options.signal);
    const { nets, aborted } = await fitEnsemble(data, ensemble);
    const [{ aborted: _, ...first }, ...others] = nets;
    const rest = { others: others.map(({ net }) => net), classes, columns: data.columns };
    const classifier = new Classifier({ ...first, ...rest });
    if (aborted) throw new FitAbortedError(aborted, classifier);
    return classifier;
  }

  /**
   * Reads a classifier that {@link save} wrote, or a net that `saveModel` did.
   *
   * @throws (as a rejection) as `loadModel`
   */
  static async load(file: string, options: ComputeOptions = {}): Promise<Classifier> {
    return Classifier.fromModel(await loadModel(file), options);
  }

  /** The classifier of a model that `loadModel` read. */
  static fromModel(model: Model, options: ComputeOptions = {}): Classifier {
    return new Classifier(partsOfModel(model, options));
  }

  /** D, numbers per row. */
  get inputSize(): number {
    return this.net.inputSize;
  }

  /** H, hidden units. */
  get hiddenSize(): number {
    return this.net.hiddenSize;
  }

  /**
   * A copy of the classifier that is kept ready for predictions, such as those of a server, so that each one costs
   * little more than its arithmetic. Training the classifier later does not change it.
   *
   * @example
   * const predictor = classifier.prepare();
   * predictor.top([5.1, 3.5, 1.4, 0.2]);
   */
  prepare(): ClassifierPredictor {
    const predictors = this.nets.map((net) => net.prepare());
    return new ClassifierPredictor(predictors, this);
  }

  /** The layers of its net: shapes of their parameters, numbers in them, bytes. As a string it is a table. */
  summary(): NetSummary {
    return this.net.summary();
  }

  /**
   * Accuracy, log loss, precision, recall, F1 and ROC AUC by class and averaged, and the confusion matrix, while
   * JavaScript continues.
   *
   * @param part - a part of a data set with this classifier's classes, `data.test`; or rows, with their labels second
   * @param labels - N labels, as in `fit`
   */
  async evaluate(part: PartInput | ClassifierRows, labels?: ArrayLike<Label>): Promise<ClassifierEvaluation> {
    const { X, y } = this.#labelled(part, labels);
    const { probabilities, classes } = await this.judgeScaled(await this.scaled(X));
    await giveTurn();
    return metricsOf(probabilities, y, this.classNames, classes);
  }

  /**
   * Trains on further rows: one epoch, unless `options.epochs` asks for more. The classes, their weights, the columns
   * and the scaler stay those of the first training, so its rows should be typical; the optimizer's state goes on, but
   * for a loaded classifier. No rows are held out, and `history` stays.
   *
   * @param rows - N rows, as in `predict`
   * @param labels - N labels among `classes`
   * @returns the record of this training alone; of an ensemble that of its first net
   * @throws (as a rejection) TypeError or RangeError for rows, labels or options that do not fit, before anything is
   * changed; Error `ERR_BUSY` while it is training already; `DivergedError`; `TrainingAbortedError`
   * @example
   * const classifier = await Classifier.fit(firstRows, firstLabels, { classes: ['ham', 'spam'] });
   * for await (const { rows, labels } of batches) await classifier.partialFit(rows, labels);
   */
  async partialFit(
    rows: ClassifierRows,
    labels: ArrayLike<Label>,
    options: PartialFitOptions = {},
  ): Promise<TrainingHistory> {
    checkPartialFit(options);
    const { X, y } = this.#labelled(rows, labels);
    const scaled = await this.scaled(X, options.signal);
    const histories: TrainingHistory[] = [];
    for (const net of this.nets) histories.push(await continueTraining(net, scaled, y, options, this.settings));
    return histories[0];
  }

  /**
   * Writes everything that predictions need to a file: weights, scaler, columns, classes; and the training's history.
   * `Classifier.load` reads it.
   *
   * @throws (as a rejection) as `saveModel`
   */
  async save(file: string): Promise<void> {
    await saveModel(file, this.toModel());
  }

  /** The classifier as a value, for `saveModel`. */
  toModel(): Model {
    return modelOfParts({ ...this, others: this.nets.slice(1) });
  }

  /** Rows of numbers with the class of each. */
  #labelled(part: PartInput | ClassifierRows, labels?: ArrayLike<Label>): { X: Matrix; y: Int32Array } {
    if (labels !== undefined) {
      const X = this.inputs(part as ClassifierRows);
      checkLabelCount(labels, X.rows, 'labels', this.inputSize);
      return { X, y: encodeLabels(labels, 'labels', this.classes).y };
    }
    if (isDataset(part)) throw wrongType("a part of the data set, such as data.part('test'),", part);
    if (typeof part !== 'object' || part === null || !('X' in part)) {
      throw wrongType('rows with their labels second, or a part of a data set with X and y,', part);
    }
    const X = this.inputs(part.X);
    return { X, y: checkLabels(part.y, X.rows, this.numClasses, 'y', this.inputSize) };
  }
}

/** The `TrainingAbortedError` of `Classifier.fit`: it was ended by its `signal`. */
export class FitAbortedError extends TrainingAbortedError {
  /** The classifier with the weights that it had reached. */
  readonly classifier: Classifier;

  constructor({ numIters, cause, history }: TrainingAbortedError, classifier: Classifier) {
    super(numIters, cause, history);
    this.classifier = classifier;
  }
}

/** Whether it is a {@link FitAbortedError}, of any copy of the package. */
export function isFitAborted(error: unknown): error is FitAbortedError {
  return isTrainingAborted(error) && 'classifier' in error;
}

function notConstructed(): Error {
  const makers = 'Classifier.fit(rows, labels), Classifier.load(file) or Classifier.fromModel(model)';
  return withCode(
    new TypeError(`Expected ${makers}, which make classifiers, but received new Classifier()`),
    'ERR_INVALID_TYPE',
  );
}
