import { basename, dirname, join } from 'node:path';
import { CLASS_NAMES, EXPECTED_NAMES, pairArrays, roleOf, rowArrays } from '../arrays/array-roles.js';
import { imageShapeOf, readArrays, readRows } from '../arrays/arrays-dataset.js';
import { readClassNames } from '../arrays/read-labels.js';
import { checkBytes, type StoredArray } from '../arrays/stored-array.js';
import { withReader } from '../files/byte-reader.js';
import { chunksAt, fileChunks, withDataFile } from '../files/data-file.js';
import { fileBegins, namesIn, whatIsAt } from '../files/what-is-at.js';
import { Matrix } from '../matrix.js';
import { dataFileError } from './data-file-error.js';
import type { DatasetFormat } from './format.js';
import { isNpy, readNpyHeader } from './npy-header.js';

/** Arrays that NumPy saved one by one, in a folder: `X.npy` and `y.npy`, `X_train.npy` and so on. */
export const NPY: DatasetFormat = {
  id: 'npy',
  name: 'NumPy arrays',
  options: [],
  async recognises(path) {
    return (await fileBegins(path, 8, isNpy)) || (await arraysIn(path)).length > 0;
  },
  async load(path) {
    const single = (await whatIsAt(path)) === 'file';
    const folder = single ? dirname(path) : path;
    const found = await arraysIn(folder);
    if (single && !found.some(({ file }) => file === basename(path))) {
      throw dataFileError(`Expected a file named ${EXPECTED_NAMES}, with .npy, but found ${path}`);
    }
    const pairs = Object.values(pairArrays(found, folder)).flatMap(({ X, y }) => [X, y]);
    const arrays: StoredArray[] = [];
    for (const { key, file } of pairs) arrays.push(await storedArray(key, join(folder, file)));
    const name = basename(folder);
    const names = join(folder, `${CLASS_NAMES}.npy`);
    const named = (await whatIsAt(names)) !== 'nothing';
    const classNames = named ? await readClassNames(await storedArray(CLASS_NAMES, names)) : undefined;
    return readArrays(arrays, { place: folder, source: name, name, classNames });
  },
  async files(path) {
    const single = (await whatIsAt(path)) === 'file';
    const folder = single ? dirname(path) : path;
    const names = [...(await arraysIn(folder)).map(({ file }) => file), `${CLASS_NAMES}.npy`];
    return [...(single ? [path] : []), ...names.map((name) => join(folder, name))];
  },
  rows: {
    async load(path) {
      // A file of rows may have any name, and be larger than memory.
      if ((await whatIsAt(path)) === 'file') {
        const X = await Matrix.open(path);
        return { X, imageShape: imageShapeOf((await storedArray('X', path)).shape) };
      }
      const arrays: StoredArray[] = [];
      for (const { key, file } of rowArrays(await arraysIn(path), path)) {
        arrays.push(await storedArray(key, join(path, file)));
      }
      return readRows(arrays);
    },
  },
};

/** The arrays in a folder whose names say what they are. */
async function arraysIn(folder: string): Promise<{ key: string; file: string }[]> {
  const files = (await namesIn(folder)).filter((file) => file.endsWith('.npy'));
  return files.map((file) => ({ key: file.slice(0, -'.npy'.length), file })).filter(({ key }) => roleOf(key));
}

async function storedArray(key: string, path: string): Promise<StoredArray> {
  return withDataFile(path, (file) =>
    withReader(fileChunks(file), path, async (reader) => {
      const layout = await readNpyHeader(reader);
      checkBytes(layout, file.size - reader.position, reader);
      return { ...layout, key, name: path, start: reader.position, chunks: () => chunksAt(path) };
    }),
  );
}
