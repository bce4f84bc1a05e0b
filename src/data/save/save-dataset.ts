import { basename, dirname, extname, join } from 'node:path';
import { checkPath, replaceFile } from '../../platform/replace-file.js';
import { identityOf } from '../../platform/same-file.js';
import { checkOneOf, checkOptions } from '../../validation/check.js';
import { describe, withCode } from '../../validation/errors.js';
import { CLASS_NAMES } from '../arrays/array-roles.js';
import { type ArrayToWrite, npyChunks, npyName } from '../arrays/write-npy.js';
import { npzChunks } from '../arrays/write-npz.js';
import { Dataset } from '../dataset.js';
import { checkPartMemory } from '../dataset-checks.js';
import type { DatasetInput } from '../dataset-input.js';
import { CLASS_NAMES_KEY } from '../formats/safetensors.js';
import type { DatasetPart, PartName } from '../part.js';
import { encodeSafetensors } from '../safetensors/encode.js';
import { checkNoOtherArrays } from './other-arrays.js';
import { STORAGES, type Storage, storedAs } from './stored-as.js';
import { csvLines, jsonLines } from './table-lines.js';

/** Options of `saveDataset`. */
export interface SaveDatasetOptions {
  /**
   * The part to write.
   * @defaultValue all parts; a table has one, so that data in several parts need this option
   */
  readonly part?: PartName | undefined;
  /**
   * How the numbers of rows are stored in arrays: as bytes if they are whole numbers from 0 to 255, such as the pixels
   * of a table, or rounded to float32.
   * @defaultValue as they are in memory
   */
  readonly storage?: Storage | undefined;
}

/** What a file is written of. */
type Chunks = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

type Parts = readonly (readonly [name: PartName, part: DatasetPart])[];

/** What is written into one file, by the end of its name. */
const WRITERS: Readonly<Record<string, (data: Dataset, parts: Parts) => Chunks>> = {
  '.npz': (data, parts) => npzChunks(arraysOf(data, parts)),
  '.safetensors': safetensors,
  '.csv': (data, parts) => csvLines(data, onlyPart(parts)),
  '.jsonl': (data, parts) => jsonLines(data, onlyPart(parts)),
};

/** The name that stands for a file per array. */
const ROWS_FILE = 'X.npy';

/** What the names of files end in, or are. */
export const DATASET_NAMES: readonly string[] = [...Object.keys(WRITERS), ROWS_FILE];

/** Whether a data set can be written to a file of this name. */
export function isDatasetName(file: string): boolean {
  return extname(file).toLowerCase() in WRITERS || basename(file) === ROWS_FILE;
}

const PARTS = ['train', 'validation', 'test'] as const satisfies readonly PartName[];

/**
 * Writes a data set to a file, whole or not at all; a file that is there is replaced. Its name says what is written:
 *
 * - `.npz`: arrays `X` and `y`, or of several parts `X_train`, `y_train`, `X_val` and so on, and `class_names` if the
 *   classes have names. Pictures have the shape (N, height, width) or (N, height, width, 3). Not compressed.
 * - `.safetensors`: the same tensors; class names are metadata.
 * - `X.npy`: the same arrays, each in a file of its own beside it: `X.npy` and `y.npy`, or `X_train.npy` and so on.
 *   `Matrix.open` opens them without reading them. The folder must have no other arrays of these names.
 * - `.csv`, `.jsonl` (JSON lines): a table of one part, the class in the last column. Rows of a table get its columns
 *   back, with that of the class by its name and missing values as they were filled; other rows have columns x1, x2, …
 *
 * Rows are written as they are: a mean is not subtracted, and not written.
 *
 * @returns the files that were written
 * @throws (as a rejection) Error `ERR_NOT_WRITABLE`, also for another name; TypeError `ERR_DETACHED` when the memory of
 * rows or labels goes away before they are written; RangeError `ERR_SHAPE` for a
 * part that is not there, and for several parts in one table, `ERR_COLUMN` for CSV of a column whose name is a
 * number, `ERR_OUT_OF_RANGE` for numbers that cannot be stored as asked, with row and column; TypeError
 * `ERR_INVALID_TYPE` or `ERR_CONFLICT` for wrong arguments
 *
 * @example
 * await saveDataset('pictures.npz', await loadDataset('pictures'));
 */
export async function saveDataset(
  file: string,
  data: Dataset | DatasetInput,
  options: SaveDatasetOptions = {},
): Promise<string[]> {
  const { all, parts, storage } = checked(file, data, options);
  const stored: [PartName, DatasetPart][] = [];
  for (const [name, part] of parts)
    stored.push([name, storage === undefined ? part : await storedAs(storage, all, name, part)]);
  const files = filesOf(file, all, stored);
  await checkDifferent(files.map(({ path }) => path));
  if (basename(file) === ROWS_FILE) await checkNoOtherArrays(files.map(({ path }) => path));
  // Rows come last: without them the others are no data set.
  for (const { path, chunks } of files.toReversed()) await replaceFile(path, whileAttached(chunks, stored));
  return files.map(({ path }) => path);
}

/**
 * The same chunks, as long as the arrays that they are read from have their memory. They are looked at once more after
 * the last chunk was written: only then nobody reads them any more.
 */
async function* whileAttached(chunks: () => Chunks, parts: Parts): AsyncGenerator<string | Uint8Array, void, void> {
  const check = () => {
    for (const [name, part] of parts) checkPartMemory(part, name);
  };
  try {
    for await (const chunk of chunks()) {
      check();
      yield chunk;
    }
  } catch (error) {
    // What a writer says of arrays without memory tells nobody why.
    check();
    throw error;
  }
  check();
}

/** Arrays are written to files of their own: a link may make two of them one. */
async function checkDifferent(paths: readonly string[]): Promise<void> {
  const taken = new Map<string, string>();
  for (const path of paths) {
    const identity = await identityOf(path);
    const other = taken.get(identity);
    if (other !== undefined) {
      throw withCode(
        new Error(`Cannot write ${path}: a link makes it the same file as ${other}; choose another folder`),
        'ERR_NOT_WRITABLE',
      );
    }
    taken.set(identity, path);
  }
}

/**
 * The paths of the files that {@link saveDataset} writes.
 *
 * @throws as `saveDataset` for wrong arguments
 */
export function pathsOf(file: string, data: Dataset, options: SaveDatasetOptions): string[] {
  const { all, parts } = checked(file, data, options);
  return filesOf(file, all, parts).map(({ path }) => path);
}

/** The arguments of {@link saveDataset}, checked. */
function checked(file: string, data: Dataset | DatasetInput, options: SaveDatasetOptions) {
  checkPath(file);
  const { part, storage } = checkOptions(options, 'the options of saveDataset', ['part', 'storage']);
  if (part !== undefined) checkOneOf(part, 'part', PARTS);
  if (storage !== undefined) checkOneOf(storage, 'storage', STORAGES);
  if (!isDatasetName(file)) {
    const expected = `a file ending in ${Object.keys(WRITERS).join(', ')}, or named ${ROWS_FILE},`;
    throw withCode(new Error(`Expected ${expected} for a data set but received ${describe(file)}`), 'ERR_NOT_WRITABLE');
  }
  if (storage !== undefined && /\.(csv|jsonl)$/i.test(file)) {
    throw withCode(
      new TypeError(`The option storage (--storage) is for arrays, but ${file} becomes text: leave the option out`),
      'ERR_CONFLICT',
    );
  }
  const all = Dataset.from(data);
  const parts = PARTS.flatMap((name) => {
    const found = name === part ? all.part(name) : part === undefined ? all[name] : undefined;
    return found ? [[name, found] as const] : [];
  });
  return { all, parts, storage };
}

function filesOf(file: string, data: Dataset, parts: Parts): { path: string; chunks: () => Chunks }[] {
  const write = WRITERS[extname(file).toLowerCase()];
  if (write) return [{ path: file, chunks: () => write(data, parts) }];
  const folder = dirname(file);
  return arraysOf(data, parts).map((array) => ({ path: join(folder, npyName(array)), chunks: () => npyChunks(array) }));
}

function onlyPart(parts: Parts): DatasetPart {
  if (parts.length === 1) return parts[0][1];
  const names = parts.map(([name]) => name).join(', ');
  throw withCode(
    new RangeError(
      `Expected data in one part for a table but received ${names}: pass part, or save as .npz or .safetensors`,
    ),
    'ERR_SHAPE',
  );
}

/** What the arrays of a part are called. */
const SUFFIXES: Readonly<Record<PartName, string>> = { train: '_train', validation: '_val', test: '_test' };

/** Rows and labels of each part, and the names of the classes if they have some. */
function arraysOf(data: Dataset, parts: Parts): ArrayToWrite[] {
  const { named, classNames } = data;
  const names = named ? [{ key: CLASS_NAMES, shape: [classNames.length], data: classNames }] : [];
  return [...numbersOf(data, parts), ...names];
}

function numbersOf({ imageShape, inputSize }: Dataset, parts: Parts): (ArrayToWrite & { data: DatasetPart['y'] })[] {
  const { height = 0, width = 0, channels = 0 } = imageShape ?? {};
  const sizes = imageShape ? [height, width, ...(channels === 1 ? [] : [channels])] : [inputSize];
  return parts.flatMap(([name, { X, y }]) => {
    const suffix = parts.length === 1 ? '' : SUFFIXES[name];
    const rows = { key: `X${suffix}`, shape: [y.length, ...sizes], data: X.data };
    return [rows, { key: `y${suffix}`, shape: [y.length], data: y }] as never[];
  });
}

function safetensors(data: Dataset, parts: Parts): Uint8Array[] {
  const tensors = numbersOf(data, parts).map(({ key, ...tensor }) => [key, tensor] as const);
  const names = data.named ? [[CLASS_NAMES_KEY, JSON.stringify(data.classNames)] as const] : [];
  return encodeSafetensors(new Map(tensors), new Map(names));
}
