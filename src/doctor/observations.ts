import type { BindingInfo } from '../../binding.js';
import type { BackendName } from '../backend/choose.js';
import type { Processors } from '../platform/processors.js';
import type { AddonFacts } from './addon.js';
import type { ProcessorFacts } from './processor.js';
import type { SelfTest } from './self-test.js';
import type { Speed } from './speed.js';
import type { SystemFacts } from './system.js';

/**
 * The facts that a diagnosis gathers before it judges them. They include the paths of the addon's files and the values
 * of this package's and OpenBLAS's environment variables, and nothing else that is personal.
 */
export interface Observations {
  /** This package's version. */
  readonly version: string;
  /** When the diagnosis was made, ISO 8601. */
  readonly date: string;
  readonly system: SystemFacts;
  readonly processor: ProcessorFacts;
  /** The number of threads that a net uses by default, and why. */
  readonly threads: Processors;
  readonly addon: AddonFacts;
  /** The backend in use: the addon if it loads, else TypeScript. */
  readonly backend: BindingInfo & { readonly backend: BackendName };
  /** Why the environment variable TWO_LAYER_NET_PRODUCTS is invalid; null if it is valid or not set. */
  readonly productsError: string | null;
  /** null if it was not requested, or if there is no addon. */
  readonly selfTest: SelfTest | null;
  /** null if it was not requested, or failed. */
  readonly speed: Speed | null;
  /** Why the measurement failed; null if it did not, or was not requested. */
  readonly speedError: string | null;
}
