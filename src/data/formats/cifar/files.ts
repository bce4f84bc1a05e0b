/** The files of a version of CIFAR-10 or CIFAR-100, from a folder or an archive. */
import { join } from 'node:path';
import { type ByteReader, withReader } from '../../files/byte-reader.js';
import { chunksAt, withDataFile } from '../../files/data-file.js';
import { plainChunks } from '../../files/gzip.js';
import { tarredFiles } from '../../files/tar.js';
import { whatIsAt } from '../../files/what-is-at.js';
import { dataFileError } from '../data-file-error.js';
import type { CifarPlace } from './place.js';

/** A file of a version. */
export interface CifarFile {
  /** Its name, without folders. */
  readonly name: string;
  /** What error messages call it. */
  readonly label: string;
  readonly size: number;
  /** Runs `action` on a reader of its bytes: before the next file is asked for, and once. */
  read<T>(action: (reader: ByteReader) => Promise<T>): Promise<T>;
}

/**
 * Those of the files that are there: of a folder in the order of `names`, of an archive in its own order.
 *
 * @throws Error `ERR_DATA_FILE`, also for an archive that has a file twice, or inflates to far more than the files
 */
export function filesAt({ kind, path, version }: CifarPlace, names: readonly string[]): AsyncGenerator<CifarFile> {
  return kind === 'folder' ? filesIn(path, names) : archivedFiles(path, version.folder, new Set(names));
}

async function* filesIn(folder: string, names: readonly string[]): AsyncGenerator<CifarFile> {
  for (const name of names) {
    const path = join(folder, name);
    if ((await whatIsAt(path)) === 'nothing') continue;
    const size = await withDataFile(path, async (file) => file.size);
    yield { name, label: path, size, read: (action) => withReader(chunksAt(path), path, action) };
  }
}

/** The most bytes that an archive may inflate to: all files have 190 MB. */
const MOST_BYTES = 256 * 2 ** 20;

async function* archivedFiles(path: string, folder: string, names: ReadonlySet<string>): AsyncGenerator<CifarFile> {
  const seen = new Set<string>();
  const chunks = chunksAt(path, plainChunks);
  for await (const { name: inside, size, chunks: content } of tarredFiles(limited(chunks, path), path)) {
    const name = inside.replace(/^\.\//, '').slice(folder.length + 1);
    if (inside.replace(/^\.\//, '') !== `${folder}/${name}` || !names.has(name)) continue;
    if (seen.size === seen.add(name).size)
      throw dataFileError(`Expected each file once in ${path} but found two ${name}`);
    const label = `${name} in ${path}`;
    yield { name, label, size, read: (action) => withReader(content, label, action) };
  }
}

async function* limited(chunks: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > MOST_BYTES) throw dataFileError(`Expected at most ${MOST_BYTES} bytes in ${path} but found more`);
    yield chunk;
  }
}
