/** Nets and rows as the calls of binding.d.ts pass them; the letters and rules are explained there. */

/** Real numbers of either arithmetic. */
export type Reals = Float32Array | Float64Array;

/** The sizes of a net. */
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
