/** Everything that is worth knowing where something does not work, or is slow. */
import type { BindingInfo, Products } from '../../binding.js';
import { referenceBinding } from '../backend/reference/reference.js';
import { packageVersion } from '../platform/package-files.js';
import { type Processors, usableProcessors } from '../platform/processors.js';
import { productsFromEnvironment } from '../training/settings.js';
import { type AddonFacts, findAddon } from './addon.js';
import { type ProcessorFacts, processorFacts } from './processor.js';
import { type SelfTest, selfTest } from './self-test.js';
import { measureSpeed, type Speed } from './speed.js';
import { type SystemFacts, systemFacts } from './system.js';
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

/**
 * What {@link diagnose} finds; it can be written as JSON. The paths of the addon's files and the values of the
 * environment's variables of this package and OpenBLAS are in it, and nothing else that is personal.
 */
export interface Diagnosis {
  /** This package's version. */
  readonly version: string;
  /** When, ISO 8601. */
  readonly date: string;
  readonly system: SystemFacts;
  readonly processor: ProcessorFacts;
  /** Threads that a net uses unless told otherwise, and why. */
  readonly threads: Processors;
  readonly addon: AddonFacts;
  /** What serves: the addon where it loads, else TypeScript. */
  readonly backend: BindingInfo & { readonly backend: 'native' | 'js' };
  /** Why the environment variable TWO_LAYER_NET_PRODUCTS is not understood; null where it is, or is not set. */
  readonly productsError: string | null;
  /** null where it was not asked for, or there is no addon. */
  readonly selfTest: SelfTest | null;
  /** null where it was not asked for, or failed. */
  readonly speed: Speed | null;
  /** Why there is no speed; null where there is, or it was not asked for. */
  readonly speedError: string | null;
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
): Promise<Pick<Diagnosis, 'speed' | 'speedError'>> {
  try {
    return { speed: await measureSpeed(backend, products), speedError: null };
  } catch (error) {
    return { speed: null, speedError: error instanceof Error ? error.message : String(error) };
  }
}
