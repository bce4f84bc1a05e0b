import { withCode } from '../validation/errors.js';
import type { RandomState } from './random-state.js';

/** Streams that something draws from in the background: two drawing from one would each undo the other. */
const busy = new WeakSet<RandomState>();

/**
 * Keeps a stream for whoever draws from it in the background, until it is released.
 *
 * @throws Error `ERR_BUSY` when another one draws from it
 */
export function keepStream(random: RandomState): void {
  if (!busy.has(random)) {
    busy.add(random);
    return;
  }
  throw withCode(
    new Error(
      'Another training or TwoLayerNet.create draws from this random stream and has not ended: ' +
        'await it first, or give each its own RandomState',
    ),
    'ERR_BUSY',
  );
}

/** Ends what {@link keepStream} began. */
export function releaseStream(random: RandomState): void {
  busy.delete(random);
}
