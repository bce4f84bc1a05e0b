/** Writes ZIP archives whose files are stored as they are (PKWARE's APPNOTE.TXT). */
import type * as Original from '../../../../data/files/write-zip.js';
import { Buffer } from '../../../node/buffer.js';
import { crc32 } from '../../../node/zlib.js';

/** The first day that the format can say, so that the same files give the same archive. */
const DATE = (1 << 5) | 1;

export const zipChunks: typeof Original.zipChunks = async function* (files) {
  const list: Buffer[] = [];
  let at = 0;
  for (const { name, size, chunks } of files) {
    let sum = 0;
    for (const chunk of chunks()) sum = crc32(chunk, sum);
    const bytes = Buffer.from(name);
    const common = commonFields(sum, size, bytes.length);
    const local = Buffer.concat([words(0x04034b50), common, bytes]);
    yield local;
    yield* chunks();
    const rest = Buffer.alloc(14);
    // The permissions of a file that all may read.
    rest.writeUInt32LE(0o100644 * 2 ** 16, 6);
    rest.writeUInt32LE(at, 10);
    // Made by a Unix system.
    list.push(Buffer.concat([words(0x02014b50), Buffer.from([20, 3]), common, rest, bytes]));
    at += local.length + size;
  }
  const whole = Buffer.concat(list);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(whole.length, 8);
  end.writeUInt32LE(at, 12);
  yield whole;
  yield Buffer.concat([words(0x06054b50), end]);
};

/** What the header before a file and the list of files both say. */
function commonFields(sum: number, size: number, nameBytes: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  // The name is UTF-8.
  fields.writeUInt16LE(1 << 11, 2);
  fields.writeUInt16LE(DATE, 8);
  fields.writeUInt32LE(sum, 10);
  fields.writeUInt32LE(size, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(nameBytes, 22);
  return fields;
}

function words(magic: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(magic);
  return bytes;
}
