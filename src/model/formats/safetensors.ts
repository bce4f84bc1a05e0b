import { widenBfloats, widenHalves } from '../../data/arrays/half-precision.js';
import { inTurns, type Pieces } from '../../platform/turns.js';
import { describe, wrongShape } from '../../validation/errors.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { type ModelFile, readExactly } from '../model-file.js';
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

/** The array for each dtype that is read. */
const ARRAYS = new Map<string, Float32ArrayConstructor | Float64ArrayConstructor | Uint16ArrayConstructor>([
  ['F32', Float32Array],
  ['F64', Float64Array],
  ['F16', Uint16Array],
  ['BF16', Uint16Array],
]);

/** The result of {@link readSafetensors}. */
export interface SafetensorsContent {
  /** The chosen tensors that the file has. Each array owns a buffer of exactly its size. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The metadata, empty when the file has none. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The names of all tensors in the file, in the order of their data. */
  readonly names: readonly string[];
}

/**
 * Reads those tensors of a safetensors file that `choose` names of all its names. The file may be damaged or hostile:
 * everything is checked before it is used, and numbers never take more memory than the file has bytes (F16 and BF16,
 * which become float32: twice as much).
 *
 * @throws Error `ERR_MODEL_FILE` when the file is not in the format or shorter than when it was opened, or when a
 * chosen tensor is not of floats
 */
export async function readSafetensors(
  source: ModelFile,
  choose: (names: readonly string[]) => readonly string[],
): Promise<SafetensorsContent> {
  const headerBytes = await readHeaderLength(source);
  const dataStart = LENGTH_BYTES + headerBytes;
  const { entries, metadata } = parseHeader(source.path, await readHeader(source, headerBytes));
  checkLayout(source.path, entries, source.size - dataStart);
  const names = entries.map(({ name }) => name);
  const wanted = new Set(choose(names));
  const tensors = new Map<string, Tensor>();
  for (const entry of entries) {
    if (!wanted.has(entry.name)) continue;
    const data = await readNumbers(source, entry, dataStart + entry.begin);
    tensors.set(entry.name, { data, shape: entry.shape });
  }
  return { tensors, metadata, names };
}

async function readNumbers(source: ModelFile, entry: Entry, position: number): Promise<Float32Array | Float64Array> {
  const data = allocate(source.path, entry);
  await readExactly(source, bytesOf(data), position);
  fromFileOrder(data);
  return isArrayOf(data, 'Uint16Array') ? inTurns(widened(data, entry.dtype)) : data;
}

/** Numbers that are widened in a piece: less than a millisecond. */
const PIECE = 2 ** 16;

function* widened(bits: Uint16Array, dtype: string): Pieces<Float32Array> {
  const widen = dtype === 'BF16' ? widenBfloats : widenHalves;
  const result = new Float32Array(bits.length);
  for (let from = 0; from < bits.length; from += PIECE) {
    result.set(widen(bits.subarray(from, from + PIECE)), from);
    yield;
  }
  return result;
}

async function readHeaderLength({ path, handle, size }: ModelFile): Promise<number> {
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

async function readHeader(source: ModelFile, length: number): Promise<string> {
  const bytes = new Uint8Array(length);
  await readExactly(source, bytes, LENGTH_BYTES);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw modelFileError(source.path, 'expected a header in UTF-8, found other bytes', cause);
  }
}

function allocate(path: string, { name, dtype, count }: Entry): Float32Array | Float64Array | Uint16Array {
  const type = ARRAYS.get(dtype);
  if (type === undefined) {
    throw modelFileError(
      path,
      `expected F32, F64, F16 or BF16 for tensor ${describe(name)}, found ${dtype}; convert it first`,
    );
  }
  try {
    return new type(count);
  } catch (cause) {
    throw modelFileError(path, `tensor ${describe(name)} has ${count} numbers, more than the memory can hold`, cause);
  }
}

/**
 * The chunks of a file. Header and data have one order: F64 before F32, so that each is aligned, then by name. The
 * arrays must not change before they are written.
 *
 * @throws RangeError `ERR_SHAPE` when an array does not have as many numbers as its shape, `ERR_OUT_OF_RANGE` when
 * names and metadata are over 10 MB
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string>,
): Uint8Array[] {
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
