import { Readable } from 'node:stream';
import { requireDependency } from '../../platform/require-dependency.js';
import { withCode } from '../../validation/errors.js';

/** A file to put into an archive. */
export interface FileToZip {
  readonly name: string;
  /** Bytes, all chunks together. */
  readonly size: number;
  chunks(): Iterable<Uint8Array>;
}

/** All files have one date, so that the same files give the same archive: the first that the format can say. */
const DATE = new Date(1980, 0, 1);

/**
 * The bytes of a ZIP archive of these files, not compressed. They are read one after the other while it is written.
 *
 * @throws Error `ERR_MISSING_PEER` without the package that writes archives
 */
export function zipChunks(files: readonly FileToZip[]): AsyncIterable<Uint8Array> {
  const yazl = requireDependency<typeof import('yazl')>('yazl');
  if (!yazl) {
    const message = 'ZIP archives need the package yazl to be written. To fix this, run: npm install yazl';
    throw withCode(new Error(message), 'ERR_MISSING_PEER');
  }
  const zip = new yazl.ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  // Whoever reads the output gets its error, even of before; without a listener it would end the process.
  output.on('error', () => undefined);
  const how = { mtime: DATE, mode: 0o100644, compress: false, forceDosTimestamp: true };
  for (const { name, size, chunks } of files) {
    zip.addReadStreamLazy(name, { ...how, size }, (give) => {
      const input = Readable.from(chunks(), { objectMode: false });
      // The archive does not listen, and an error that nobody hears ends the process.
      input.on('error', (error) => output.destroy(error));
      give(null, input);
    });
  }
  zip.end();
  return output;
}
