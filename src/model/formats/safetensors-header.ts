/** The header of a safetensors file: see safetensors.ts for the format. */
import { isObject } from '../../validation/check.js';
import { describe, withCode } from '../../validation/errors.js';
import { modelFileError } from '../model-file-error.js';
import { describeShape, product } from './tensor.js';

/** Bytes of the header's length. */
export const LENGTH_BYTES = 8;
/**
 * The longest header that is read or written, in bytes. The format allows 100 MB, with which a hostile header keeps
 * JSON.parse busy for a minute and takes 3 GB. The header of a two-layer net with its class names has a few kilobytes.
 */
export const MAX_HEADER_BYTES = 10_000_000;
/** The key of the header that is not the name of a tensor. */
export const METADATA_KEY = '__metadata__';
/** Bits per number of each dtype of the format. F32 and F64 are read and written, F16 and BF16 read. */
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

/** One tensor of the header. */
export interface Entry {
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

/** Parses the text of a header. The entries are in the order of their data. */
export function parseHeader(path: string, text: string): { entries: Entry[]; metadata: Map<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw modelFileError(path, 'expected a header that is a JSON object, found invalid JSON', cause);
  }
  if (!text.startsWith('{') || !isObject(header)) {
    throw modelFileError(path, 'expected a header that is a JSON object and begins with "{", found other JSON');
  }
  const entries: Entry[] = [];
  let metadata = new Map<string, string>();
  // Object.entries and Map treat a tensor named "__proto__" like any other.
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA_KEY) metadata = parseMetadata(path, value);
    else entries.push(parseEntry(path, name, value));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { entries, metadata };
}

function parseMetadata(path: string, value: unknown): Map<string, string> {
  if (!isObject(value)) {
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
  if (!isObject(value)) throw fail('an object with dtype, shape and data_offsets', value);
  const { dtype, shape, data_offsets: offsets } = value;
  const bits = typeof dtype === 'string' ? DTYPE_BITS.get(dtype) : undefined;
  if (typeof dtype !== 'string' || bits === undefined) throw fail('a dtype of the safetensors format', dtype);
  if (!isSizes(shape)) throw fail('a shape of non-negative integers', shape);
  if (!isSizes(offsets) || offsets.length !== 2) throw fail('two non-negative integers as data_offsets', offsets);
  const [begin, end] = offsets;
  const count = product(shape);
  // Products above 2^53 are rounded. No file is that long.
  if (count === undefined || !Number.isSafeInteger(count * bits)) {
    throw fail('a shape of at most 2^53 bits', shape);
  }
  if (begin > end || (end - begin) * 8 !== count * bits) {
    const bytes = (count * bits) / 8;
    throw fail(
      `data_offsets ${bytes} bytes apart, as ${dtype} of shape ${describeShape(shape)} needs,`,
      `${begin} to ${end}`,
    );
  }
  return { name, dtype, shape, count, begin, end };
}

/** Checks that `entries`, in the order of their data, cover `dataBytes` bytes without holes or overlaps. */
export function checkLayout(path: string, entries: readonly Entry[], dataBytes: number): void {
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

/** The first two chunks of a file: the length of the header, and the header padded to a multiple of 8. */
export function encodeHeader(json: string): [length: Uint8Array, header: Uint8Array] {
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

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
