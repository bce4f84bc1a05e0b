import { Readable } from 'node:stream';
import type { ParsedTarEntry } from 'modern-tar';
import { requireDependency } from '../../platform/require-dependency.js';
import { withCode } from '../../validation/errors.js';
import { isError } from '../../validation/kinds.js';
import { dataFileError } from '../formats/data-file-error.js';

/** A file in a tar archive. */
export interface TarredFile {
  /** With its folders: `folder/name`. */
  readonly name: string;
  readonly size: number;
  /** Its bytes, which must be read before the next file, or not at all. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * The regular files in a tar archive, in order.
 *
 * @param chunks - the archive, inflated
 * @param name - what error messages call it
 * @throws Error `ERR_DATA_FILE` when it is damaged or truncated
 */
export async function* tarredFiles(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<TarredFile> {
  const tar = requireDependency<typeof import('modern-tar')>('modern-tar');
  if (!tar) {
    const message = `Cannot read ${name}: it needs the package modern-tar. To fix this, run: npm install modern-tar`;
    throw withCode(new Error(message), 'ERR_MISSING_PEER');
  }
  // The types of streams are Node's here, and the browser's where src/browser/ is compiled.
  const decoder = tar.createTarDecoder({ strict: true }) as never;
  const entries = Readable.toWeb(Readable.from(chunks)).pipeThrough(decoder) as AsyncIterable<ParsedTarEntry>;
  try {
    for await (const { header, body } of entries) {
      if (header.type === 'file') yield { name: header.name, size: header.size, chunks: intact(body, name) };
      if (!body.locked) await body.cancel();
    }
  } catch (error) {
    throw damage(error, name);
  }
}

/** The bytes of a file, whose end may be missing. */
async function* intact(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw damage(error, name);
  }
}

/** What the library found. Other errors, from below, have codes. */
function damage(error: unknown, name: string): unknown {
  if (!isError(error) || 'code' in error) return error;
  return dataFileError(`Expected an intact tar archive in ${name} but found damage: ${error.message}`, error);
}
