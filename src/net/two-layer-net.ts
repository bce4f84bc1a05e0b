import type { BestEpoch, ParameterArrays, Products, Reals } from '../../binding.js';
import type { BackendName, ChosenBackend } from '../backend/choose.js';
import type { Model } from '../model/model-types.js';
import { keepOwnUse } from '../model/use.js';
import type { RandomState } from '../random/random-state.js';
import type { TrainingHistory } from '../training/history.js';
import type { TrainingRun } from '../training/run.js';
import type { Dtype } from '../training/settings.js';
import { checkOptions } from '../validation/check.js';
import type { ImageShape } from '../validation/image-shape.js';
import type { RowsInput } from '../validation/inputs.js';
import type { LabelsInput } from '../validation/labels.js';
import { replaceAll } from '../validation/long-lists.js';
import { PARAMETERS } from '../validation/parameters.js';
import { type AsyncOptions, predictAsync, preparing, probabilitiesAsync, scoresAsync } from './async-prediction.js';
import { beginTraining } from './begin-training.js';
import { keepTraining, namesFiles } from './kept-training.js';
import { alreadyTraining, checkUnscaled, explain, netOf, ownOf } from './net-of.js';
import type { ComputeOptions, PredictionOptions, TwoLayerNetOptions } from './options.js';
import { COMPUTE_OPTIONS, PREDICTION_OPTIONS } from './options.js';
import { deviationsOf, drawWeights, drawWeightsAsync, shapeAndDtypeOf } from './parameters.js';
import { type LossAndGradients, loss, predict, probabilities, type Subject, scores } from './prediction.js';
import { Predictor } from './predictor.js';
import { resolveNet } from './resolve-net.js';
import { NetSummary } from './summary.js';
import type { DatasetArguments, RowsArguments } from './training-arguments.js';

/** Says that weights are drawn after the constructor. */
const DRAWN_LATER: unique symbol = Symbol('drawn later');

/**
 * A two-layer fully connected classifier: affine, ReLU, affine, softmax.
 *
 * The parameters in {@link params} are live: they may be read and written between calls. While {@link train} runs,
 * they are updated before each `onProgress`, and whatever is written to them is lost.
 */
export class TwoLayerNet {
  /** W1 (D, H), b1 (H), W2 (H, C), b2 (C), row-major. */
  readonly params: ParameterArrays;
  /**
   * State of the update rule that the last training left, sets of arrays like {@link params}; `resume` continues with
   * it. Adam and AdamW have two (mean gradient, mean square), gradient descent with momentum one, and without none.
   */
  readonly slots: ParameterArrays[] = [];
  /** The best epoch so far of a training with `patience` that was stopped, if there is one; `resume` uses it. */
  best: BestEpoch | undefined;
  /** D, numbers per row. */
  readonly inputSize: number;
  /** H, hidden units. */
  readonly hiddenSize: number;
  /** C, classes. */
  readonly numClasses: number;
  /** Training treats rows as multiplied by this; see {@link TwoLayerNetOptions.inputScale}. */
  readonly inputScale: number;
  /** The type of parameters and arithmetic. */
  readonly dtype: Dtype;
  /** Which matrix products it uses; see {@link ComputeOptions.products}. */
  readonly products: Products;
  /** Threads of the engine. */
  readonly threads: number;
  /** The stream that training draws from by default. */
  readonly random: RandomState;
  /**
   * The mean row (D), subtracted from input rows that have no mean of their own: arrays, and a `Matrix` without one.
   * Training on rows with a mean sets it. Undefined when nothing is subtracted.
   */
  mean: Float64Array | undefined;
  /** The name of each class (C), by label. Training on a data set sets it. */
  classNames: readonly string[] | undefined;
  /** How a row is a picture; undefined when it is none, or nobody said. Training on a data set of pictures sets it. */
  imageShape: ImageShape | undefined;
  readonly #backend: ChosenBackend;
  #training = false;

  /**
   * A net with random weights: W1 = std · randn(D, H), then W2 = std · randn(H, C), from one stream as the article's.
   *
   * @throws TypeError or RangeError for options that are unknown, missing, of the wrong type or out of range, and for
   * an unknown `TWO_LAYER_NET_PRODUCTS`; Error `ERR_NATIVE_UNAVAILABLE` for `backend: 'native'` when the addon does not
   * load, `ERR_BFLOAT16_UNAVAILABLE` for `dtype: 'bfloat16'` when it is not available
   */
  constructor(options: TwoLayerNetOptions);
  /** @internal For {@link create}. */
  constructor(options: TwoLayerNetOptions, weights: typeof DRAWN_LATER);
  constructor(options: TwoLayerNetOptions, weights?: typeof DRAWN_LATER) {
    const net = resolveNet(options);
    this.params = net.params;
    this.inputSize = net.inputSize;
    this.hiddenSize = net.hiddenSize;
    this.numClasses = net.numClasses;
    this.inputScale = net.inputScale;
    this.dtype = net.dtype;
    this.products = net.products;
    this.threads = net.threads;
    this.random = net.random;
    this.mean = net.mean;
    this.classNames = net.classNames;
    this.imageShape = net.imageShape;
    this.#backend = net.backend;
    keepOwnUse(this);
    if (net.deviations && weights !== DRAWN_LATER) {
      drawWeights(this.params, net.deviations, this.random, this.#backend.binding);
    }
  }

  /**
   * The same net as `new TwoLayerNet(options)`, bit for bit, with its weights drawn on another thread. (The TypeScript
   * backend gives the event loop a turn every few milliseconds.) Do not draw from the stream meanwhile.
   *
   * @throws (as a rejection) as the constructor; Error `ERR_BUSY` when the stream is in use by a training or by another
   * `create`
   */
  static async create(options: TwoLayerNetOptions): Promise<TwoLayerNet> {
    const net = new TwoLayerNet(options, DRAWN_LATER);
    if (options.params !== undefined) return net;
    await drawWeightsAsync(net.params, deviationsOf(options), net.random, net.#backend.binding);
    return net;
  }

  /**
   * A net over existing parameters, which are kept, not copied: their lengths give D, H and C, their type the dtype.
   * Those of a net or a loaded model, but no copies, bring along its mean, class names and picture size, unless the
   * options say others: `mean: undefined` for none.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_SHAPE`, or `ERR_CONFLICT` for those of a scaling `Classifier`
   */
  static fromParams(params: ParameterArrays, options: ComputeOptions & PredictionOptions = {}): TwoLayerNet {
    checkOptions(options, 'the options of fromParams', [...COMPUTE_OPTIONS, ...PREDICTION_OPTIONS]);
    checkOptions(params, 'params', PARAMETERS);
    return new TwoLayerNet({ ...options, ...shapeAndDtypeOf(params), params });
  }

  /**
   * The net of a model that `loadModel` read, with its mean and class names. The parameters are kept, not copied.
   *
   * @throws as {@link fromParams}; Error `ERR_MODEL_FILE` for a `Classifier` that scales its rows or has several nets
   * @example
   * const net = TwoLayerNet.fromModel(await loadModel('model.safetensors'));
   */
  static fromModel(
    model: Pick<Model, 'params' | 'scale' | 'others' | keyof PredictionOptions>,
    options: ComputeOptions = {},
  ): TwoLayerNet {
    checkOptions(options, 'the options of fromModel', COMPUTE_OPTIONS);
    const { params, ...rest } = checkUnscaled(model);
    return TwoLayerNet.fromParams(params, { ...options, ...ownOf(rest, PREDICTION_OPTIONS) });
  }

  /** Which backend computes. */
  get backend(): BackendName {
    return this.#backend.name;
  }

  /** Its layers: shapes of their parameters, numbers in them, bytes. As a string it is a table. */
  summary(): NetSummary {
    return new NetSummary(this);
  }

  /**
   * The scores (logits) of each row: max(0, X·W1 + b1)·W2 + b2.
   *
   * @returns N·C numbers, row-major
   * @throws TypeError or RangeError when X does not have D columns; RangeError `ERR_NOT_FINITE` when a number of X is
   * not finite, or a score is not: a parameter is not, or the numbers are too large for the arithmetic
   */
  scores(X: RowsInput): Reals {
    return scores(this.#subject(), X);
  }

  /**
   * The class with the highest score of each row; ties go to the first.
   *
   * @returns N class indices
   * @throws as {@link scores}
   */
  predict(X: RowsInput): Int32Array {
    return predict(this.#subject(), X);
  }

  /**
   * The probability of each class for each row: softmax of the scores.
   *
   * @returns N·C numbers, row-major; each row sums to 1
   * @throws as {@link scores}
   */
  probabilities(X: RowsInput): Reals {
    return probabilities(this.#subject(), X);
  }

  /**
   * As {@link predict}, on threads of the engine: timers and I/O go on, whatever the sizes. (The TypeScript backend
   * computes on this thread and gives the event loop a turn every few rows.) The net is copied at once, so it may be
   * trained or changed meanwhile. X is read part by part and must not be changed before the promise settles; if it
   * loses its memory, the promise is rejected.
   *
   * @returns N class indices, the same as those of `predict`
   * @throws (as a rejection) as {@link predict}, and for unknown options, before any work if it can be told then;
   * an `AbortError` when `options.signal` ends it
   */
  async predictAsync(X: RowsInput, options: AsyncOptions = {}): Promise<Int32Array> {
    return predictAsync(preparing(this.#subject()), X, options);
  }

  /** As {@link scores}, beside JavaScript's thread: see {@link predictAsync}. The scores are the same, bit for bit. */
  async scoresAsync(X: RowsInput, options: AsyncOptions = {}): Promise<Reals> {
    return scoresAsync(preparing(this.#subject()), X, options);
  }

  /** As {@link probabilities}, beside JavaScript's thread: see {@link predictAsync}. */
  async probabilitiesAsync(X: RowsInput, options: AsyncOptions = {}): Promise<Reals> {
    return probabilitiesAsync(preparing(this.#subject()), X, options);
  }

  /**
   * A copy of the net that is kept ready for predictions, so that each one costs little more than its arithmetic.
   * @throws TypeError or RangeError when the parameters or the mean do not fit the net
   */
  prepare(): Predictor {
    return new Predictor(this.#subject(), this.classNames);
  }

  /**
   * The loss on some rows and its gradients.
   *
   * @param X - N rows of D numbers
   * @param y - N class indices
   * @param options - `reg`: regularization strength, 0 unless given
   * @throws TypeError or RangeError for what does not fit; RangeError `ERR_NOT_FINITE` when the loss is not finite
   */
  loss(X: RowsInput, y: LabelsInput, options: { reg?: number } = {}): LossAndGradients {
    return loss(this.#subject(), X, y, options);
  }

  /**
   * Trains on minibatches, by stochastic gradient descent unless `optimizer` says otherwise, on threads of the engine.
   * (The TypeScript backend takes turns with the event loop.) Do not change X and Xval meanwhile; docs/data.md says
   * which rows are copied. The mean of X and the class names of a data set become the net's.
   *
   * @param X - N training rows of D numbers, or a data set with the options second
   * @param y - their classes
   * @param Xval - rows for the validation accuracy; undefined or null for none
   * @param yval - their classes
   * @returns the history; the net holds the trained parameters
   * @throws (as a rejection) TypeError or RangeError for arguments that do not fit, before anything is changed;
   * `ERR_BUSY` when the net or the stream is training already; {@link DivergedError}; {@link TrainingAbortedError} when
   * `signal` ends it: the net keeps what was trained; what a callback throws; for files, `ERR_CHECKPOINT` (of another
   * training), `ERR_LOCKED` and `ERR_NOT_WRITABLE`
   */
  async train(...args: DatasetArguments): Promise<TrainingHistory>;
  async train(...args: RowsArguments): Promise<TrainingHistory>;
  async train(...args: RowsArguments | DatasetArguments): Promise<TrainingHistory> {
    if (!namesFiles(args)) return this.#train(args);
    return keepTraining(this, args, this.#backend, (part) => this.#train(part));
  }

  async #train(args: RowsArguments | DatasetArguments): Promise<TrainingHistory> {
    const run = this.#begin(args, false);
    try {
      return await run.inBackground(this.#backend.binding);
    } catch (error) {
      throw explain(this, run.call, error);
    } finally {
      this.#end(run);
    }
  }

  /** As {@link train}, on this thread; throws TypeError `ERR_ASYNC_CALLBACK` for callbacks that return promises. */
  trainSync(...args: DatasetArguments): TrainingHistory;
  trainSync(...args: RowsArguments): TrainingHistory;
  trainSync(...args: RowsArguments | DatasetArguments): TrainingHistory {
    const run = this.#begin(args, true);
    try {
      return run.finish(this.#backend.binding.trainSync(run.call, run.report));
    } catch (error) {
      throw explain(this, run.call, error);
    } finally {
      this.#end(run);
    }
  }

  #begin(args: RowsArguments | DatasetArguments, synchronous: boolean): TrainingRun {
    if (this.#training) throw alreadyTraining();
    const { run, slots, ...learnt } = beginTraining(this, netOf(this), this.#backend.binding, args, synchronous);
    this.#training = true;
    replaceAll(this.slots, slots);
    Object.assign(this, learnt, { best: undefined });
    keepOwnUse(this, true);
    return run;
  }

  #end(run: TrainingRun): void {
    run.release();
    this.best = run.bestSoFar;
    this.#training = false;
  }

  #subject(): Subject {
    return { net: netOf(this), dtype: this.dtype, mean: this.mean, backend: this.#backend };
  }
}
