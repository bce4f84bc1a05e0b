import { constants, type FileHandle, open } from 'node:fs/promises';
import { endianness } from 'node:os';
import { checkPath, isSystemError, replaceFile } from '../../platform/replace-file.js';
import { describe, withCode, wrongShape } from '../../validation/errors.js';

/*
 * The safetensors format (https://github.com/huggingface/safetensors):
 *
 *   bytes 0 … 7       L, the length of the header: unsigned, 64 bits, little-endian
 *   bytes 8 … 8+L−1   the header: a JSON object in UTF-8. It begins with "{"; spaces may follow it, and writers add them
 *                     so that the data begin at a multiple of 8
 *   the rest          the data: the tensors' numbers, row-major, little-endian
 *
 * A key of the header is a tensor's name, its value {"dtype": "F32", "shape": [D, H], "data_offsets": [begin, end]} with
 * offsets in bytes from the first byte of the data, end excluded. The key "__metadata__" has a map from strings to
 * strings instead. The tensors cover the data exactly: no holes, no overlaps, nothing after the last.
 *
 * Own code: no npm package was found that reads, writes and validates (safetensors 0.0.1 only reads, in the browser;
 * @huggingface/hub reads headers of remote files).
 */

/** Bytes of the header's length. */
const LENGTH_BYTES = 8;
/**
 * The longest header that is read or written, in bytes. The format allows 100 MB, at which a hostile header holds
 * JSON.parse for a minute and takes 3 GB; the header of a two-layer net with its class names is a few kilobytes.
 */
const MAX_HEADER_BYTES = 10_000_000;
/** The header's key that names no tensor. */
const METADATA_KEY = '__metadata__';
/** Bits per number of each dtype of the format; F32 and F64 are read and written, the others are known to be skipped. */
const DTYPE_BITS: ReadonlyMap<string, number> = new Map([
  ['F4', 4],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['BOOL', 8],
  ['U8', 8],
  ['I8', 8],
  ['F8_E5M2', 8],
  ['F8_E4M3', 8],
  ['F8_E8M0', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2FNUZ', 8],
  ['I16', 16],
  ['U16', 16],
  ['F16', 16],
  ['BF16', 16],
  ['I32', 32],
  ['U32', 32],
  ['F32', 32],
  ['C64', 64],
  ['F64', 64],
  ['I64', 64],
  ['U64', 64],
]);
/** Bytes asked of the system at once; Node allows less than 2 GiB. */
const READ_BYTES = 1 << 30;

/** Numbers of one tensor, and how they are laid out. */
export interface Tensor {
  /** The product of `shape` numbers, row-major: F32 in the file for a Float32Array, F64 for a Float64Array. */
  readonly data: Float32Array | Float64Array;
  /** Sizes, slowest first; empty for a single number. */
  readonly shape: readonly number[];
}

/** What {@link readSafetensors} found. */
export interface SafetensorsContent {
  /** The tensors that were asked for and are there. Each array owns exactly its bytes. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The metadata, empty when the file has none. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The names of all tensors in the file, in the order of their data. */
  readonly names: readonly string[];
}

/**
 * Reads the tensors called `wanted`, those of them that are there, from a safetensors file that may be damaged or
 * hostile: nothing is believed before it is checked, and never more memory is taken for numbers than the file has bytes.
 *
 * @throws Error `ERR_MODEL_FILE` when the file is missing, no regular file, not in the format, shorter than it was when
 * opened, or when a wanted tensor is neither F32 nor F64; TypeError `ERR_INVALID_TYPE` when `path` is no string
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
 * Writes tensors and metadata to `path`, whole or not at all. The numbers are copied before this function returns, so
 * the arrays may change while the file is being written.
 *
 * @throws RangeError `ERR_SHAPE` when an array has not as many numbers as its shape, `ERR_OUT_OF_RANGE` when names and
 * metadata are over 10 MB; Error `ERR_NOT_WRITABLE`; TypeError `ERR_INVALID_TYPE` when `path` is no string
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
  /** Bytes, as it was opened. */
  readonly size: number;
}

/** One tensor of the header. */
interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The product of `shape`. */
  readonly count: number;
  /** The first byte within the data. */
  readonly begin: number;
  /** The byte after the last, within the data. */
  readonly end: number;
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
    toOrFromFileOrder(data);
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

/** Fills `bytes` from `position` of the file on. */
async function readExactly({ path, handle, size }: Source, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const length = Math.min(bytes.length - done, READ_BYTES);
    const { bytesRead } = await handle.read(bytes, done, length, position + done);
    if (bytesRead === 0) {
      throw modelFileError(
        path,
        `expected ${size} bytes, as there were when it was opened, found ${position + done}; is it still being written?`,
      );
    }
    done += bytesRead;
  }
}

function parseHeader(path: string, text: string): { entries: Entry[]; metadata: Map<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw modelFileError(path, 'expected a header that is a JSON object, found no valid JSON', cause);
  }
  if (!text.startsWith('{') || !isJsonObject(header)) {
    throw modelFileError(path, 'expected a header that is a JSON object and begins with "{", found other JSON');
  }
  const entries: Entry[] = [];
  let metadata = new Map<string, string>();
  // Object.entries and Map treat a tensor called "__proto__" like any other.
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA_KEY) metadata = parseMetadata(path, value);
    else entries.push(parseEntry(path, name, value));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { entries, metadata };
}

function parseMetadata(path: string, value: unknown): Map<string, string> {
  if (!isJsonObject(value)) {
    throw modelFileError(path, `expected an object of strings for ${METADATA_KEY}, found ${describe(value)}`);
  }
  const metadata = new Map<string, string>();
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      throw modelFileError(path, `expected a string for ${describe(key)} of ${METADATA_KEY}, found ${describe(text)}`);
    }
    metadata.set(key, text);
  }
  return metadata;
}

function parseEntry(path: string, name: string, value: unknown): Entry {
  const fail = (expected: string, found: unknown): Error =>
    modelFileError(path, `expected ${expected} for tensor ${describe(name)}, found ${describe(found)}`);
  if (!isJsonObject(value)) throw fail('an object with dtype, shape and data_offsets', value);
  const { dtype, shape, data_offsets: offsets } = value;
  const bits = typeof dtype === 'string' ? DTYPE_BITS.get(dtype) : undefined;
  if (typeof dtype !== 'string' || bits === undefined) throw fail('a dtype of the safetensors format', dtype);
  if (!isSizes(shape)) throw fail('a shape of non-negative integers', shape);
  if (!isSizes(offsets) || offsets.length !== 2) throw fail('two non-negative integers as data_offsets', offsets);
  const [begin, end] = offsets;
  const count = product(shape);
  // Above 2^53 products are rounded; no file is that long.
  if (count === undefined || !Number.isSafeInteger(count * bits)) {
    throw fail('a shape of fewer numbers than 2^53 bits hold', shape);
  }
  if (begin > end || (end - begin) * 8 !== count * bits) {
    const needed = `data_offsets ${(count * bits) / 8} bytes apart, as ${dtype} of shape ${describeShape(shape)} needs,`;
    throw fail(needed, `${begin} to ${end}`);
  }
  return { name, dtype, shape, count, begin, end };
}

/** `entries`, in the order of their data, must cover `dataBytes` bytes without a hole or an overlap. */
function checkLayout(path: string, entries: readonly Entry[], dataBytes: number): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      const fault = begin < covered ? 'an overlap' : 'a hole';
      throw modelFileError(
        path,
        `expected the data of tensor ${describe(name)} to begin at byte ${covered}, where those before it end, ` +
          `found ${fault}: it begins at ${begin}`,
      );
    }
    covered = end;
  }
  if (covered !== dataBytes) {
    const fault = covered > dataBytes ? '; the file is truncated' : '';
    throw modelFileError(path, `expected ${covered} bytes of data, as its header says, found ${dataBytes}${fault}`);
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

/** The chunks of a file. The header's order is that of the data: F64 before F32 so that each is aligned, then by name. */
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
    const copy = data.slice();
    toOrFromFileOrder(copy);
    chunks.push(bytesOf(copy));
    header.push([name, { dtype: dtypeOf(data), shape, data_offsets: [begin, begin + data.byteLength] }]);
    begin += data.byteLength;
  }
  return [...encodeHeader(JSON.stringify(Object.fromEntries(header))), ...chunks];
}

function encodeHeader(json: string): [length: Uint8Array, header: Uint8Array] {
  const bytes = Buffer.byteLength(json);
  const padded = Buffer.alloc(Math.ceil(bytes / 8) * 8, ' ');
  if (padded.length > MAX_HEADER_BYTES) {
    throw withCode(
      new RangeError(`Expected at most ${MAX_HEADER_BYTES} bytes of names and metadata but received ${bytes}`),
      'ERR_OUT_OF_RANGE',
    );
  }
  padded.write(json);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(padded.length));
  return [length, padded];
}

function dtypeOf(data: Float32Array | Float64Array): 'F32' | 'F64' {
  return data instanceof Float32Array ? 'F32' : 'F64';
}

function bytesOf(data: Float32Array | Float64Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** Turns the bytes around on the few big-endian machines; elsewhere typed arrays already have the file's order. */
function toOrFromFileOrder(data: Float32Array | Float64Array): void {
  if (endianness() === 'LE') return;
  if (data instanceof Float32Array) bytesOf(data).swap32();
  else bytesOf(data).swap64();
}

/** The product of `sizes` (1 for none), or undefined when it cannot be told exactly. */
function product(sizes: readonly number[]): number | undefined {
  let result = 1;
  for (const size of sizes) result *= size;
  return Number.isSafeInteger(result) ? result : undefined;
}

function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** A shape as it appears in an error message: `(3072, 50)`, cut when it is long. */
export function describeShape(shape: readonly number[]): string {
  return shape.length > 8 ? `(${shape.slice(0, 8).join(', ')}, ...)` : `(${shape.join(', ')})`;
}

/** The error for a model file that cannot be used; `found` says what was expected and what was found. */
export function modelFileError(path: string, found: string, cause?: unknown): Error {
  const message = `Cannot read the model ${path}: ${found}`;
  return withCode(cause === undefined ? new Error(message) : new Error(message, { cause }), 'ERR_MODEL_FILE');
}

function unreadable(path: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return modelFileError(path, 'expected a safetensors file, found no such file', error);
  }
  return modelFileError(path, `expected a readable file, found: ${error.message}`, error);
}
