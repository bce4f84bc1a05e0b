import { createHash } from 'node:crypto';
import { bytesOf, inFileOrder } from '../data/arrays/byte-order.js';
import type { Tensor } from '../model/formats/tensor.js';
import type { Pieces } from '../platform/turns.js';

/** Bytes that are hashed in a piece: about a millisecond. */
const PIECE = 2 ** 20;

/**
 * The SHA-256 of what a checkpoint holds: its tensors by name, each with its shape, then its metadata by name. A bit
 * that has changed on a disk would otherwise train on, and nobody would know.
 */
export function* checksum(tensors: ReadonlyMap<string, Tensor>, metadata: ReadonlyMap<string, string>): Pieces<string> {
  const hash = createHash('sha256');
  for (const [name, { data, shape }] of [...tensors].sort(byName)) {
    hash.update(`${name} ${data.BYTES_PER_ELEMENT} ${shape.join(' ')}\n`);
    const bytes = bytesOf(inFileOrder(data));
    for (let begin = 0; begin < bytes.length; begin += PIECE) {
      hash.update(bytes.subarray(begin, begin + PIECE));
      yield;
    }
  }
  for (const [name, text] of [...metadata].sort(byName)) {
    if (name !== 'sha256') hash.update(`${JSON.stringify([name, text])}\n`);
  }
  return hash.digest('hex');
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
