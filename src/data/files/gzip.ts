import { pipeline, Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { codeOf } from '../../validation/kinds.js';
import { dataFileError } from '../formats/data-file-error.js';
import { type DataFile, fileChunks, headOf, PIECE_BYTES } from './data-file.js';

/** The first bytes of gzip's format. */
const MAGIC = [0x1f, 0x8b];

/** Deflate makes its input at most this much shorter. */
export const MOST_DEFLATED = 1032;

/** Whether a file that begins with these bytes is compressed by gzip. */
export function isGzip(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}

/** The bytes of a file that gzip compressed, in pieces. They are inflated on other threads. */
export async function* inflatedChunks(file: DataFile, pieceBytes = PIECE_BYTES): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  // Errors come out of `gunzip`, where they are thrown below.
  const inflated = pipeline(Readable.from(fileChunks(file)), gunzip, () => {});
  let position = 0;
  try {
    for await (const chunk of inflated) {
      yield chunk;
      position += chunk.length;
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw dataFileError(
      `Expected data compressed by gzip in ${file.path} but found damage after ${position} inflated bytes: ` +
        error.message,
      error,
    );
  }
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

/** Whether zlib threw the error: the data are damaged. */
function isZlibError(error: unknown): error is NodeJS.ErrnoException {
  return /^Z_/.test(String(codeOf(error)));
}

/** The most bytes of {@link inflatedHead}: a thousand times as many may come out as go in. */
const MOST_INFLATED_HEAD = 1 << 20;

/** The first bytes of what was compressed, from the first bytes of a file; none if these are damaged. */
export async function inflatedHead(head: Uint8Array): Promise<Uint8Array> {
  // With Z_SYNC_FLUSH the end may be missing.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  gunzip.end(head);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of gunzip) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MOST_INFLATED_HEAD) break;
    }
  } catch (error) {
    if (isZlibError(error)) return new Uint8Array(0);
    throw error;
  }
  return Buffer.concat(chunks);
}
