/**
 * The contract between TypeScript and the arithmetic. The C++ addon (native/addon) and the pure-TypeScript backend
 * (src/backend/reference/reference.ts) both satisfy {@link Binding}, so that every test of arithmetic is one test run twice.
 *
 * Letters: N rows, D inputs per row, H hidden units, C classes. Matrices are row-major typed arrays. The type of
 * `parameters.W1` decides the arithmetic: Float32Array or Float64Array; every other real array of a call has the same
 * type unless said otherwise. A binding keeps no state between calls, and checks again that lengths fit and labels
 * are in range, so that a wrong call throws instead of touching memory that is not its own.
 */

/** Real numbers of either arithmetic. */
export type Reals = Float32Array | Float64Array;

/** The sizes of a net. */
export interface Shape {
  /** D, numbers per row. */
  readonly inputSize: number;
  /** H, hidden units. */
  readonly hiddenSize: number;
  /** C, classes. */
  readonly numClasses: number;
}

/** The four parameter arrays, or their gradients, all of one type. */
export interface ParameterArrays<A extends Reals = Reals> {
  /** First layer's weights (D, H). */
  W1: A;
  /** First layer's biases (H). */
  b1: A;
  /** Second layer's weights (H, C). */
  W2: A;
  /** Second layer's biases (C). */
  b2: A;
}

/** Input rows as they lie in memory. A row becomes reals, minus the mean, only when it is used. */
export interface Rows {
  /** N·D numbers, row-major. */
  readonly data: Uint8Array | Float32Array | Float64Array;
  /** N. */
  readonly count: number;
  /** The mean row (D) that is subtracted, in the arithmetic of the call; null for none. */
  readonly mean: Float64Array | null;
}

/** Rows with their classes. */
export interface LabelledRows {
  readonly rows: Rows;
  /** One class index in 0 … C − 1 per row (N). */
  readonly labels: Int32Array;
}

/**
 * Which matrix products a net computes with: `own` kernels, those of the `blas`, or with `auto` whichever is faster for
 * the net's sizes.
 */
export type Products = 'auto' | 'simd' | 'blas';

/** A net as a call takes it. */
export interface Net {
  readonly shape: Shape;
  readonly parameters: ParameterArrays;
  /** Which matrix products; the TypeScript backend has one kind and takes any. */
  readonly products: Products;
  /**
   * Whether the two large products of training take bfloat16 factors; sums, parameters and all other calls stay float32.
   * Training refuses it where {@link BindingInfo.bfloat16} is false or the parameters are Float64Arrays.
   */
  readonly bfloat16: boolean;
  /** Threads to use, at least 1. The result does not depend on it, to the last bit. */
  readonly threads: number;
}

/** NumPy's legacy generator in the middle of its stream: MT19937's state. */
export interface GeneratorState {
  /** The 624 state words; read, and overwritten with the state after the call. */
  readonly key: Uint32Array;
  /** The next word's index, 0 … 624. */
  readonly position: number;
}

/**
 * The named settings of a training, all of them required. Its members are added by the table in
 * src/training/settings.ts, from the entries marked `engine`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the table adds the members
export interface TrainingSettings {}

/** One training: `settings.numIters` steps of stochastic gradient descent on minibatches drawn with replacement. */
export interface TrainingCall {
  /** The net; its parameters are read at the start and written at each report and at the end. */
  readonly net: Net;
  readonly training: LabelledRows;
  /** Rows for the validation accuracy; null for none. */
  readonly validation: LabelledRows | null;
  /** How to train; {@link TrainingSettings.learningRate} is that of the first step that is made. */
  readonly settings: TrainingSettings;
  /**
   * Steps made before, fewer than `settings.numIters`: 0 for a new training. With the parameters, the learning rate and the generator that
   * another training ended with after so many, this one goes on as that one would have, to the last bit.
   */
  readonly firstIteration: number;
  /** Where the minibatches' indices come from. */
  readonly random: GeneratorState;
  /** One number in shared memory; set to 1 (Atomics.store), it stops training after the current iteration. */
  readonly stop: Int32Array;
  /** Milliseconds between reports, 0 for one each iteration. A report that JavaScript has no time for is left out. */
  readonly reportInterval: number;
  /** Whether to take the time of each part of a step; it costs a little. */
  readonly profile: boolean;
}

/** Where the time of a training went: seconds of the calling thread, over all iterations. */
export interface Profile {
  /** Fetching the minibatch's rows, as reals minus the mean. */
  readonly gather: number;
  /** The first layer's product, X·W1. */
  readonly forward: number;
  /** Everything between the two large products: ReLU, the second layer forward and back, softmax and loss. */
  readonly head: number;
  /** The first layer's gradient and the step along all gradients. */
  readonly update: number;
  /** Waiting for the other threads. */
  readonly waiting: number;
  /** Everything else: drawing indices, accuracies, reports. */
  readonly other: number;
}

/** What has become of a training so far. The numbers since the last report, in order. */
export interface TrainingReport {
  /** Iterations done, `firstIteration` included. */
  readonly iterations: number;
  /** Losses of the iterations since the last report. */
  readonly losses: Float64Array;
  /** Minibatch accuracies of the epochs begun since the last report. */
  readonly trainAccuracies: Float64Array;
  /** Validation accuracies of the epochs begun since the last report; empty without validation rows. */
  readonly validationAccuracies: Float64Array;
  /** The learning rate of the next iteration. */
  readonly learningRate: number;
}

/** How a training ended. Its last report covers everything since the report before. */
export interface TrainingOutcome extends TrainingReport {
  /**
   * `done`: all iterations; `stopped`: by the stop flag; `diverged`: the loss of iteration `iterations` (from 0) was
   * NaN or infinite (or would be, after the last step), and the parameters are the last that were finite.
   */
  readonly status: 'done' | 'stopped' | 'diverged';
  /** The generator's position after the last draw; its key is in the call's `random.key`. */
  readonly position: number;
  /** Wall time of the training loop. */
  readonly seconds: number;
  /** Where the time went; null unless asked for, and always from the TypeScript backend. */
  readonly profile: Profile | null;
}

/** What a backend runs on. */
export interface BindingInfo {
  /**
   * The BLAS in words, as it describes itself: `OpenBLAS 0.3.21 …`, `BLIS 0.9.0`; for the TypeScript
   * backend `none`.
   */
  readonly blas: string;
  /**
   * The kernels that the BLAS runs on this processor (OpenBLAS: its core name; `unknown` where it does not tell), or
   * what stands for them.
   */
  readonly blasCore: string;
  /**
   * Why these, in words: `picked for this processor's AVX-512`, `OPENBLAS_CORETYPE=Haswell is set in the environment`,
   * `OpenBLAS's own choice`; says where they are older than the processor, and what to do.
   */
  readonly blasCoreReason: string;
  /** Whether the BLAS's kernels were written for an older processor than this one; false if the BLAS does not tell. */
  readonly blasCoreOlder: boolean;
  /**
   * The instruction set that the engine's own kernels use, as Highway names it: `AVX3` (AVX-512), `AVX2`, `SSE4`, `NEON`;
   * `none` where there are none, and the BLAS serves every shape.
   */
  readonly simdTarget: string;
  /** Whether training can use bfloat16 products. */
  readonly bfloat16: boolean;
}

export interface Binding {
  /** What this backend runs on. */
  info(): BindingInfo;

  /**
   * Measures what the processor can do at most: independent multiply-adds without memory, on `threads` threads for about
   * `seconds`.
   *
   * @returns GFLOP/s; a multiply-add is 2 FLOP. NaN where the backend has no kernels for that type
   */
  peak(dtype: 'float32' | 'float64' | 'bfloat16', threads: number, seconds: number): number;

  /** The index of the first NaN or infinity among `values`, or −1. */
  firstNonFinite(values: Reals): number;

  /** Writes the scores (N, C) of `rows` into `scores`. */
  scores(net: Net, rows: Rows, scores: Reals): void;

  /**
   * Writes the class with the highest score of each row into `classes` (N); ties go to the first class.
   *
   * @returns the index of the first row that has a NaN among its scores, or −1
   */
  predict(net: Net, rows: Rows, classes: Int32Array): number;

  /**
   * Returns the loss on `data`, mean cross-entropy + ½·reg·(ΣW1² + ΣW2²), and writes its gradients.
   *
   * @param gradients - overwritten; shapes as the parameters
   */
  lossAndGradients(net: Net, data: LabelledRows, reg: number, gradients: ParameterArrays): number;

  /**
   * Trains on threads of its own; JavaScript goes on. Until the promise settles, the data of the call stay pinned:
   * they must not be changed, nor their buffers be transferred to another thread.
   *
   * @param report - called on JavaScript's thread after the parameters were written; null for no reports
   */
  train(call: TrainingCall, report: ((report: TrainingReport) => void) | null): Promise<TrainingOutcome>;

  /** The same on the calling thread. What `report` throws ends the training and is thrown. */
  trainSync(call: TrainingCall, report: ((report: TrainingReport) => void) | null): TrainingOutcome;
}
