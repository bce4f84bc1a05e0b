/** The option by which several processes train a net together. */
import type { ProcessGroup } from '../backend/mpi/process-group.js';
import { isObject } from '../validation/check.js';
import { conflict, withCode, wrongType } from '../validation/errors.js';

/** Part of the options of a training. */
export interface GroupOption {
  /**
   * The processes that train this net together, from `processGroup`: all of them pass the same data and options, each
   * computes its part of the `shards` of each minibatch, and all end with the same net, bit for bit. Only the first one
   * writes the `checkpoint`. For the backend `native` only; docs/data-parallel.md has examples.
   * @defaultValue none: this process alone
   */
  group?: ProcessGroup | undefined;
}

/**
 * Checks the option, and that a minibatch can be shared.
 *
 * @param shards - parts of a minibatch
 * @throws TypeError or RangeError; `ERR_CONFLICT` for more processes than shards
 */
export function checkGroup(group: unknown, shards: number): ProcessGroup | undefined {
  if (!isPowerOfTwo(shards)) {
    throw withCode(new RangeError(`Expected a power of two for shards but received ${shards}`), 'ERR_OUT_OF_RANGE');
  }
  if (group === undefined) return undefined;
  if (!isGroup(group)) throw wrongType('a group of processes, from processGroup(), for group', group);
  const { size } = group;
  if (isPowerOfTwo(size) && size <= shards) return group;
  throw conflict(
    (name) =>
      `Expected a power of two of processes, at most as many as the ${shards} ${name('shards')} of a minibatch, but ` +
      `received ${size}: start as many, or pass more ${name('shards')}`,
  );
}

function isPowerOfTwo(number: number): boolean {
  return Math.log2(number) % 1 === 0;
}

/** A group of any copy of this package. */
function isGroup(value: unknown): value is ProcessGroup {
  return isObject(value) && typeof value.size === 'number' && isObject(value.handle);
}
