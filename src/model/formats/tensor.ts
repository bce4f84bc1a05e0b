/** The numbers of a tensor and their layout. */
export interface Tensor {
  /** The product of `shape` numbers, row-major: F32 in the file for a Float32Array, F64 for a Float64Array. */
  readonly data: Float32Array | Float64Array;
  /** Sizes, slowest first; empty for a single number. */
  readonly shape: readonly number[];
}
