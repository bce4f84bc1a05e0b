import type { BindingInfo } from '../../binding.js';
import type { Processors } from '../platform/processors.js';
import type { AddonFacts } from './addon.js';
import type { ProcessorFacts } from './processor.js';
import type { SelfTest } from './self-test.js';
import type { Speed } from './speed.js';
import type { SystemFacts } from './system.js';

/**
 * The facts that a diagnosis gathers before it judges them. They include the paths of the addon's files and the values of
 * this package's and OpenBLAS's environment variables, and nothing else that is personal.
 */
export interface Observations {
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
}
