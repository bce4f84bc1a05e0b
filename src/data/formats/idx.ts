import { basename, dirname, join } from 'node:path';
import { rowArrays } from '../arrays/array-roles.js';
import { readArrays, readRows } from '../arrays/arrays-dataset.js';
import type { NumberKind } from '../arrays/element-type.js';
import { ELEMENT_BYTES } from '../arrays/element-type.js';
import { countOf, type StoredArray, shapeText } from '../arrays/stored-array.js';
import type { Dataset } from '../dataset.js';
import { withReader } from '../files/byte-reader.js';
import { chunksAt, withDataFile } from '../files/data-file.js';
import { isGzip, mostBytes, plainChunks } from '../files/gzip.js';
import { inflatedHead } from '../files/inflate.js';
import { fileBegins, namesIn, whatIsAt } from '../files/what-is-at.js';
import { dataFileError } from './data-file-error.js';
import type { DatasetFormat } from './format.js';

/*
 * A file of MNIST's format (IDX), big-endian:
 *
 *   bytes 0, 1   zeros
 *   byte 2       the type of the numbers
 *   byte 3       n, the number of sizes
 *   next         n sizes of 4 bytes, the slowest first
 *   the rest     the numbers
 */

/** The types by their number. */
const TYPES: ReadonlyMap<number, NumberKind> = new Map([
  [0x08, 'u1'],
  [0x09, 'i1'],
  [0x0b, 'i2'],
  [0x0c, 'i4'],
  [0x0d, 'f4'],
  [0x0e, 'f8'],
]);

/** The most sizes that are read: pictures have up to 4. */
const MOST_SIZES = 8;

/** What the name of a file says: `t10k-images-idx3-ubyte.gz`, also with a dot for the second hyphen. */
const FILE_NAME = /^(.*?)(train|t10k|test)-(images|labels)[-.]idx\d-ubyte(\.gz)?$/;

/** The pictures and labels of MNIST, Fashion-MNIST and others, as they are downloaded. */
export const IDX: DatasetFormat = {
  id: 'idx',
  name: "IDX (MNIST's format)",
  options: [],
  async recognises(path) {
    if (await fileBegins(path, 1024, hasHeader)) return true;
    return (await namesIn(path)).some((name) => FILE_NAME.test(name));
  },
  async load(path) {
    if ((await whatIsAt(path)) === 'file') return loadPair(path);
    return load(await filesIn(path), path);
  },
  async files(path) {
    const single = (await whatIsAt(path)) === 'file';
    return single ? Object.values(pairOf(path)) : (await filesIn(path)).map(({ file }) => file);
  },
  rows: {
    async load(path) {
      const single = (await whatIsAt(path)) === 'file';
      const files = single ? [{ file: path, key: 'X' }] : rowArrays(await filesIn(path), path);
      const arrays: StoredArray[] = [];
      for (const { file, key } of files) arrays.push(await storedArray(key, file));
      return readRows(arrays);
    },
  },
};

/** The files of a folder by their names. */
async function filesIn(folder: string): Promise<{ file: string; key: string }[]> {
  return (await namesIn(folder)).flatMap((name) => {
    const [, , part, what] = FILE_NAME.exec(name) ?? [];
    return part ? [{ file: join(folder, name), key: keyOf(what, part) }] : [];
  });
}

function keyOf(what: string, part: string): string {
  return `${what === 'images' ? 'X' : 'y'}_${part === 'train' ? 'train' : 'test'}`;
}

/** A file of pictures and that of their labels, one of which is at `path`: the other has the other word in its name. */
function pairOf(path: string): { images: string; labels: string } {
  const name = basename(path);
  return {
    images: join(dirname(path), name.replace('labels', 'images').replace('idx1', 'idx3')),
    labels: join(dirname(path), name.replace('images', 'labels').replace('idx3', 'idx1')),
  };
}

/** Reads a file and the one beside it. */
async function loadPair(path: string): Promise<Dataset> {
  const { images, labels } = pairOf(path);
  if (images === labels) {
    throw dataFileError(
      `Expected a name with images or labels in it, such as train-images-idx3-ubyte, but found ${path}: ` +
        'rename the file and the one beside it, or pass their folder',
    );
  }
  return load(
    [
      { file: images, key: 'X' },
      { file: labels, key: 'y' },
    ],
    path,
  );
}

async function load(files: readonly { file: string; key: string }[], place: string): Promise<Dataset> {
  const arrays: StoredArray[] = [];
  for (const { file, key } of files) arrays.push(await storedArray(key, file));
  return readArrays(arrays, { place, source: basename(place), name: basename(place).replace(/\.gz$/, '') });
}

async function storedArray(key: string, path: string): Promise<StoredArray> {
  return withDataFile(path, (file) =>
    withReader(plainChunks(file), path, async (reader) => {
      const [zero, alsoZero, type, sizes] = await reader.bytes(4, 'an IDX header');
      const kind = TYPES.get(type);
      if (zero !== 0 || alsoZero !== 0)
        throw reader.error('two zeros, as in an IDX file,', `${zero} and ${alsoZero}`, 0);
      if (!kind) throw reader.error(`one of the types ${[...TYPES.keys()].join(', ')}`, String(type), 2);
      if (sizes < 1 || sizes > MOST_SIZES) throw reader.error(`1 to ${MOST_SIZES} sizes`, String(sizes), 3);
      const shape: number[] = [];
      for (let i = 0; i < sizes; i++) shape.push((await reader.bytes(4, 'a size')).readUInt32BE());
      const width = ELEMENT_BYTES[kind];
      const most = (await mostBytes(file)) - reader.position;
      if (!((countOf(shape) ?? Number.NaN) * width <= most)) {
        throw reader.error(`numbers of shape ${shapeText(shape)}`, `at most ${most} bytes`);
      }
      const chunks = () => chunksAt(path, plainChunks);
      return {
        kind,
        width,
        shape,
        columnMajor: false,
        bigEndian: true,
        key,
        name: path,
        start: reader.position,
        chunks,
      };
    }),
  );
}

/** Whether a file that begins with `head` is an IDX file, compressed or not. */
async function hasHeader(head: Uint8Array): Promise<boolean> {
  const [zero, alsoZero, type, sizes] = isGzip(head) ? await inflatedHead(head) : head;
  return zero === 0 && alsoZero === 0 && TYPES.has(type) && sizes >= 1 && sizes <= MOST_SIZES;
}
