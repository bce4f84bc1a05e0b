import { constants } from 'node:buffer';
import { type BackendChoice, chooseBackend } from '../backend/choose.js';
import { noteBacked } from '../platform/lasting.js';
import { checkPath } from '../platform/replace-file.js';
import { shellWord } from '../platform/shell.js';
import type { RowData } from '../validation/typed-arrays.js';
import { LITTLE_ENDIAN } from './arrays/byte-order.js';
import { type ArrayLayout, checkBytes, countOf, readNumbers, shapeText } from './arrays/stored-array.js';
import { withReader } from './files/byte-reader.js';
import { chunksAt, type DataFile, fileChunks, headOf, withDataFile } from './files/data-file.js';
import { dataFileError } from './formats/data-file-error.js';
import { isNpy, readNpyHeader } from './formats/npy-header.js';

/** Rows of a file. */
export interface OpenedRows {
  /** N·D numbers, row-major. */
  readonly data: RowData;
  /** D. */
  readonly columns: number;
  /** Takes the memory away from `data`, if it is the file's. */
  readonly unmap: (() => void) | undefined;
}

/**
 * Opens the rows of an array that NumPy saved (`.npy`) without reading them, if that is possible: see `Matrix.open`.
 *
 * @throws (as a rejection) Error `ERR_DATA_FILE`
 */
export async function openRows(path: string, backend: BackendChoice): Promise<OpenedRows> {
  checkPath(path);
  const { binding } = chooseBackend(backend);
  return withDataFile(path, async (file) => {
    if (!isNpy(await headOf(file, 8)))
      throw dataFileError(
        `Expected an array saved by NumPy (.npy) at ${path} but found other bytes: to open data of another format, ` +
          `write them as arrays first, with two-layer-net data convert ${shellWord(path)} X.npy`,
      );
    const { layout, start } = await layoutOf(file);
    const [N, ...sizes] = layout.shape;
    const count = countOf(layout.shape) ?? 0;
    if (sizes.length === 0 || count === 0)
      throw dataFileError(
        `Expected rows, as an array of shape (N, D), in ${path} but found ${shapeText(layout.shape)}`,
      );
    const columns = count / N;
    const mapped = isMappable(layout, start) ? binding.mapFile(callFor(file)) : null;
    if (mapped === null) {
      const stored = { ...layout, key: 'X', name: path, start, chunks: () => chunksAt(path) };
      return { data: await readNumbers(stored), columns, unmap: undefined };
    }
    noteBacked(mapped);
    const rows = { u1: Uint8Array, f4: Float32Array, f8: Float64Array }[layout.kind as 'u1' | 'f4' | 'f8'];
    return { data: new rows(mapped, start, count), columns, unmap: () => binding.unmapFile(mapped) };
  });
}

function layoutOf(file: DataFile): Promise<{ layout: ArrayLayout; start: number }> {
  return withReader(fileChunks(file), file.path, async (reader) => {
    const layout = await readNpyHeader(reader);
    const start = reader.position;
    checkBytes(layout, file.size - start, reader);
    return { layout, start };
  });
}

/** Whether the elements are rows as they are: of a type that rows may have, in this machine's byte order and in C's. */
function isMappable({ kind, width, columnMajor, bigEndian }: ArrayLayout, start: number): boolean {
  const ofRows = kind === 'u1' || kind === 'f4' || kind === 'f8';
  return ofRows && !columnMajor && start % width === 0 && (width === 1 || bigEndian !== LITTLE_ENDIAN);
}

function callFor({ handle, size, path }: DataFile) {
  if (size <= constants.MAX_LENGTH) return { descriptor: handle.fd, bytes: size, name: path };
  throw dataFileError(
    `Expected at most ${constants.MAX_LENGTH} bytes in ${path}, the limit of this Node, but found ${size}: ` +
      'use Node 22.12 or newer',
  );
}
