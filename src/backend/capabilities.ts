/** Which arithmetic is used: the C++ addon (`native`), WebAssembly (`wasm`) or TypeScript (`js`). */
export type BackendName = 'native' | 'wasm' | 'js';

/** What a backend can do. Code asks for a capability; it never compares the backend's name. */
export interface BackendCapabilities {
  readonly name: BackendName;
  /** What it is, in words: `TypeScript`. */
  readonly title: string;
  /** Runs the addon. */
  readonly native: boolean;
  /** Computes on several threads. A backend that cannot do this accepts any number of threads and uses one. */
  readonly threads: boolean;
  /** `train` runs beside JavaScript's thread. Otherwise the event loop only gets a turn every few milliseconds. */
  readonly offMainThread: boolean;
  /** Has several kinds of matrix products to choose from. Otherwise the option `products` has no effect. */
  readonly products: boolean;
  /** Can measure the time of each part of a training step. */
  readonly profile: boolean;
  /** Trains a net together with other processes. */
  readonly groups: boolean;
}

const CAPABILITIES: Readonly<Record<BackendName, BackendCapabilities>> = {
  native: {
    name: 'native',
    title: 'C++',
    native: true,
    threads: true,
    offMainThread: true,
    products: true,
    profile: true,
    groups: true,
  },
  wasm: {
    name: 'wasm',
    title: 'WebAssembly',
    native: false,
    threads: true,
    offMainThread: true,
    products: false,
    profile: true,
    groups: false,
  },
  js: {
    name: 'js',
    title: 'TypeScript',
    native: false,
    threads: false,
    offMainThread: false,
    products: false,
    profile: false,
    groups: false,
  },
};

/** The names of all backends. */
export const BACKENDS = Object.keys(CAPABILITIES) as BackendName[];

/**
 * What the backend of this name can do. Whether bfloat16 is available also depends on the build and the processor: see
 * `bfloat16` of {@link BackendInfo}.
 */
export function capabilitiesOf(name: BackendName): BackendCapabilities {
  return CAPABILITIES[name];
}
