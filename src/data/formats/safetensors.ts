import { basename } from 'node:path';
import { parseJson } from '../../platform/parse-json.js';
import { pairArrays, rowArrays } from '../arrays/array-roles.js';
import { readArrays, readRows } from '../arrays/arrays-dataset.js';
import { ELEMENT_BYTES, type NumberKind } from '../arrays/element-type.js';
import type { StoredArray } from '../arrays/stored-array.js';
import { withReader } from '../files/byte-reader.js';
import { chunksAt, fileChunks, withDataFile } from '../files/data-file.js';
import { fileBegins } from '../files/what-is-at.js';
import {
  checkLayout,
  type Entry,
  headerLength,
  headerText,
  isSafetensors,
  LENGTH_BYTES,
  parseHeader,
} from '../safetensors/header.js';
import { dataFileError } from './data-file-error.js';
import type { DatasetFormat } from './format.js';

/** The dtypes that are read. */
const KINDS: ReadonlyMap<string, NumberKind> = new Map([
  ['BOOL', 'b1'],
  ['U8', 'u1'],
  ['I8', 'i1'],
  ['U16', 'u2'],
  ['I16', 'i2'],
  ['F16', 'f2'],
  ['BF16', 'bf2'],
  ['U32', 'u4'],
  ['I32', 'i4'],
  ['F32', 'f4'],
  ['U64', 'u8'],
  ['I64', 'i8'],
  ['F64', 'f8'],
]);

/** The key of the metadata that has the names of the classes, as a JSON array. */
export const CLASS_NAMES_KEY = 'classNames';

/** Rows and labels as tensors of one file. */
export const SAFETENSORS: DatasetFormat = {
  id: 'safetensors',
  name: 'safetensors',
  options: [],
  recognises: (path) => fileBegins(path, LENGTH_BYTES + 1, isSafetensors),
  async load(path) {
    const { entries, metadata } = await readTensors(path);
    const pairs = Object.values(pairArrays(entries, path)).flatMap(({ X, y }) => [X, y]);
    const arrays = pairs.map(({ stored }) => stored());
    const classNames = namesIn(metadata.get(CLASS_NAMES_KEY));
    const name = basename(path, '.safetensors');
    return readArrays(arrays, { place: path, source: basename(path), name, classNames });
  },
  rows: {
    async load(path) {
      const { entries } = await readTensors(path);
      return readRows(rowArrays(entries, path).map(({ stored }) => stored()));
    },
  },
};

/** A tensor by its name, and how it is stored. */
interface NamedTensor {
  readonly key: string;
  /** @throws Error `ERR_DATA_FILE` for numbers of a kind that is not read */
  stored(): StoredArray;
}

/**
 * The tensors of a file, none of which is read.
 *
 * @throws Error `ERR_DATA_FILE`
 */
async function readTensors(path: string): Promise<{ entries: NamedTensor[]; metadata: ReadonlyMap<string, string> }> {
  return withDataFile(path, (file) =>
    withReader(fileChunks(file), path, async (reader) => {
      const fail = (found: string, cause?: unknown) => dataFileError(`Cannot read ${path}: ${found}`, cause);
      const length = headerLength(await reader.bytes(LENGTH_BYTES, 'a length'), file.size, fail);
      const { entries, metadata } = parseHeader(headerText(await reader.bytes(length, 'the header'), fail), fail);
      const start = reader.position;
      checkLayout(entries, file.size - start, fail);
      return { entries: entries.map((entry) => namedTensor(entry, start, path)), metadata };
    }),
  );
}

function namedTensor({ name: key, dtype, shape, begin, end }: Entry, dataStart: number, path: string): NamedTensor {
  const [from, to] = [dataStart + begin, dataStart + end];
  const name = `${key} in ${path}`;
  return {
    key,
    stored() {
      const kind = KINDS.get(dtype);
      if (!kind) throw dataFileError(`Expected one of the types ${[...KINDS.keys()].join(', ')} in ${name}: ${dtype}`);
      const chunks = () => chunksAt(path, (file) => fileChunks(file, { from, to }));
      const layout = { kind, width: ELEMENT_BYTES[kind], shape, columnMajor: false, bigEndian: false };
      return { ...layout, key, name, start: from, from, chunks };
    },
  };
}

/** The names of classes in the metadata; undefined if it has none. */
function namesIn(text: string | undefined): readonly string[] | undefined {
  try {
    const names: unknown = parseJson(text ?? 'null');
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  } catch {
    // Another program's metadata.
  }
  return undefined;
}
