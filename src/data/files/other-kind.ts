/** Kinds of files that are easily taken for data and are not read. */

import { extname } from 'node:path';
import { firstOf } from '../../validation/errors.js';
import { type DataFile, headOf } from './data-file.js';
import { isZip, listZip } from './zip.js';

/** How a kind of file begins, and what to do with one. */
interface OtherKind {
  readonly begins: string;
  /** With its article: `a PDF document`. */
  readonly what: string;
  readonly remedy: string;
}

const PICTURE_REMEDY = 'save it as PNG or JPEG';
const UNPACK = 'decompress it first';
const TABLE_REMEDY = 'save its table as CSV or Parquet';

const KINDS: readonly OtherKind[] = [
  { begins: 'II*\0', what: 'a TIFF picture', remedy: PICTURE_REMEDY },
  { begins: 'MM\0*', what: 'a TIFF picture', remedy: PICTURE_REMEDY },
  { begins: '\0\0\x01\0', what: 'an icon', remedy: PICTURE_REMEDY },
  { begins: '\xd0\xcf\x11\xe0', what: 'an old Excel or Office file', remedy: 'save its table as CSV' },
  { begins: '\x89HDF', what: 'an HDF5 file', remedy: 'save its arrays with numpy.savez' },
  { begins: 'MATLAB', what: 'a MATLAB file', remedy: 'save its arrays with numpy.savez' },
  { begins: 'SQLite format 3', what: 'an SQLite database', remedy: TABLE_REMEDY },
  { begins: 'ORC', what: 'an ORC file', remedy: 'save it as Parquet' },
  { begins: '%PDF', what: 'a PDF document', remedy: TABLE_REMEDY },
  { begins: '\x80', what: 'possibly a Python pickle', remedy: 'save its table as CSV, or its arrays with numpy.savez' },
  { begins: 'BZh', what: 'compressed with bzip2', remedy: UNPACK },
  { begins: '\xfd7zXZ', what: 'compressed with xz', remedy: UNPACK },
  { begins: '\x28\xb5\x2f\xfd', what: 'compressed with Zstandard', remedy: UNPACK },
  { begins: '7z\xbc\xaf', what: 'a 7-Zip archive', remedy: 'unpack it first' },
  { begins: '\xff\xfe', what: 'UTF-16 text', remedy: 'save it as UTF-8' },
  { begins: '\xfe\xff', what: 'UTF-16 text', remedy: 'save it as UTF-8' },
];

/** Names of pictures of kinds that are not read. */
const OTHER_PICTURE_NAME = /\.(bmp|dib|tiff?|avif|heic|heif|jxl|jp2|ico|svg|p[bgpn]m)$/i;

/** Whether a name is that of a picture of a kind that is not read. */
export function isOtherPictureName(name: string): boolean {
  return OTHER_PICTURE_NAME.test(name);
}

/** What a file is, and what to do: `is a TIFF picture, which is not read: …`; undefined if it is of none of these. */
export async function otherKind(file: DataFile): Promise<string | undefined> {
  const head = await headOf(file, 64);
  if (isZip(head)) return otherZip(file);
  const text = Buffer.from(head).toString('latin1');
  const kind = isBitmap(head) ? { what: 'a BMP picture', remedy: PICTURE_REMEDY } : kindOf(text, file.path);
  return kind && `is ${kind.what}, which is not supported: ${kind.remedy}`;
}

function kindOf(head: string, path: string): Omit<OtherKind, 'begins'> | undefined {
  const found = KINDS.find(({ begins }) => head.startsWith(begins));
  if (found) return found;
  if (!isOtherPictureName(path)) return undefined;
  return { what: `a picture of a kind (${extname(path).toLowerCase()})`, remedy: PICTURE_REMEDY };
}

/** A bitmap has zeros at bytes 6 to 9. */
function isBitmap(head: Uint8Array): boolean {
  return head.length > 26 && head[0] === 0x42 && head[1] === 0x4d && head.subarray(6, 10).every((byte) => byte === 0);
}

/** Entries of an archive that a message shows. */
const SHOWN = 3;

/** What a ZIP archive without arrays is; undefined if it has arrays, nothing at all, or is damaged. */
async function otherZip(file: DataFile): Promise<string | undefined> {
  const names = await namesOf(file);
  if (names.length === 0 || names.some((name) => name.endsWith('.npy'))) return undefined;
  if (names.includes('content.xml')) return 'is an OpenDocument file, which is not supported: save its table as CSV';
  if (names.some((name) => name.startsWith('xl/')))
    return 'is an Excel workbook, which is not supported: save it as CSV';
  const what = `is a ZIP archive with ${firstOf(names, SHOWN)}, which is not supported`;
  return `${what}: unpack it first, or compress a table with gzip`;
}

async function namesOf(file: DataFile): Promise<string[]> {
  try {
    return (await listZip(file)).map(({ name }) => name);
  } catch {
    // Of a damaged archive the reader of arrays says what is wrong.
    return [];
  }
}
