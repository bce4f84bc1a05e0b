import { type DataFile, fileChunks, headOf, PIECE_BYTES } from './data-file.js';
import { inflatedChunks } from './inflate.js';

/** The first bytes of gzip's format. */
const MAGIC = [0x1f, 0x8b];

/** Deflate makes its input at most this much shorter. */
export const MOST_DEFLATED = 1032;

/** Whether a file that begins with these bytes is compressed by gzip. */
export function isGzip(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}

/** The bytes of a file in pieces, inflated if it is compressed. */
export async function* plainChunks(file: DataFile, pieceBytes = PIECE_BYTES): AsyncGenerator<Uint8Array> {
  const compressed = isGzip(await headOf(file, MAGIC.length));
  yield* compressed ? inflatedChunks(file, pieceBytes) : fileChunks(file, { pieceBytes });
}

/** The most bytes that a file can have when it is inflated; its size if it is not compressed. */
export async function mostBytes(file: DataFile): Promise<number> {
  return isGzip(await headOf(file, MAGIC.length)) ? file.size * MOST_DEFLATED : file.size;
}
