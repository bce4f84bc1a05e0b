/** The header of an array as NumPy saves it. */
import { ELEMENT_BYTES } from '../arrays/element-type.js';
import { type ArrayLayout, countOf } from '../arrays/stored-array.js';
import type { ByteReader } from '../files/byte-reader.js';

/*
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 *   bytes 0 … 5   0x93, then NUMPY
 *   bytes 6, 7    the version of the format: 1.0, 2.0 or 3.0
 *   next          the length of the header, little-endian: 2 bytes in version 1.0, else 4
 *   next          the header, a literal of Python: {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }
 *                 padded with spaces and a newline
 *   the rest      the elements
 */

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/** The longest header that is read. NumPy's own limit is 10 000. */
const MAX_HEADER_BYTES = 65_536;

/** Whether a file that begins with these bytes is an array of NumPy's. */
export function isNpy(head: Uint8Array): boolean {
  return MAGIC.equals(head.subarray(0, MAGIC.length));
}

/** Reads the header: the reader's next byte is then the first of the elements. */
export async function readNpyHeader(reader: ByteReader): Promise<ArrayLayout> {
  const magic = await reader.bytes(MAGIC.length + 2, 'a NumPy header');
  if (!isNpy(magic)) throw reader.error('an array saved by NumPy', 'other bytes', 0);
  const version = magic[MAGIC.length];
  if (version < 1 || version > 3) throw reader.error('version 1, 2 or 3 of the format', String(version), MAGIC.length);
  const length =
    version === 1
      ? (await reader.bytes(2, 'a length')).readUInt16LE()
      : (await reader.bytes(4, 'a length')).readUInt32LE();
  const at = reader.position;
  if (length > MAX_HEADER_BYTES)
    throw reader.error(`a header of at most ${MAX_HEADER_BYTES} bytes`, String(length), at - 2);
  const text = (await reader.bytes(length, 'the header')).toString('latin1');
  return parse(text, (expected, found) => reader.error(expected, found, at));
}

type Fail = (expected: string, found: string) => Error;

const ENTRY = /^\s*'(descr|fortran_order|shape)':\s*('[^']*'|True|False|\([\d,\sL]*\)|\[.*?\])\s*(,|$)/;

function parse(text: string, fail: Fail): ArrayLayout {
  const inner = /^\{(.*)\}\s*$/s.exec(text)?.[1];
  if (inner === undefined) throw fail('a header {…}', JSON.stringify(text.slice(0, 40)));
  const entries = new Map<string, string>();
  for (let rest = inner; rest.trim() !== ''; ) {
    const match = ENTRY.exec(rest);
    if (!match) throw fail("'descr', 'fortran_order' and 'shape'", JSON.stringify(rest.slice(0, 40)));
    entries.set(match[1], match[2]);
    rest = rest.slice(match[0].length);
  }
  const order = entries.get('fortran_order');
  if (order !== 'True' && order !== 'False') throw fail("True or False for 'fortran_order'", String(order));
  const type = parseType(entries.get('descr') ?? 'nothing', fail);
  const shape = parseShape(entries.get('shape') ?? 'nothing', fail);
  return { ...type, shape, columnMajor: order === 'True' };
}

function parseShape(text: string, fail: Fail): number[] {
  const inner = /^\(((?:\s*\d+L?\s*,)*(?:\s*\d+L?)?)\s*\)$/.exec(text)?.[1];
  const shape = inner?.match(/\d+/g)?.map(Number) ?? [];
  if (inner !== undefined && shape.every(Number.isSafeInteger) && countOf(shape) !== undefined) return shape;
  throw fail("a tuple of sizes for 'shape'", text.slice(0, 80));
}

const KINDS = 'b1, u1, i1, u2, i2, u4, i4, u8, i8, f2, f4 and f8 (numbers), U and S (text)';

function parseType(text: string, fail: Fail): Pick<ArrayLayout, 'kind' | 'width' | 'bigEndian'> {
  const [, order, letter, digits] = /^'([<>=|])([a-zA-Z])(\d{1,9})'$/.exec(text) ?? [];
  const kind = `${letter}${digits}`;
  const bigEndian = order === '>';
  if (kind in ELEMENT_BYTES && kind !== 'bf2') {
    return { kind: kind as keyof typeof ELEMENT_BYTES, width: Number(digits), bigEndian };
  }
  if ((letter === 'U' || letter === 'S') && Number(digits) > 0) {
    return { kind: letter, width: Number(digits) * (letter === 'U' ? 4 : 1), bigEndian };
  }
  if (letter === undefined && /^'[<>=|]?O\d*'$/.test(text)) {
    throw fail('numbers or text of a fixed width', 'Python objects: save the array as text, with astype(str)');
  }
  throw fail(`one of the types ${KINDS}`, text.slice(0, 80));
}
