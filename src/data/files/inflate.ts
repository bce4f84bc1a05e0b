/** Inflates what gzip has compressed. */
import { pipeline, Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { codeOf } from '../../validation/kinds.js';
import { damagedGzip } from './damaged-gzip.js';
import { type DataFile, fileChunks, PIECE_BYTES } from './data-file.js';

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
    throw damagedGzip(file, position, error);
  }
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
