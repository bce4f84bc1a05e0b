import type { Products } from '../../binding.js';
import type { ChosenBackend } from '../backend/choose.js';
import { withCode } from '../validation/errors.js';

/**
 * Checks that bfloat16 products are available: float32 in their place would be slower than was asked for, silently.
 *
 * @throws Error `ERR_BFLOAT16_UNAVAILABLE`
 */
export function checkBfloat16({ capabilities, binding }: ChosenBackend, products: Products): void {
  const { bfloat16, simdTarget } = binding.info();
  if (bfloat16 && products !== 'blas') return;
  let why =
    'this processor does not support AVX512-BF16, or the addon was built without kernels for it ' +
    `(it uses ${simdTarget})`;
  if (!capabilities.native) why = 'the TypeScript backend has no bfloat16 products';
  else if (bfloat16) why = "products: 'blas' (or TWO_LAYER_NET_PRODUCTS=blas) asks for the BLAS, which has none";
  throw withCode(
    new Error(`dtype 'bfloat16' is not available: ${why}. Use float32, which gives the same net with less noise`),
    'ERR_BFLOAT16_UNAVAILABLE',
  );
}
