import { isObject } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';

/**
 * Checks that a net is one, of this copy of the package or another.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function checkNet(net: unknown): void {
  const isNet = isObject(net) && isObject(net.params) && typeof net.predictAsync === 'function';
  if (!isNet) throw wrongType('a TwoLayerNet for net', net);
}
