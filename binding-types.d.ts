/** Nets, prepared or not, and rows as the calls of binding.d.ts pass them; letters and rules are explained there. */

/** Real numbers of either arithmetic. */
export type Reals = Float32Array | Float64Array;

/** The sizes of a net, each at most 2³⁰. */
export interface Shape {
  /** D, numbers per row; at least 1. */
  readonly inputSize: number;
  /** H, hidden units; at least 1. */
  readonly hiddenSize: number;
  /** C, classes; at least 1. */
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

/** Input rows as they are stored. A row is converted to reals, minus the mean, only when it is used. */
export interface Rows {
  /** N·D numbers, row-major. */
  readonly data: Uint8Array | Float32Array | Float64Array;
  /** N; at least 1. */
  readonly count: number;
  /** The mean row (D) that is subtracted, in the arithmetic of the call; null for none. */
  readonly mean: Float64Array | null;
}

/** Rows with their classes. */
export interface LabelledRows {
  readonly rows: Rows;
  /** One class index from 0 to C − 1 per row (N). */
  readonly labels: Int32Array;
}

/**
 * Which matrix products a net computes with: those of the SIMD kernels (`simd`), those of the BLAS (`blas`), or
 * whichever is faster for the net's sizes (`auto`).
 */
export type Products = 'auto' | 'simd' | 'blas';

/** A net as calls expect it. */
export interface Net {
  readonly shape: Shape;
  readonly parameters: ParameterArrays;
  /**
   * Which matrix products. The TypeScript backend has one kind and accepts all values. The addon throws for `simd` if
   * it was built without kernels (`BindingInfo.simdTarget` is `none`).
   */
  readonly products: Products;
  /**
   * Whether the two large products of training have bfloat16 factors; sums, parameters and all other calls stay
   * float32. Training refuses true if `BindingInfo.bfloat16` is false, W1 is a Float64Array or `products` is
   * `blas`.
   */
  readonly bfloat16: boolean;
  /** The most threads to use, at least 1. The result is the same for any number, bit for bit. */
  readonly threads: number;
}

/** The first numbers of a prediction that are NaN or infinite. */
export interface Flaws {
  /** The index of the first among `rows.data`, or −1. If there is one, the results may be any. */
  readonly input: number;
  /** The index of the first score that is not finite, or of the first row with a NaN among its scores; or −1. */
  readonly result: number;
}

/** A net that is ready for predictions: its parameters as they were when it was made, and threads. */
export interface PreparedNet {
  /** How many rows an asynchronous call should have to take milliseconds, not longer. At least 1. */
  readonly partRows: number;

  /** A row (D) for {@link scoreRow}, in memory that is always the same. Its buffer must not be transferred. */
  readonly row: Reals;

  /** What {@link scoreRow} and {@link softmaxRow} write (C). Its buffer must not be transferred. */
  readonly rowScores: Reals;

  /**
   * Writes the scores of `row`, minus the mean that `prepare` received, into `rowScores`, on the calling thread: the
   * fastest way, because there are no arguments. The scores are those of {@link scores} for one row.
   *
   * @returns whether the row and its scores are finite; if not, what was written may be anything
   */
  scoreRow(): boolean;

  /** As {@link scoreRow}, but writes probabilities: softmax of the scores. */
  softmaxRow(): boolean;

  /**
   * Writes the scores (N, C) of `rows` into `scores`, on the calling thread and others. For a net that was prepared for
   * N rows, they are those of `Binding.scores`, bit for bit.
   */
  scores(rows: Rows, scores: Reals): Flaws;

  /** The same for `Binding.predict`. */
  predict(rows: Rows, classes: Int32Array): Flaws;

  /**
   * As {@link scores}, while JavaScript continues. Rows and mean are copied at once; `scores` must not be used until
   * the promise settles. Each call runs on one thread, several at the same time on as many as the net may use. If a
   * prediction is cut into calls of `partRows` rows, of which the last may have fewer, the scores are those of one
   * call, bit for bit.
   *
   * @param of - how many rows the prediction has in all its calls, at least 1
   */
  scoresAsync(rows: Rows, scores: Reals, of: number): Promise<Flaws>;

  /** The same for {@link predict}. */
  predictAsync(rows: Rows, classes: Int32Array, of: number): Promise<Flaws>;

  /**
   * Frees memory and threads once all promises are settled. Later calls throw an Error; closing again does nothing. A
   * prepared net that is garbage collected is closed.
   */
  close(): void;
}
