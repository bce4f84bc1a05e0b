/** Collects everything that is worth knowing if something does not work, or is slow. */
import type { Products } from '../../binding.js';
import type { BackendName } from '../backend/choose.js';
import { productsFromEnvironment } from '../backend/products.js';
import { referenceBinding } from '../backend/reference/reference.js';
import { loadWasm } from '../backend/wasm/load.js';
import { packageVersion } from '../platform/package-version.js';
import { usableProcessors } from '../platform/processors.js';
import { checkOptions } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import { messageOf } from '../validation/kinds.js';
import { findAddon } from './addon.js';
import type { Observations } from './observations.js';
import { processorFacts } from './processor.js';
import { selfTest } from './self-test.js';
import { measureSpeed } from './speed.js';
import { systemFacts } from './system.js';
import { TEST_SHAPES } from './test-nets.js';
import { judge, type Verdict } from './verdict.js';

/** Options of {@link diagnose}. */
export interface DiagnoseOptions {
  /**
   * Whether to compare the addon's results with TypeScript's, which takes about ten seconds.
   * @defaultValue true
   */
  readonly selfTest?: boolean;
  /**
   * Whether to measure a training step, which takes about three seconds.
   * @defaultValue true
   */
  readonly speed?: boolean;
  /**
   * Called with a line about each step before it starts, which waits for a promise that this returns. What it throws,
   * or rejects with, ends the work.
   */
  readonly onStep?: ((line: string) => unknown) | undefined;
}

/** What {@link diagnose} finds, and its verdict. It can be written as JSON. */
export interface Diagnosis extends Observations {
  readonly verdict: Verdict;
}

/**
 * Looks at this machine and this installation, tests the addon against TypeScript and measures a training step. `npx
 * two-layer-net doctor` prints its result. It blocks JavaScript most of the time.
 *
 * If the addon cannot be loaded, or would end the process, the result says why, and what takes its place is measured:
 * WebAssembly or TypeScript.
 *
 * @returns a promise that does not reject for anything that is wrong with the addon: see {@link Diagnosis.verdict}
 * @throws (as a rejection) TypeError for options that it does not have; what `onStep` throws
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const {
    selfTest: testing = true,
    speed: timing = true,
    onStep = () => {},
  } = checkOptions(options, 'the options of diagnose', ['selfTest', 'speed', 'onStep']);
  for (const [name, value] of Object.entries({ selfTest: testing, speed: timing })) {
    if (typeof value !== 'boolean') throw wrongType(`true or false for ${name}`, value);
  }
  if (typeof onStep !== 'function') throw wrongType('a function for onStep', onStep);
  const date = new Date().toISOString();
  await onStep('Looking for the addon');
  const { facts: addon, binding } = findAddon();
  const wasm = binding ? undefined : loadWasm().binding;
  const backend = binding ? 'native' : wasm ? 'wasm' : 'js';
  const { products, productsError } = defaultProducts();
  const tell = (line: string) => onStep(`Testing ${line}`);
  const tested = testing && binding ? await selfTest(binding, TEST_SHAPES, tell) : null;
  if (timing) await onStep('Measuring a training step');
  const { speed, speedError } = timing ? await trySpeed(backend, products) : { speed: null, speedError: null };
  const found = {
    version: packageVersion(),
    date,
    system: systemFacts(),
    processor: processorFacts(),
    threads: usableProcessors(),
    addon,
    backend: { backend, ...(binding ?? wasm ?? referenceBinding).info() } as const,
    productsError,
    selfTest: tested,
    speed,
    speedError,
  };
  return { ...found, verdict: judge(found) };
}

/** The matrix products of a net that does not name any, or why no such net can be made. */
function defaultProducts(): { products: Products; productsError: string | null } {
  try {
    return { products: productsFromEnvironment(), productsError: null };
  } catch (error) {
    return { products: 'auto', productsError: (error as Error).message };
  }
}

async function trySpeed(backend: BackendName, products: Products): Promise<Pick<Observations, 'speed' | 'speedError'>> {
  try {
    return { speed: await measureSpeed(backend, products), speedError: null };
  } catch (error) {
    return { speed: null, speedError: messageOf(error) };
  }
}
