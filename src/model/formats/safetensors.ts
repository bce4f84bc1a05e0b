import { bytesOf, fromFileOrder } from '../../data/arrays/byte-order.js';
import { widenBfloats, widenHalves } from '../../data/arrays/half-precision.js';
import {
  checkLayout,
  type Entry,
  headerLength,
  headerText,
  LENGTH_BYTES,
  parseHeader,
} from '../../data/safetensors/header.js';
import { inTurns, type Pieces } from '../../platform/turns.js';
import { describe } from '../../validation/errors.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { type ModelFile, readExactly, readStart } from '../model-file.js';
import { modelFileError } from '../model-file-error.js';
import type { Tensor } from './tensor.js';

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
  const { path, size } = source;
  const fail = (found: string, cause?: unknown) => modelFileError(path, found, cause);
  if (size < LENGTH_BYTES)
    throw fail(`expected a safetensors file of at least ${LENGTH_BYTES} bytes, found ${size} bytes`);
  const header = Buffer.alloc(headerLength(await readStart(source, LENGTH_BYTES), size, fail));
  await readExactly(source, header, LENGTH_BYTES);
  const dataStart = LENGTH_BYTES + header.length;
  const { entries, metadata } = parseHeader(headerText(header, fail), fail);
  checkLayout(entries, size - dataStart, fail);
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
