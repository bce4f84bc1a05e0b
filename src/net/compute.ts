/** What a net computes with: a backend, matrix products, threads and a random stream. */
import type { Products } from '../../binding.js';
import { type ChosenBackend, chooseBackend } from '../backend/choose.js';
import { PRODUCTS, productsFromEnvironment } from '../backend/products.js';
import { defaultThreads } from '../platform/processors.js';
import { isRandomState, RandomState } from '../random/random-state.js';
import { type Dtype, setting } from '../training/settings.js';
import { checkOneOf } from '../validation/check.js';
import { withCode, wrongType } from '../validation/errors.js';
import type { ComputeOptions } from './options.js';

/** The {@link ComputeOptions}, checked, with every default in place. */
export interface Compute {
  readonly backend: ChosenBackend;
  readonly products: Products;
  readonly threads: number;
  readonly random: RandomState;
}

/**
 * Checks the options and puts the defaults in place.
 *
 * @throws TypeError or RangeError; Error `ERR_NATIVE_UNAVAILABLE` or `ERR_BFLOAT16_UNAVAILABLE`
 */
export function resolveCompute(options: ComputeOptions, dtype: Dtype): Compute {
  const { threads = defaultThreads(), random = new RandomState(0) } = options;
  const backend = chooseBackend(options.backend);
  const products =
    options.products === undefined ? productsFromEnvironment() : checkOneOf(options.products, 'products', PRODUCTS);
  if (dtype === 'bfloat16') checkBfloat16(backend, products);
  setting('threads', threads);
  if (!isRandomState(random)) throw wrongType('a RandomState for random', random);
  return { backend, products, threads, random };
}

/** Refuses what cannot compute in bfloat16: a silent change to float32 would be slower than the caller expects. */
function checkBfloat16({ capabilities, binding }: ChosenBackend, products: Products): void {
  const { bfloat16, simdTarget } = binding.info();
  if (bfloat16 && products !== 'blas') return;
  let why =
    'this processor does not support AVX512-BF16, or the addon was built without kernels for it ' +
    `(it uses ${simdTarget})`;
  if (!capabilities.native) why = `the ${capabilities.title} backend has no bfloat16 products`;
  else if (bfloat16) why = "products: 'blas' (or TWO_LAYER_NET_PRODUCTS=blas) asks for the BLAS, which has none";
  throw withCode(
    new Error(`dtype 'bfloat16' is not available: ${why}. Use float32, which gives the same net with less noise`),
    'ERR_BFLOAT16_UNAVAILABLE',
  );
}
