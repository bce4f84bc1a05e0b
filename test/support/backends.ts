import { describe, it } from 'vitest';
import type { Binding, Products } from '../../binding.js';
import type { BackendName } from '../../src/backend/choose.js';
import { loadNative } from '../../src/backend/native/native.js';
import { loadWasm } from '../../src/backend/wasm/load.js';
import { THOROUGH } from './thorough.js';

const native = loadNative();

/** Why the addon cannot be tested here; undefined if it can. */
export const nativeMissing = native.binding ? undefined : native.reasons.join('; ');

const wasm = loadWasm();

/** Why WebAssembly cannot be tested here; undefined if it can. */
export const wasmMissing = wasm.binding ? undefined : wasm.reasons.join('; ');

const BACKENDS: readonly BackendName[] = [
  ...(nativeMissing === undefined ? (['native'] as const) : []),
  ...(wasmMissing === undefined ? (['wasm'] as const) : []),
  'js',
];

/** Runs a suite on all backends. Where one does not load, its part is skipped and the title says why. */
export function describeOnBackends(title: string, tests: (backend: BackendName) => void): void {
  describeOn(BACKENDS, title, tests);
}

/**
 * The same for a suite of seconds: the fast tier leaves WebAssembly out, and the long one runs nothing else of it. Its
 * file is one of those that vitest.config.ts names for both tiers.
 */
export function describeInTiers(title: string, tests: (backend: BackendName) => void, backends = BACKENDS): void {
  const inTier = backends.filter((backend) => BACKENDS.includes(backend) && (backend === 'wasm') === THOROUGH);
  if (inTier.length === 0) {
    // A file without a suite is an error.
    const why = wasmMissing ?? 'the other tier has all of it';
    describe.skip(`${title} (skipped: ${why})`, () => it('needs a backend of this tier', () => {}));
  } else {
    describeOn(inTier, title, tests);
  }
}

function describeOn(backends: readonly BackendName[], title: string, tests: (backend: BackendName) => void): void {
  if (nativeMissing !== undefined) {
    // Without its tests: many ask for the backend where they are declared, which throws.
    describe.skip(`${title}: native (skipped: ${nativeMissing})`, () => it('needs the addon', () => {}));
  }
  if (wasmMissing !== undefined) {
    describe.skip(`${title}: wasm (skipped: ${wasmMissing})`, () => it('needs the module', () => {}));
  }
  describe.each(backends)(`${title}: %s`, tests);
}

/** A suite that needs the addon. Without it, the suite is skipped and the title says why. */
export function describeOnNative(title: string, tests: () => void): void {
  describe.skipIf(nativeMissing !== undefined)(nativeMissing ? `${title} (skipped: ${nativeMissing})` : title, tests);
}

/** The kinds of products that a backend has, each by its name; `auto` if there is only one, without a name. */
export function productsOf(binding: Binding): readonly Products[] {
  const { blas, simdTarget } = binding.info();
  const named = { simd: simdTarget !== 'none', blas: blas !== 'none' };
  const products = (['simd', 'blas'] as const).filter((name) => named[name]);
  return products.length > 0 ? products : ['auto'];
}

/** Numbers, nested or not, as one flat array. */
export function flat(values: ArrayLike<number> | readonly number[][]): number[] {
  return Array.from(values as ArrayLike<number | number[]>).flat();
}

/** max |actual − expected| / |expected| over the entries. An entry whose expected value is 0 must be exactly 0. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return largest(actual, expected, (i) => Math.abs(expected[i]));
}

/**
 * max |actual − expected| / max |expected|: how many digits of the array as a whole are right. Use it for sums whose
 * terms cancel, where the error of a small entry comes from the large terms it is made of.
 */
export function errorOfScale(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest(actual, expected, () => scale);
}

function largest(actual: ArrayLike<number>, expected: ArrayLike<number>, scale: (i: number) => number): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(actual[i], expected[i])) continue;
    const difference = Math.abs(actual[i] - expected[i]);
    // A NaN in either array is an infinite error.
    const error = difference === 0 ? 0 : difference / scale(i);
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }
  return worst;
}
