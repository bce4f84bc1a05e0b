import type { Products } from '../../binding.js';
import { checkOneOf } from '../validation/check.js';

/** Which matrix products a net may compute with. */
export const PRODUCTS: readonly Products[] = ['auto', 'simd', 'blas'];

/**
 * The default of a net's matrix products: the value of the environment variable `TWO_LAYER_NET_PRODUCTS`, or `auto` if
 * it is not set.
 *
 * @throws TypeError `ERR_INVALID_TYPE` if the variable has another value
 */
export function productsFromEnvironment(): Products {
  const value = process.env.TWO_LAYER_NET_PRODUCTS || 'auto';
  return checkOneOf(value, 'the environment variable TWO_LAYER_NET_PRODUCTS', PRODUCTS);
}
