/** Everything that is worth knowing where something does not work, or is slow. */
import type { Products } from '../../binding.js';
import { productsFromEnvironment } from '../backend/products.js';
import { referenceBinding } from '../backend/reference/reference.js';
import { packageVersion } from '../platform/package-version.js';
import { usableProcessors } from '../platform/processors.js';
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
   * Whether to compare the addon's results with those of TypeScript; takes about ten seconds.
   * @defaultValue true
   */
  readonly selfTest?: boolean;
  /**
   * Whether to measure how long a training step takes; some three seconds.
   * @defaultValue true
   */
  readonly speed?: boolean;
  /** Hears what is being done, line by line. */
  readonly onStep?: (line: string) => void;
}

/** What {@link diagnose} finds, and what follows from it. It can be written as JSON. */
export interface Diagnosis extends Observations {
  readonly verdict: Verdict;
}

/**
 * Looks at this machine and this installation, tests the addon against TypeScript and measures a training step. What
 * `npx two-layer-net doctor` prints is this. JavaScript waits for most of it.
 *
 * Where the addon does not load, or would end the process, it says why; TypeScript is measured then.
 *
 * @returns a promise that does not reject for anything that is wrong with the addon: see {@link Diagnosis.verdict}
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const { selfTest: testing = true, speed: timing = true, onStep = () => {} } = options;
  const date = new Date().toISOString();
  onStep('Looking for the addon');
  const { facts: addon, binding } = findAddon();
  const backend = binding ? 'native' : 'js';
  const { products, productsError } = productsAskedFor();
  const tell = (line: string) => onStep(`Testing ${line}`);
  const tested = testing && binding ? await selfTest(binding, TEST_SHAPES, tell) : null;
  if (timing) onStep('Measuring a training step');
  const { speed, speedError } = timing ? await trySpeed(backend, products) : { speed: null, speedError: null };
  const found = {
    ...{ version: packageVersion(), date, system: systemFacts(), processor: processorFacts() },
    ...{ threads: usableProcessors(), addon, backend: { backend, ...(binding ?? referenceBinding).info() } as const },
    ...{ productsError, selfTest: tested, speed, speedError },
  };
  return { ...found, verdict: judge(found) };
}

function productsAskedFor(): { products: Products; productsError: string | null } {
  try {
    return { products: productsFromEnvironment(), productsError: null };
  } catch (error) {
    return { products: 'auto', productsError: (error as Error).message };
  }
}

async function trySpeed(
  backend: 'native' | 'js',
  products: Products,
): Promise<Pick<Observations, 'speed' | 'speedError'>> {
  try {
    return { speed: await measureSpeed(backend, products), speedError: null };
  } catch (error) {
    return { speed: null, speedError: error instanceof Error ? error.message : String(error) };
  }
}
