/** Opens ZIP archives (PKWARE's APPNOTE.TXT): files that are stored or deflated. */
import { type DataFile, fileChunks } from '../../../../data/files/data-file.js';
import type * as Original from '../../../../data/files/open-zip.js';
import { Buffer } from '../../../node/buffer.js';
import { chunksOf, streamOf } from '../../../streams.js';

const END_BYTES = 22;
const END_MAGIC = 0x06054b50;
/** The longest comment behind the list of files. */
const MOST_COMMENT = 0xffff;
const ENTRY_BYTES = 46;
const ENTRY_MAGIC = 0x02014b50;
const LOCAL_BYTES = 30;
const LOCAL_MAGIC = 0x04034b50;
const METHODS: readonly number[] = [0, 8];

interface Entry extends Original.ZipEntry {
  readonly method: number;
  readonly encrypted: boolean;
}

export const openZip: typeof Original.openZip = async (file) => {
  const { count, offset, bytes } = await findList(file);
  const list = await read(file, offset, bytes);
  return {
    entryCount: count,
    async *entries() {
      for (let i = 0, at = 0; i < count; i++) {
        const { entry, next } = entryAt(list, at);
        yield entry;
        at = next;
      }
    },
    chunks: (entry) => chunks(file, entry as Entry),
  };
};

/** Where the list of files is, which is said at the end of the archive. */
async function findList(file: DataFile) {
  const tail = await read(file, Math.max(0, file.size - END_BYTES - MOST_COMMENT));
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END_MAGIC) continue;
    const [count, bytes, offset] = [tail.readUInt16LE(at + 10), tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    if (offset + bytes <= file.size) return { count, offset, bytes };
  }
  throw new Error('the list of its files is missing');
}

function entryAt(list: Buffer, at: number): { entry: Entry; next: number } {
  if (at + ENTRY_BYTES > list.length || list.readUInt32LE(at) !== ENTRY_MAGIC) {
    throw new Error('the list of its files is damaged');
  }
  const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) => list.readUInt16LE(at + place));
  const entry = {
    fileName: list.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes),
    encrypted: (list.readUInt16LE(at + 8) & 1) !== 0,
    method: list.readUInt16LE(at + 10),
    crc32: list.readUInt32LE(at + 16),
    compressedSize: list.readUInt32LE(at + 20),
    uncompressedSize: list.readUInt32LE(at + 24),
    relativeOffsetOfLocalHeader: list.readUInt32LE(at + 42),
  };
  return { entry, next: at + ENTRY_BYTES + nameBytes + extraBytes + commentBytes };
}

async function* chunks(file: DataFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const { method, encrypted, compressedSize, uncompressedSize, relativeOffsetOfLocalHeader: start } = entry;
  if (encrypted) throw new Error('the file is encrypted');
  if (!METHODS.includes(method)) throw new Error(`the file is compressed by method ${method}`);
  const local = await read(file, start, LOCAL_BYTES);
  if (local.readUInt32LE(0) !== LOCAL_MAGIC) throw new Error('the header of the file is damaged');
  const from = start + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
  const packed = fileChunks(file, { from, to: Math.min(from + compressedSize, file.size) });
  const plain = method === 0 ? packed : chunksOf(streamOf(packed).pipeThrough(new DecompressionStream('deflate-raw')));
  let length = 0;
  for await (const chunk of plain) {
    length += chunk.length;
    if (length > uncompressedSize) break;
    yield chunk;
  }
  if (length !== uncompressedSize) throw new Error(`the file has ${length} bytes and not ${uncompressedSize}`);
}

/** The bytes of a file from `from` on: all, or as many as are asked for. */
async function read(file: DataFile, from: number, count = file.size - from): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of fileChunks(file, { from, to: Math.min(from + count, file.size) })) parts.push(part);
  const bytes = Buffer.concat(parts);
  if (bytes.length < count) throw new Error('its end is missing');
  return bytes;
}
