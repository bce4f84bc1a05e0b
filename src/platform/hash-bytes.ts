import type { Hash } from 'node:crypto';
import type { Pieces } from './turns.js';

/** Bytes that are hashed between two looks at the clock, in about a millisecond. */
const PIECE_BYTES = 1 << 18;

/** Adds the bytes of an array to a hash, in pieces. */
export function* hashBytes(hash: Hash, { buffer, byteOffset, byteLength }: ArrayBufferView): Pieces<void> {
  for (let begin = 0; begin < byteLength; begin += PIECE_BYTES) {
    hash.update(new Uint8Array(buffer, byteOffset + begin, Math.min(PIECE_BYTES, byteLength - begin)));
    yield;
  }
}
