/**
 * The contract between TypeScript and the arithmetic. The C++ addon (native/addon), the WebAssembly backend
 * (native/wasm, src/backend/wasm/) and the TypeScript backend (src/backend/reference/) satisfy {@link Binding}, so that
 * every test of arithmetic is one test that runs on each.
 *
 * Letters: N rows, D inputs per row, H hidden units, C classes. Matrices are row-major typed arrays. The type of
 * `parameters.W1` decides the arithmetic: Float32Array or Float64Array. Every other array of reals in a call has the
 * same type unless its comment says otherwise, and every array has exactly the length that its comment states. Integers
 * are at most 2³¹ − 1. The arrays that a call writes must not share memory with those that it reads, apart from the
 * parameters of a training. A binding keeps no state between calls, apart from prepared nets and mapped files.
 *
 * A call that does not fit is refused before anything is computed or written: it throws (a TypeError for a wrong type,
 * a RangeError for a wrong length or value) with the message "binding: expected … for PATH but received …", where PATH
 * is the argument's name and the properties that lead to the value. Calls that return promises throw too, instead of
 * rejecting them. All backends refuse the same calls in the same words. One that finds too little memory, or that
 * cannot start a thread, throws or rejects with an Error with the code ERR_OUT_OF_MEMORY or ERR_NO_THREAD.
 *
 * With every change, raise BINDING_VERSION (src/backend/binding-version.ts) and kBindingVersion
 * (native/addon/contract.h). A new setting needs no new version: the loader compares the names of the settings too.
 */

import type { GeneratorState, Outcome, ProgressReport, TrainingCall } from './binding-training.js';
import type { LabelledRows, Net, ParameterArrays, PreparedNet, Reals, Rows } from './binding-types.js';

export type * from './binding-training.js';
export type * from './binding-types.js';

/** The state of a generator with NumPy's legacy normal draws. They come in pairs, and the second of a pair waits. */
export interface NormalState extends GeneratorState {
  /** Whether a second draw is waiting. */
  readonly hasGauss: boolean;
  /** The waiting draw; 0 if there is none. */
  readonly cachedGaussian: number;
}

/** A file that is mapped into memory. */
export interface FileCall {
  /** Of an open, regular file, as `fs.open` gives it. It may be closed after the call. */
  readonly descriptor: number;
  /** How many bytes are mapped, from the first on; at least 1. The file must have as many. */
  readonly bytes: number;
  /** What a message calls the file. */
  readonly name: string;
}

/** Normal draws: those of NumPy's `RandomState.randn`, bit for bit. */
export interface NormalCall {
  /**
   * The state before the first draw. The key is overwritten with that after the last. At least one bit of the key must
   * be set besides the lower 31 of its first word: without one, the generator yields zeros forever.
   */
  readonly random: NormalState;
  /** Each draw is multiplied by it in float64, then rounded to the type of `draws`. */
  readonly scale: number;
  /** Overwritten with the draws, of any number. */
  readonly draws: Reals;
}

/** The state after the last draw of a {@link NormalCall}, except for the key, which is in the call's `random.key`. */
export type NormalOutcome = Omit<NormalState, 'key'>;

/** What a backend runs on. */
export interface BindingInfo {
  /** The BLAS's own description of itself: `OpenBLAS 0.3.21 …`, `BLIS 0.9.0`; `none` without one. */
  readonly blas: string;
  /**
   * The processor type whose kernels the BLAS runs, as the BLAS names it (`SkylakeX`, `Haswell`); `unknown` if it does
   * not say, `WebAssembly` or `TypeScript` for these.
   */
  readonly blasCore: string;
  /**
   * Why the BLAS runs those kernels: `selected for this processor's AVX-512`, `OPENBLAS_CORETYPE=Haswell is set in the
   * environment`, `chosen by OpenBLAS`. If they are for an older processor, it says what to do.
   */
  readonly blasCoreReason: string;
  /** Whether those kernels were written for an older processor than this one; false if that is not known. */
  readonly blasCoreOlder: boolean;
  /**
   * The instruction set of the SIMD kernels, as Highway names it: `AVX3` (AVX-512), `AVX2`, `SSE4`, `NEON`, `WASM`;
   * `none` if there are none, so that the BLAS computes everything, and for TypeScript.
   */
  readonly simdTarget: string;
  /** Whether training can use bfloat16 products. */
  readonly bfloat16: boolean;
}

/** The calls. Their results do not depend on the number of threads. */
export interface Binding {
  /** The version of this contract that the backend implements; the loader refuses an addon with another version. */
  readonly version: number;

  /** The names of the settings that it reads in a call's `settings`; the loader refuses an addon with others. */
  readonly settings: readonly string[];

  /** Returns what this backend runs on. */
  info(): BindingInfo;

  /**
   * Measures the processor's peak: independent multiply-adds without memory access, on `threads` threads (at least 1;
   * the TypeScript backend always uses one) for about `seconds` (finite, at least 0).
   *
   * @returns GFLOP/s, where a multiply-add counts as 2 FLOP; NaN if the backend has no kernels for `dtype`
   */
  peak(dtype: 'float32' | 'float64' | 'bfloat16', threads: number, seconds: number): number;

  /** Returns the index of the first NaN or infinity among `values`, or −1. */
  firstNonFinite(values: Reals): number;

  /** Turns finite scores (N, C) into probabilities, in place: softmax of each row. */
  softmax(scores: Reals, numClasses: number): void;

  /**
   * Maps a file into memory: its pages are read when they are used. What is written to the buffer changes neither the
   * file nor its pages in other processes. The file must not become shorter meanwhile: using a page behind its end
   * would end the process, with a message.
   *
   * @returns the memory, until it is garbage collected or {@link unmapFile} takes it away; null if the backend, the
   * system or the runtime cannot do this, so that the file has to be read
   */
  mapFile(call: FileCall): ArrayBuffer | null;

  /**
   * Takes away the memory of a buffer that {@link mapFile} returned: its length is 0 then. A training that uses the
   * memory keeps it until it ends. Again for the same buffer, it does nothing.
   */
  unmapFile(buffer: ArrayBuffer): void;

  /**
   * Draws while JavaScript continues. Until the promise settles, the arrays of the call must not be changed, and their
   * buffers not be transferred to another thread.
   */
  randn(call: NormalCall): Promise<NormalOutcome>;

  /** As `randn`, on the calling thread. */
  randnSync(call: NormalCall): NormalOutcome;

  /** Writes the scores (N, C) of `rows` into `scores`. */
  scores(net: Net, rows: Rows, scores: Reals): void;

  /**
   * Writes the class with the highest score of each row into `classes` (N). If classes have the same score, it is the
   * first of them; if a score is NaN, it is any class.
   *
   * @returns the index of the first row with a NaN among its scores, or −1
   */
  predict(net: Net, rows: Rows, classes: Int32Array): number;

  /**
   * Copies a net's parameters and gets ready for predictions.
   *
   * @param rows - how many rows a prediction will have in all its calls, at least 1, since `auto` products depend on
   * it; null for any number: `auto` products are then those for many rows
   * @param mean - the mean row (D) for {@link PreparedNet.scoreRow}, copied; null for none
   */
  prepare(net: Net, rows: number | null, mean: Float64Array | null): PreparedNet;

  /**
   * Returns the loss on `data`, mean cross-entropy + ½·reg·(ΣW1² + ΣW2²), and writes its gradients.
   *
   * @param gradients - overwritten; shapes as the parameters
   */
  lossAndGradients(net: Net, data: LabelledRows, reg: number, gradients: ParameterArrays): number;

  /**
   * Trains while JavaScript continues. Labels, means, weights and rates are copied. Rows are read where they are: until
   * the promise settles, they must not be changed, and their memory must last, as that of a SharedArrayBuffer does and
   * that of {@link mapFile}. Rows that have lost their memory, or part of it, are noticed before and after each report
   * and at the end; then the training ends, and the promise is rejected with the error for an array of a wrong length.
   *
   * An error that `report` throws ends the training after the current iteration, and the promise is rejected with it.
   * The call's parameters are then those of that report, and `random.key` is unchanged.
   *
   * @param report - called on JavaScript's thread after the parameters were written; null for no reports
   */
  train(call: TrainingCall, report: ((report: ProgressReport) => void) | null): Promise<Outcome>;

  /**
   * As `train`, on the calling thread: it returns the outcome, and throws what `report` throws. Rows may lose their
   * memory while `report` runs. It ends soon after the environment, a Worker or the process, is told to end.
   */
  trainSync(call: TrainingCall, report: ((report: ProgressReport) => void) | null): Outcome;
}
