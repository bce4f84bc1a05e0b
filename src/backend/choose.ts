import type { Binding } from '../../binding.js';
import { defaultThreads } from '../platform/processors.js';
import { checkOneOf } from '../validation/check.js';
import { withCode } from '../validation/errors.js';
import { loadNative, remedyFor } from './native/native.js';
import { referenceBinding } from './reference/reference.js';

/** Which arithmetic a net is asked to use. */
export type BackendChoice =
  /** The addon where it loads, else TypeScript, after one warning per process that says why. */
  | 'auto'
  /** The addon, or an error with every reason why it does not load. */
  | 'native'
  /** TypeScript, silently. */
  | 'js';

/** Which arithmetic is used. */
export type BackendName = 'native' | 'js';

/** A backend that was chosen, and how. */
export interface ChosenBackend {
  readonly name: BackendName;
  readonly binding: Binding;
  /** The addon's file; undefined for TypeScript. */
  readonly file: string | undefined;
  /** Why the addon does not serve; empty when it does, or was not asked for. */
  readonly reasons: readonly string[];
}

/** What runs, on what, and why. */
export interface BackendInfo {
  /** `native` is the C++ addon, `js` the TypeScript fallback. */
  readonly backend: BackendName;
  /** The BLAS as it describes itself; `none` for TypeScript. */
  readonly blas: string;
  /** The kernels that the BLAS runs on this processor: OpenBLAS's name of a processor, `TypeScript` for TypeScript. */
  readonly blasCore: string;
  /**
   * Why these, in words. The addon picks OpenBLAS's kernels by the processor's features when it is loaded, the first
   * time in the process; OPENBLAS_CORETYPE in the environment of the process overrides that. Where the kernels are older
   * than the processor, this says so and what to do.
   */
  readonly blasCoreReason: string;
  /**
   * The instruction set of the engine's own kernels, which train nets of every shape: `AVX3` (AVX-512), `AVX2`, `SSE4`, `NEON`;
   * `none` where the addon was built without Highway, and for TypeScript.
   */
  readonly simdTarget: string;
  /** Whether this processor and build train nets of dtype `bfloat16`. */
  readonly bfloat16: boolean;
  /** Threads that a net uses unless told otherwise; TypeScript uses one. */
  readonly threads: number;
  /** The addon's file; undefined for TypeScript. */
  readonly file: string | undefined;
  /** Why the addon does not serve; empty when it does, or was not asked for. */
  readonly reasons: readonly string[];
}

const CHOICES: readonly BackendChoice[] = ['auto', 'native', 'js'];

let warned = false;

/**
 * Finds the backend for `choice`.
 *
 * @throws TypeError `ERR_INVALID_TYPE` for an unknown choice; Error `ERR_NATIVE_UNAVAILABLE` when `native` was asked
 * for and cannot be had
 */
export function chooseBackend(choice: BackendChoice = 'auto'): ChosenBackend {
  checkOneOf(choice, 'backend', CHOICES);
  if (choice === 'js') return { name: 'js', binding: referenceBinding, file: undefined, reasons: [] };
  const native = loadNative();
  if (native.binding) return { name: 'native', binding: native.binding, file: native.file, reasons: [] };
  const why = native.reasons.join('; ');
  const remedy = remedyFor(native.situation);
  if (choice === 'native') {
    throw withCode(new Error(`The native backend is not available: ${why}. ${remedy}`), 'ERR_NATIVE_UNAVAILABLE');
  }
  if (!warned) {
    warned = true;
    process.emitWarning(
      `The native addon is not available, so the slower TypeScript backend is used: ${why}. ${remedy}; ` +
        "backend 'js' silences this",
      { code: 'TWO_LAYER_NET_FALLBACK' },
    );
  }
  return { name: 'js', binding: referenceBinding, file: undefined, reasons: native.reasons };
}

/**
 * Tells what runs: backend, BLAS, kernels, threads, and why.
 *
 * @param choice - as a net's `backend` option
 * @throws what a net with that choice would throw
 */
export function backendInfo(choice: BackendChoice = 'auto'): BackendInfo {
  const { name, binding, file, reasons } = chooseBackend(choice);
  const threads = name === 'js' ? 1 : defaultThreads();
  return { backend: name, ...binding.info(), threads, file, reasons };
}
