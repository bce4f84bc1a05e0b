import type { Binding, Products } from '../../binding.js';
import { defaultThreads } from '../platform/processors.js';
import { checkOneOf } from '../validation/check.js';
import { withCode } from '../validation/errors.js';
import { type BackendCapabilities, type BackendName, capabilitiesOf } from './capabilities.js';
import { loadNative } from './native/native.js';
import { remedyFor } from './native/remedies.js';
import { productsFromEnvironment } from './products.js';
import { referenceBinding } from './reference/reference.js';
import { loadWasm } from './wasm/load.js';

export type { BackendName } from './capabilities.js';

/** Which arithmetic a net is asked to use. */
export type BackendChoice =
  /** The addon if it loads, else WebAssembly if that does, else TypeScript; a warning per process gives the reason. */
  | 'auto'
  /** The addon, or an error that lists every reason why it does not load. */
  | 'native'
  /** WebAssembly, without a warning, or an error that says why it does not load. */
  | 'wasm'
  /** TypeScript, without a warning. */
  | 'js';

/** The backend that a choice leads to. */
export interface ChosenBackend {
  readonly name: BackendName;
  readonly capabilities: BackendCapabilities;
  readonly binding: Binding;
  /** The file of the addon, or of the WebAssembly module; undefined for TypeScript. */
  readonly file: string | undefined;
  /** Why the addon, and WebAssembly after it, are not used; empty if nothing else was asked for. */
  readonly reasons: readonly string[];
}

/** What computes on this machine, and why. */
export interface BackendInfo {
  /** `native` is the C++ addon, `wasm` the same engine in WebAssembly, `js` the TypeScript backend. */
  readonly backend: BackendName;
  /** The BLAS library's own description of itself; `none` for WebAssembly and TypeScript. */
  readonly blas: string;
  /**
   * The processor type whose kernels the BLAS runs, by the name that OpenBLAS gives it (`SkylakeX`, `Haswell`);
   * `unknown` if the BLAS does not say, `WebAssembly` or `TypeScript` for these.
   */
  readonly blasCore: string;
  /**
   * Why the BLAS runs those kernels, in words. The addon selects OpenBLAS's kernels by the processor's features, once
   * per process, when it is loaded. OPENBLAS_CORETYPE in the environment of the process overrides that.
   */
  readonly blasCoreReason: string;
  /**
   * Whether those kernels were written for an older processor than this one, so that the BLAS is slower than it could
   * be; `blasCoreReason` says what to do. Always false if the addon does not select the kernels.
   */
  readonly blasCoreOlder: boolean;
  /**
   * The instruction set of the SIMD kernels: `AVX3` (AVX-512), `AVX2`, `SSE4`, `NEON`; `WASM` or, with relaxed SIMD,
   * `WASM relaxed`; `none` if the addon was built without Highway, and for TypeScript.
   */
  readonly simdTarget: string;
  /**
   * The default of a net's matrix products: `auto`, or the value of TWO_LAYER_NET_PRODUCTS in the environment. It has
   * no effect on the other backends, which have one kind of products.
   */
  readonly products: Products;
  /** Whether nets with dtype `bfloat16` can be trained; depends on the processor and on how the addon was built. */
  readonly bfloat16: boolean;
  /** The default number of threads of a net; 1 for TypeScript. */
  readonly threads: number;
  /** The file of the addon, or of the WebAssembly module; undefined for TypeScript. */
  readonly file: string | undefined;
  /** Why the addon, and WebAssembly after it, are not used; empty if nothing else was asked for. */
  readonly reasons: readonly string[];
}

/** What may be chosen. */
export const CHOICES: readonly BackendChoice[] = ['auto', 'native', 'wasm', 'js'];

const WASM_REMEDY =
  "Install two-layer-net again, or in a clone run `npm run build:wasm`; backend: 'js' needs no module";

let warned = false;

/**
 * Returns the backend for `choice`.
 *
 * @throws TypeError `ERR_INVALID_TYPE` for an unknown choice; Error `ERR_NATIVE_UNAVAILABLE` for `native` if the addon
 * does not load, `ERR_WASM_UNAVAILABLE` for `wasm` if the module does not
 */
export function chooseBackend(choice: BackendChoice = 'auto'): ChosenBackend {
  checkOneOf(choice, 'backend', CHOICES);
  if (choice === 'js') return typescript([]);
  if (choice === 'wasm') return webAssembly();
  const native = loadNative();
  if (native.binding) {
    const capabilities = capabilitiesOf('native');
    return { name: 'native', capabilities, binding: native.binding, file: native.file, reasons: [] };
  }
  const why = native.reasons.join('; ');
  const remedy = remedyFor(native.situation, native.reasons);
  if (choice === 'native') {
    throw withCode(new Error(`The native backend is not available: ${why}. ${remedy}`), 'ERR_NATIVE_UNAVAILABLE');
  }
  const wasm = loadWasm();
  const { name, title } = capabilitiesOf(wasm.binding ? 'wasm' : 'js');
  if (!warned) {
    warned = true;
    process.emitWarning(
      `The native addon is not available, so the slower ${title} backend is used: ${why}. ${remedy}; ` +
        `the option backend: '${name}' turns this warning off`,
      { code: 'TWO_LAYER_NET_FALLBACK' },
    );
  }
  if (!wasm.binding) return typescript([...native.reasons, ...(wasm.found ? wasm.reasons : [])]);
  return { ...webAssembly(), reasons: native.reasons };
}

function webAssembly(): ChosenBackend {
  const wasm = loadWasm();
  if (wasm.binding) {
    return { name: 'wasm', capabilities: capabilitiesOf('wasm'), binding: wasm.binding, file: wasm.file, reasons: [] };
  }
  const why = wasm.reasons.join('; ');
  throw withCode(new Error(`The WebAssembly backend is not available: ${why}. ${WASM_REMEDY}`), 'ERR_WASM_UNAVAILABLE');
}

function typescript(reasons: readonly string[]): ChosenBackend {
  return { name: 'js', capabilities: capabilitiesOf('js'), binding: referenceBinding, file: undefined, reasons };
}

/**
 * Describes the backend: what it runs on, its defaults, and why it was chosen.
 *
 * @param choice - as the `backend` option of a net
 * @throws everything that creating a net with that choice throws
 */
export function backendInfo(choice: BackendChoice = 'auto'): BackendInfo {
  const { name, capabilities, binding, file, reasons } = chooseBackend(choice);
  const threads = capabilities.threads ? defaultThreads() : 1;
  return { backend: name, ...binding.info(), products: productsFromEnvironment(), threads, file, reasons };
}
