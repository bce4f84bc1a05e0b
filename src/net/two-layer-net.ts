import type { LabelledRows, Net, ParameterArrays, Products, Reals, Shape } from '../../binding.js';
import { type BackendChoice, type BackendName, type ChosenBackend, chooseBackend } from '../backend/choose.js';
import { productsFromEnvironment } from '../backend/products.js';
import { defaultThreads } from '../platform/processors.js';
import { RandomState } from '../random/random-state.js';
import type { TrainingHistory } from '../training/history.js';
import { resolveOptions, type TrainOptions } from '../training/options.js';
import { TrainingRun } from '../training/run.js';
import { type Dtype, setting } from '../training/settings.js';
import { checkOptions } from '../validation/check.js';
import { describe, withCode, wrongType } from '../validation/errors.js';
import {
  checkFinite,
  checkFixed,
  checkLabels,
  checkParameters,
  checkParameterTypes,
  checkRows,
  type LabelsInput,
  type RowsInput,
} from '../validation/inputs.js';
import { PARAMETERS } from '../validation/parameters.js';

/** How a net computes; the same for new nets and for nets made from parameters. */
export interface ComputeOptions {
  /**
   * Which arithmetic to use.
   * @defaultValue 'auto'
   */
  backend?: BackendChoice;
  /**
   * Threads of the engine at most, 1 … 1024; work too small to share takes fewer. Results are the same to the last bit
   * for any number.
   * @defaultValue one for each processor that this process may use: that its affinity and the quota of its cgroup allow
   */
  threads?: number | undefined;
  /**
   * The random stream: initial weights are drawn from it (W1, then W2), and minibatches while training.
   * @defaultValue a stream of the net's own with seed 0, so that a program gives the same net on every run
   */
  random?: RandomState;
}

/** Options of a new net. */
export interface TwoLayerNetOptions extends ComputeOptions {
  /** D, numbers per row. */
  inputSize: number;
  /** H, hidden units. */
  hiddenSize: number;
  /** C, classes. */
  numClasses: number;
  /**
   * Standard deviation of the initial weights; biases start at 0. The default is the article's, for pixels of 0 … 255;
   * rows of numbers around 1 want more, such as 1 / √D: from weights near 0 they learn nothing for a long time.
   * @defaultValue 1e-4
   */
  std?: number;
  /**
   * The type of parameters and arithmetic.
   * @defaultValue 'float32'
   */
  dtype?: Dtype;
  /**
   * Parameters to start with, of the type that `dtype` says; kept, not copied. Nothing is drawn then.
   * @defaultValue random weights
   */
  params?: ParameterArrays;
}

/** What `loss` gives. */
export interface LossAndGradients {
  /** Mean cross-entropy over the rows + ½·reg·(ΣW1² + ΣW2²). */
  loss: number;
  /** d loss / d parameter, each shaped as its parameter. */
  grads: ParameterArrays;
}

const COMPUTE_OPTIONS = ['backend', 'threads', 'random'] as const;
const NET_OPTIONS = ['inputSize', 'hiddenSize', 'numClasses', 'std', 'dtype', 'params', ...COMPUTE_OPTIONS] as const;

/** The largest number of elements in one buffer of the engine; 8 GiB in float64. */
const MAX_ELEMENTS = 2 ** 30;

/**
 * A two-layer fully connected classifier: affine, ReLU, affine, softmax.
 *
 * The parameters in {@link params} are live: they may be read and written between calls. While {@link train} runs
 * they are brought up to date before each `onProgress`, and what is written to them is lost.
 */
export class TwoLayerNet {
  /** W1 (D, H), b1 (H), W2 (H, C), b2 (C), row-major. */
  readonly params: ParameterArrays;
  /** D, numbers per row. */
  readonly inputSize: number;
  /** H, hidden units. */
  readonly hiddenSize: number;
  /** C, classes. */
  readonly numClasses: number;
  /** The type of parameters and arithmetic. */
  readonly dtype: Dtype;
  /** Threads of the engine. */
  readonly threads: number;
  /** The stream that training draws from unless told otherwise. */
  readonly random: RandomState;
  readonly #backend: ChosenBackend;
  readonly #products: Products;
  #training = false;

  /**
   * A net with random weights: W1 = std · randn(D, H), then W2 = std · randn(H, C), from one stream as the article's.
   *
   * The environment variable `TWO_LAYER_NET_PRODUCTS` (auto, own, blas) is read here; it chooses the matrix products.
   *
   * @throws TypeError or RangeError for options that are unknown, missing, of the wrong type or out of range, and for an
   * unknown `TWO_LAYER_NET_PRODUCTS`; Error `ERR_NATIVE_UNAVAILABLE` for `backend: 'native'` where the addon does not load,
   * `ERR_BFLOAT16_UNAVAILABLE` for `dtype: 'bfloat16'` where it cannot be had
   */
  constructor(options: TwoLayerNetOptions) {
    checkOptions(options, 'the options of TwoLayerNet', NET_OPTIONS);
    this.dtype = setting('dtype', options.dtype);
    this.inputSize = setting('inputSize', options.inputSize);
    this.hiddenSize = setting('hiddenSize', options.hiddenSize);
    this.numClasses = setting('numClasses', options.numClasses);
    const std = setting('std', options.std);
    const { inputSize: D, hiddenSize: H, numClasses: C } = this;
    checkElements(D * H, `inputSize · hiddenSize (${D} · ${H})`);
    checkElements(H * C, `hiddenSize · numClasses (${H} · ${C})`);
    const { backend, threads = defaultThreads(), random = new RandomState(0) } = options;
    this.#backend = chooseBackend(backend);
    this.#products = productsFromEnvironment();
    if (this.dtype === 'bfloat16') checkBfloat16(this.#backend, this.#products);
    this.threads = setting('threads', threads);
    if (!(random instanceof RandomState)) {
      throw wrongType('a RandomState for random', random);
    }
    this.random = random;
    const shape = { inputSize: D, hiddenSize: H, numClasses: C };
    const type = arrayType(this.dtype);
    const { params } = options;
    this.params = params === undefined ? initialParameters(shape, type, std, random) : params;
    checkParameters(this.params, shape, type);
  }

  /**
   * A net over existing parameters, which are kept, not copied: their lengths give D, H and C, their type the dtype.
   *
   * @throws TypeError `ERR_INVALID_TYPE` or RangeError `ERR_SHAPE` when they make no net
   */
  static fromParams(params: ParameterArrays, options: ComputeOptions = {}): TwoLayerNet {
    checkOptions(options, 'the options of fromParams', COMPUTE_OPTIONS);
    checkOptions(params, 'params', PARAMETERS);
    const dtype = params.W1 instanceof Float64Array ? 'float64' : 'float32';
    checkParameterTypes(params, arrayType(dtype));
    // An empty array makes a size of 1, which its own length then does not fit.
    const hiddenSize = Math.max(1, params.b1.length);
    const numClasses = Math.max(1, params.b2.length);
    const inputSize = Math.max(1, Math.floor(params.W1.length / hiddenSize));
    return new TwoLayerNet({ ...options, inputSize, hiddenSize, numClasses, dtype, params });
  }

  /** Which arithmetic serves: the addon or TypeScript. */
  get backend(): BackendName {
    return this.#backend.name;
  }

  /**
   * The scores (logits) of each row: max(0, X·W1 + b1)·W2 + b2.
   *
   * @returns N·C numbers, row-major
   * @throws TypeError or RangeError when X has not D columns; RangeError `ERR_NOT_FINITE` when a number of X is not
   * finite, or a score is not: a parameter is not, or the numbers are too large for the arithmetic
   */
  scores(X: RowsInput): Reals {
    const { binding } = this.#backend;
    const rows = checkRows(X, this.inputSize, 'X', binding);
    checkElements(rows.count * this.numClasses, `the scores of ${rows.count} rows`);
    const scores = new (arrayType(this.dtype))(rows.count * this.numClasses);
    binding.scores(this.#net(), rows, scores);
    const bad = binding.firstNonFinite(scores);
    if (bad >= 0) throw this.#overflow(`row ${Math.floor(bad / this.numClasses)} of X`, scores[bad]);
    return scores;
  }

  /**
   * The class with the highest score of each row; ties go to the first.
   *
   * @returns N class indices
   * @throws as {@link scores}
   */
  predict(X: RowsInput): Int32Array {
    const { binding } = this.#backend;
    const rows = checkRows(X, this.inputSize, 'X', binding);
    const classes = new Int32Array(rows.count);
    const bad = binding.predict(this.#net(), rows, classes);
    if (bad >= 0) throw this.#overflow(`row ${bad} of X`, Number.NaN);
    return classes;
  }

  /**
   * The probability of each class for each row: softmax of the scores.
   *
   * @returns N·C numbers, row-major; each row sums to 1
   * @throws as {@link scores}
   */
  probabilities(X: RowsInput): Reals {
    const values = this.scores(X);
    for (let start = 0; start < values.length; start += this.numClasses) {
      softmax(values.subarray(start, start + this.numClasses));
    }
    return values;
  }

  /**
   * The loss on some rows and its gradients.
   *
   * @param X - N rows of D numbers
   * @param y - N class indices
   * @param options - `reg`: regularization strength, 0 unless given
   * @throws TypeError or RangeError for rows, labels or options that do not fit; RangeError `ERR_NOT_FINITE` when the
   * loss is not finite
   */
  loss(X: RowsInput, y: LabelsInput, options: { reg?: number } = {}): LossAndGradients {
    const { reg: given = 0 } = checkOptions(options, 'the options of loss', ['reg']);
    const reg = setting('reg', given);
    const data = this.#labelled(X, y, 'X', 'y');
    const type = arrayType(this.dtype);
    const { inputSize: D, hiddenSize: H, numClasses: C } = this;
    const grads = { W1: new type(D * H), b1: new type(H), W2: new type(H * C), b2: new type(C) };
    const loss = this.#backend.binding.lossAndGradients(this.#net(), data, reg, grads);
    if (!Number.isFinite(loss)) throw this.#overflow('X', loss);
    return { loss, grads };
  }

  /**
   * Trains on minibatches by stochastic gradient descent, on threads of the engine's own: timers, I/O and other
   * trainings go on. (The TypeScript backend trains on this thread and gives the event loop a turn every 10 ms or
   * iteration, whichever is longer.) Until the promise settles, X and Xval are read
   * where they lie: do not change them, and never transfer their buffers to another thread, which would take memory
   * away that is in use and end the process.
   *
   * @param X - N training rows of D numbers
   * @param y - their classes
   * @param Xval - rows for the validation accuracy; undefined for none
   * @param yval - their classes
   * @returns the history; the net holds the trained parameters
   * @throws (as a rejection) TypeError or RangeError for arguments that do not fit, before anything is changed;
   * Error `ERR_BUSY` when the net or the stream is training already; {@link DivergedError}; a
   * {@link TrainingAbortedError} when `signal` ends it, after which the net keeps what was trained; what `onProgress`
   * throws
   */
  async train(
    X: RowsInput,
    y: LabelsInput,
    Xval?: RowsInput | null,
    yval?: LabelsInput | null,
    options: TrainOptions = {},
  ): Promise<TrainingHistory> {
    const run = this.#begin(X, y, Xval, yval, options);
    try {
      return run.finish(await this.#backend.binding.train(run.call, run.report));
    } catch (error) {
      throw this.#explain(error);
    } finally {
      this.#end(run);
    }
  }

  /** The same as {@link train} on this thread; throws what `train` rejects with. */
  trainSync(
    X: RowsInput,
    y: LabelsInput,
    Xval?: RowsInput | null,
    yval?: LabelsInput | null,
    options: TrainOptions = {},
  ): TrainingHistory {
    const run = this.#begin(X, y, Xval, yval, options);
    try {
      return run.finish(this.#backend.binding.trainSync(run.call, run.report));
    } catch (error) {
      throw this.#explain(error);
    } finally {
      this.#end(run);
    }
  }

  /** Checks everything that a training needs and marks the net as training. */
  #begin(
    X: RowsInput,
    y: LabelsInput,
    Xval: RowsInput | null | undefined,
    yval: LabelsInput | null | undefined,
    options: TrainOptions,
  ): TrainingRun {
    if (this.#training) {
      throw withCode(
        new Error('This net is training already and has not ended: await that training first, or train another net'),
        'ERR_BUSY',
      );
    }
    const resolved = resolveOptions(options, this.random);
    const { batchSize } = resolved.settings;
    const { inputSize: D, hiddenSize: H, numClasses: C } = this;
    // The engine keeps rows, hidden units (in parts and whole, forward and back) and scores of a minibatch, in whole
    // vectors, and W2's gradient for each fifty rows.
    checkElements(batchSize * (D + 6 * (H + 16) + C + 16 + (H * C) / 50), `a minibatch of ${batchSize} rows`);
    const training = this.#labelled(X, y, 'X', 'y');
    const validation = this.#validation(Xval ?? undefined, yval ?? undefined);
    checkFixed(training.rows, 'X');
    if (validation) checkFixed(validation.rows, 'Xval');
    const net = this.#net();
    for (const name of PARAMETERS) {
      checkFinite(this.params[name], `params.${name}`, this.#backend.binding);
    }
    const run = new TrainingRun(net, training, validation, resolved);
    this.#training = true;
    return run;
  }

  /** What a failed training is told as: parameters that lost their memory meanwhile are named. */
  #explain(error: unknown): unknown {
    try {
      this.#net();
      return error;
    } catch (cause) {
      return cause;
    }
  }

  #overflow(where: string, value: number): Error {
    const { dtype } = this;
    return withCode(
      new RangeError(
        `Expected finite results but received ${value} for ${where}: a parameter is not finite, or the numbers are too large for ${dtype}`,
      ),
      'ERR_NOT_FINITE',
    );
  }

  #end(run: TrainingRun): void {
    run.release();
    this.#training = false;
  }

  #validation(Xval: RowsInput | undefined, yval: LabelsInput | undefined): LabelledRows | null {
    const options: unknown = Xval;
    if (yval === undefined && typeof options === 'object' && Object.getPrototypeOf(options) === Object.prototype) {
      throw withCode(
        new TypeError(
          `Expected rows for Xval but received ${describe(options)}: options come fifth, train(X, y, null, null, options)`,
        ),
        'ERR_INVALID_TYPE',
      );
    }
    if (Xval !== undefined && yval !== undefined) return this.#labelled(Xval, yval, 'Xval', 'yval');
    if (Xval === undefined && yval === undefined) return null;
    const [given, missing] = Xval === undefined ? ['yval', 'Xval'] : ['Xval', 'yval'];
    throw withCode(new TypeError(`Expected ${missing} with ${given} but received none`), 'ERR_INVALID_TYPE');
  }

  #labelled(X: RowsInput, y: LabelsInput, rowsName: string, labelsName: string): LabelledRows {
    const rows = checkRows(X, this.inputSize, rowsName, this.#backend.binding);
    return { rows, labels: checkLabels(y, rows.count, this.numClasses, labelsName) };
  }

  /** The net as a backend takes it; the parameters are checked each time, since the caller may replace them. */
  #net(): Net {
    const { inputSize, hiddenSize, numClasses, threads } = this;
    const shape = { inputSize, hiddenSize, numClasses };
    const { W1, b1, W2, b2 } = checkParameters(this.params, shape, arrayType(this.dtype));
    return {
      shape,
      parameters: { W1, b1, W2, b2 },
      products: this.#products,
      bfloat16: this.dtype === 'bfloat16',
      threads,
    };
  }
}

/** float32 would do, but silently slower than was asked for. */
function checkBfloat16({ capabilities, binding }: ChosenBackend, products: Products): void {
  const { bfloat16, simdTarget } = binding.info();
  if (bfloat16 && products !== 'blas') return;
  let why = `this processor has no AVX512-BF16, or the addon was built without kernels for it (its own are ${simdTarget})`;
  if (!capabilities.native) why = 'the TypeScript backend has no bfloat16 products';
  else if (bfloat16) why = 'TWO_LAYER_NET_PRODUCTS=blas asks for the BLAS, and its products are not these';
  throw withCode(
    new Error(`dtype 'bfloat16' is not available: ${why}. Use float32, which gives the same net with less noise`),
    'ERR_BFLOAT16_UNAVAILABLE',
  );
}

function arrayType(dtype: Dtype): Float32ArrayConstructor | Float64ArrayConstructor {
  return dtype === 'float64' ? Float64Array : Float32Array;
}

/** One row of scores into probabilities, in place; the maximum is subtracted first, so that exp cannot overflow. */
function softmax(row: Reals): void {
  let highest = row[0];
  for (const score of row) highest = Math.max(highest, score);
  let sum = 0;
  for (let c = 0; c < row.length; c++) {
    row[c] = Math.exp(row[c] - highest);
    sum += row[c];
  }
  for (let c = 0; c < row.length; c++) row[c] /= sum;
}

function initialParameters(
  { inputSize: D, hiddenSize: H, numClasses: C }: Shape,
  type: Float32ArrayConstructor | Float64ArrayConstructor,
  std: number,
  random: RandomState,
): ParameterArrays {
  const normal = (size: number) => type.from(random.randn(size).map((value) => std * value));
  const W1 = normal(D * H);
  return { W1, b1: new type(H), W2: normal(H * C), b2: new type(C) };
}

function checkElements(elements: number, what: string): void {
  if (elements <= MAX_ELEMENTS) return;
  throw withCode(
    new RangeError(`Expected at most ${MAX_ELEMENTS} numbers for ${what} but received ${elements}`),
    'ERR_OUT_OF_RANGE',
  );
}
