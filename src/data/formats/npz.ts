import { basename } from 'node:path';
import { CLASS_NAMES, pairArrays, rowArrays } from '../arrays/array-roles.js';
import { readArrays, readRows } from '../arrays/arrays-dataset.js';
import { readClassNames } from '../arrays/read-labels.js';
import { checkBytes, type StoredArray } from '../arrays/stored-array.js';
import { withReader } from '../files/byte-reader.js';
import { type DataFile, withDataFile } from '../files/data-file.js';
import { otherKind } from '../files/other-kind.js';
import { fileBegins } from '../files/what-is-at.js';
import { isZip, listZip, type ZippedFile } from '../files/zip.js';
import type { DatasetFormat } from './format.js';
import { readNpyHeader } from './npy-header.js';

/** An archive of arrays, as `numpy.savez` and `numpy.savez_compressed` write it. */
export const NPZ: DatasetFormat = {
  id: 'npz',
  name: 'a NumPy archive',
  options: [],
  // Other archives begin in the same way.
  recognises: (path) => fileBegins(path, 4, async (head, file) => isZip(head) && !(await otherKind(file))),
  load: (path) =>
    withDataFile(path, async (file) => {
      const entries = await entriesOf(file);
      const pairs = Object.values(pairArrays(entries, path)).flatMap(({ X, y }) => [X, y]);
      const arrays = await storedArrays(pairs, path);
      const names = entries.find(({ key }) => key === CLASS_NAMES);
      const classNames = names && (await readClassNames(await zippedArray(names.key, names.entry, path)));
      return readArrays(arrays, { place: path, source: basename(path), name: basename(path, '.npz'), classNames });
    }),
  rows: {
    load: (path) =>
      withDataFile(path, async (file) => readRows(await storedArrays(rowArrays(await entriesOf(file), path), path))),
  },
};

/** A file of the archive, by the name of its array. */
interface NamedEntry {
  readonly key: string;
  readonly entry: ZippedFile;
}

async function entriesOf(file: DataFile): Promise<NamedEntry[]> {
  return (await listZip(file)).map((entry) => ({ key: entry.name.replace(/\.npy$/, ''), entry }));
}

async function storedArrays(entries: readonly NamedEntry[], path: string): Promise<StoredArray[]> {
  const arrays: StoredArray[] = [];
  for (const { key, entry } of entries) arrays.push(await zippedArray(key, entry, path));
  return arrays;
}

/** An array in the archive at `path`, which must stay open while it is read. */
export async function zippedArray(key: string, entry: ZippedFile, path: string): Promise<StoredArray> {
  const name = `${entry.name} in ${path}`;
  return withReader(entry.chunks(), name, async (reader) => {
    const layout = await readNpyHeader(reader);
    checkBytes(layout, entry.size - reader.position, reader);
    return { ...layout, key, name, start: reader.position, chunks: () => entry.chunks() };
  });
}
