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
import { parseJson } from '../../platform/parse-json.js';
import { isObject } from '../../validation/check.js';
import { describe, withCode } from '../../validation/errors.js';
import { messageOf } from '../../validation/kinds.js';
import { countOf } from '../arrays/stored-array.js';
import { repeatedKey } from '../files/repeated-key.js';

/** Bytes of the header's length. */
export const LENGTH_BYTES = 8;
/**
 * The longest header that is read or written, in bytes. The format allows 100 MB, with which a hostile header keeps
 * a reader busy for a minute and takes 3 GB. The header of a two-layer net with its class names has a few kilobytes.
 */
export const MAX_HEADER_BYTES = 10_000_000;
/** The key of the header that is not the name of a tensor. */
export const METADATA_KEY = '__metadata__';
/** Bits per number of each dtype of the format. */
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

/** The error for a file that is not in the format; `found` says what was expected and what was found. */
export type Fail = (found: string, cause?: unknown) => Error;

/** A shape for an error message: `(3072, 50)`, shortened when it is long. */
export function describeShape(shape: readonly number[]): string {
  return shape.length > 8 ? `(${shape.slice(0, 8).join(', ')}, ...)` : `(${shape.join(', ')})`;
}

/** Whether a file that begins with these bytes is in the format: a length of at most 10 MB, and its first character. */
export function isSafetensors(head: Uint8Array): boolean {
  return head[8] === 0x7b && head.subarray(4, 8).every((byte) => byte === 0);
}

/**
 * The length of the header, from the first bytes of a file.
 *
 * @param size - the bytes of the file
 */
export function headerLength(first: Buffer, size: number, fail: Fail): number {
  const length = first.readBigUInt64LE();
  const limit = Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES);
  if (length <= BigInt(limit)) return Number(length);
  const what = limit === MAX_HEADER_BYTES ? `this reader's limit` : `as the file has ${size} bytes`;
  throw fail(
    `expected a safetensors header of at most ${limit} bytes (${what}), found a length of ${length} in the first ` +
      `${LENGTH_BYTES} bytes; the file is truncated or not a safetensors file`,
  );
}

/** The text of a header. */
export function headerText(bytes: Uint8Array, fail: Fail): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw fail('expected a header in UTF-8, found other bytes', cause);
  }
}

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
export function parseHeader(text: string, fail: Fail): { entries: Entry[]; metadata: Map<string, string> } {
  let header: unknown;
  try {
    header = parseJson(text);
  } catch (cause) {
    throw fail(`expected a header that is a JSON object, found invalid JSON: ${messageOf(cause)}`, cause);
  }
  if (!text.startsWith('{') || !isObject(header)) {
    throw fail('expected a header that is a JSON object and begins with "{", found other JSON');
  }
  const twice = repeatedKey(text);
  if (twice !== undefined) throw fail(`expected different keys in the header, found ${describe(twice)} twice`);
  const entries: Entry[] = [];
  let metadata = new Map<string, string>();
  // Object.entries and Map treat a tensor named "__proto__" like any other.
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA_KEY) metadata = parseMetadata(value, fail);
    else entries.push(parseEntry(name, value, fail));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { entries, metadata };
}

function parseMetadata(value: unknown, fail: Fail): Map<string, string> {
  if (!isObject(value)) {
    throw fail(`expected an object of strings for ${METADATA_KEY}, found ${describe(value)}`);
  }
  const metadata = new Map<string, string>();
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      throw fail(`expected a string for ${describe(key)} of ${METADATA_KEY}, found ${describe(text)}`);
    }
    metadata.set(key, text);
  }
  return metadata;
}

function parseEntry(name: string, value: unknown, error: Fail): Entry {
  const fail = (expected: string, found: unknown): Error =>
    error(`expected ${expected} for tensor ${describe(name)}, found ${describe(found)}`);
  if (!isObject(value)) throw fail('an object with dtype, shape and data_offsets', value);
  const { dtype, shape, data_offsets: offsets } = value;
  const bits = typeof dtype === 'string' ? DTYPE_BITS.get(dtype) : undefined;
  if (typeof dtype !== 'string' || bits === undefined) throw fail('a dtype of the safetensors format', dtype);
  if (!isSizes(shape)) throw fail('a shape of non-negative integers', shape);
  if (!isSizes(offsets) || offsets.length !== 2) throw fail('two non-negative integers as data_offsets', offsets);
  const [begin, end] = offsets;
  const count = countOf(shape);
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
export function checkLayout(entries: readonly Entry[], dataBytes: number, fail: Fail): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      const fault = begin < covered ? 'an overlap' : 'a hole';
      throw fail(
        `expected the data of tensor ${describe(name)} to begin at byte ${covered}, where those before it end, ` +
          `found ${fault}: it begins at ${begin}`,
      );
    }
    covered = end;
  }
  if (covered !== dataBytes) {
    const fault = covered > dataBytes ? '; the file is truncated' : '';
    throw fail(`expected ${covered} bytes of data, as its header says, found ${dataBytes}${fault}`);
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
