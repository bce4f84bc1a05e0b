import { constants, type FileHandle, open } from 'node:fs/promises';
import { checkPath, isSystemError, replaceFile } from '../../platform/replace-file.js';
import { describe, wrongShape } from '../../validation/errors.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { modelFileError } from '../model-file-error.js';
import {
  checkLayout,
  type Entry,
  encodeHeader,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  METADATA_KEY,
  parseHeader,
} from './safetensors-header.js';
import { bytesOf, describeShape, fromFileOrder, inFileOrder, product, type Tensor } from './tensor.js';

/*
 * The safetensors format (https://github.com/huggingface/safetensors):
 *
 *   bytes 0 … 7       L, the length of the header: unsigned, 64 bits, little-endian
 *   bytes 8 … 8+L−1   the header: a JSON object in UTF-8. It begins with "{". Writers pad it with spaces at the end so
 *                     that the data begin at a multiple of 8
 *   the rest          the data: the numbers of the tensors, row-major, little-endian
 *
 * Each key of the header is the name of a tensor. Its value is {"dtype": "F32", "shape": [D, H], "data_offsets":
 * [begin, end]}, with offsets in bytes from the first byte of the data, end excluded. The value of the key
 * "__metadata__" is a map from strings to strings instead. The tensors cover the data exactly: no holes, no overlaps,
 * nothing after the last.
 *
 * This is our own code because no npm package reads, writes and validates the format (safetensors 0.0.1 only reads, in
 * the browser; @huggingface/hub reads headers of remote files).
 */

/** The most bytes in one read; Node allows less than 2 GiB. */
const READ_BYTES = 1 << 30;

/** The result of {@link readSafetensors}. */
export interface SafetensorsContent {
  /** The wanted tensors that the file has. Each array owns a buffer of exactly its size. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The metadata, empty when the file has none. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The names of all tensors in the file, in the order of their data. */
  readonly names: readonly string[];
}

/**
 * Reads the tensors named in `wanted` that a safetensors file has. The file may be damaged or hostile: everything is
 * checked before it is used, and numbers never take more memory than the file has bytes.
 *
 * @throws Error `ERR_MODEL_FILE` when the file is missing, not a regular file, not in the format or shorter than when
 * it was opened, or when a wanted tensor is neither F32 nor F64; TypeError `ERR_INVALID_TYPE` when `path` is not a
 * string
 */
export async function readSafetensors(path: string, wanted: readonly string[]): Promise<SafetensorsContent> {
  checkPath(path);
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK (which Windows lacks) opening a pipe would wait for its writer.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    return await readContent({ path, handle, size: await regularFileSize(path, handle) }, wanted);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw unreadable(path, error);
  } finally {
    await handle?.close();
  }
}

/**
 * Writes tensors and metadata to `path`, whole or not at all. The arrays must not change before the promise settles.
 *
 * @throws RangeError `ERR_SHAPE` when an array does not have as many numbers as its shape, `ERR_OUT_OF_RANGE` when
 * names and metadata are over 10 MB; Error `ERR_NOT_WRITABLE`; TypeError `ERR_INVALID_TYPE` when `path` is not a string
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string>,
): Promise<void> {
  await replaceFile(path, encodeSafetensors(tensors, metadata));
}

/** An open file. */
interface Source {
  readonly path: string;
  readonly handle: FileHandle;
  /** Bytes, when it was opened. */
  readonly size: number;
}

async function regularFileSize(path: string, handle: FileHandle): Promise<number> {
  const info = await handle.stat();
  if (!info.isFile()) {
    throw modelFileError(path, `expected a file, found ${info.isDirectory() ? 'a folder' : 'a device or a pipe'}`);
  }
  return info.size;
}

async function readContent(source: Source, wanted: readonly string[]): Promise<SafetensorsContent> {
  const headerBytes = await readHeaderLength(source);
  const dataStart = LENGTH_BYTES + headerBytes;
  const { entries, metadata } = parseHeader(source.path, await readHeader(source, headerBytes));
  checkLayout(source.path, entries, source.size - dataStart);
  const tensors = new Map<string, Tensor>();
  for (const entry of entries) {
    if (!wanted.includes(entry.name)) continue;
    const data = allocate(source.path, entry);
    await readExactly(source, bytesOf(data), dataStart + entry.begin);
    fromFileOrder(data);
    tensors.set(entry.name, { data, shape: entry.shape });
  }
  return { tensors, metadata, names: entries.map(({ name }) => name) };
}

async function readHeaderLength({ path, handle, size }: Source): Promise<number> {
  if (size < LENGTH_BYTES) {
    throw modelFileError(path, `expected a safetensors file of at least ${LENGTH_BYTES} bytes, found ${size} bytes`);
  }
  const bytes = Buffer.alloc(LENGTH_BYTES);
  await readExactly({ path, handle, size }, bytes, 0);
  const length = bytes.readBigUInt64LE();
  const limit = Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES);
  if (length <= BigInt(limit)) return Number(length);
  const what = limit === MAX_HEADER_BYTES ? `this reader's limit` : `as the file has ${size} bytes`;
  throw modelFileError(
    path,
    `expected a safetensors header of at most ${limit} bytes (${what}), found a length of ${length} in the first ` +
      `${LENGTH_BYTES} bytes; the file is truncated or not a safetensors file`,
  );
}

async function readHeader(source: Source, length: number): Promise<string> {
  const bytes = new Uint8Array(length);
  await readExactly(source, bytes, LENGTH_BYTES);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw modelFileError(source.path, 'expected a header in UTF-8, found other bytes', cause);
  }
}

/** Fills `bytes` with those of the file from `position` on. */
async function readExactly({ path, handle, size }: Source, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const length = Math.min(bytes.length - done, READ_BYTES);
    const { bytesRead } = await handle.read(bytes, done, length, position + done);
    if (bytesRead === 0) {
      throw modelFileError(
        path,
        `expected ${size} bytes, as when it was opened, found ${position + done}; is it still being written?`,
      );
    }
    done += bytesRead;
  }
}

function allocate(path: string, { name, dtype, count }: Entry): Float32Array | Float64Array {
  if (dtype !== 'F32' && dtype !== 'F64') {
    throw modelFileError(path, `expected F32 or F64 for tensor ${describe(name)}, found ${dtype}; convert it first`);
  }
  try {
    return dtype === 'F32' ? new Float32Array(count) : new Float64Array(count);
  } catch (cause) {
    throw modelFileError(path, `tensor ${describe(name)} has ${count} numbers, more than the memory can hold`, cause);
  }
}

/** The chunks of a file. Header and data have one order: F64 before F32, so that each is aligned, then by name. */
function encodeSafetensors(tensors: ReadonlyMap<string, Tensor>, metadata: ReadonlyMap<string, string>): Uint8Array[] {
  const sorted = [...tensors].sort(
    ([a, { data: x }], [b, { data: y }]) => y.BYTES_PER_ELEMENT - x.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  const header: [string, unknown][] = [[METADATA_KEY, Object.fromEntries(metadata)]];
  const chunks: Uint8Array[] = [];
  let begin = 0;
  for (const [name, { data, shape }] of sorted) {
    if (product(shape) !== data.length) {
      throw wrongShape(`numbers for shape ${describeShape(shape)} of ${name}`, data);
    }
    chunks.push(bytesOf(inFileOrder(data)));
    header.push([name, { dtype: dtypeOf(data), shape, data_offsets: [begin, begin + data.byteLength] }]);
    begin += data.byteLength;
  }
  return [...encodeHeader(JSON.stringify(Object.fromEntries(header))), ...chunks];
}

function dtypeOf(data: Float32Array | Float64Array): 'F32' | 'F64' {
  return isArrayOf(data, 'Float32Array') ? 'F32' : 'F64';
}

function unreadable(path: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return modelFileError(path, 'expected a safetensors file, found no such file', error);
  }
  return modelFileError(path, `expected a readable file, found: ${error.message}`, error);
}
