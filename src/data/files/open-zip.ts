/** Opens ZIP archives. */
import { Readable } from 'node:stream';
import type { Entry } from 'yauzl';
import { requireDependency } from '../../platform/require-dependency.js';
import { withCode } from '../../validation/errors.js';
import { type DataFile, fileChunks } from './data-file.js';

/** What an archive says of a file in it. */
export interface ZipEntry {
  readonly fileName: string;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
  readonly crc32: number;
  /** Where the file begins in the archive. */
  readonly relativeOffsetOfLocalHeader: number;
}

/** An archive whose list of files was found. */
export interface OpenZip {
  readonly entryCount: number;
  entries(): AsyncIterable<ZipEntry>;
  /** The inflated bytes of a file. Their number is checked, their checksum is not. */
  chunks(entry: ZipEntry): AsyncIterable<Uint8Array>;
}

/**
 * Opens the archive through a handle that this package opened and closes.
 *
 * @throws Error `ERR_MISSING_PEER`; errors without a code for an archive that is damaged
 */
export async function openZip(file: DataFile): Promise<OpenZip> {
  const yauzl = requireDependency<typeof import('yauzl')>('yauzl');
  if (!yauzl) {
    const remedy = 'To fix this, run: npm install yauzl';
    const message = `Cannot read ${file.path}: ZIP archives need the package yauzl. ${remedy}`;
    throw withCode(new Error(message), 'ERR_MISSING_PEER');
  }
  class HandleReader extends yauzl.RandomAccessReader {
    override _readStreamForRange(start: number, end: number): Readable {
      return Readable.from(fileChunks(file, { from: start, to: end }));
    }
  }
  const zip = await yauzl.fromRandomAccessReaderPromise(new HandleReader(), file.size, { autoClose: false });
  return {
    entryCount: zip.entryCount,
    entries: () => zip.eachEntry(),
    async *chunks(entry) {
      yield* await zip.openReadStreamPromise(entry as Entry);
    },
  };
}
