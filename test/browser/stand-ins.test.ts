/** What stands in for Node's modules in a page does what they do. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { crc32, deflateRawSync, gzipSync, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import * as files from '../../src/browser/files.js';
import { inflatedChunks, inflatedHead } from '../../src/browser/instead/data/files/inflate.js';
import { openZip } from '../../src/browser/instead/data/files/open-zip.js';
import { zipChunks } from '../../src/browser/instead/data/files/write-zip.js';
import { Buffer as PageBuffer } from '../../src/browser/node/buffer.js';
import { createHash as pageHash, randomFillSync } from '../../src/browser/node/crypto.js';
import * as fs from '../../src/browser/node/fs_promises.js';
import { basename, dirname, extname, join } from '../../src/browser/node/path.js';
import { deflateSync, crc32 as pageCrc } from '../../src/browser/node/zlib.js';
import type { DataFile } from '../../src/data/files/data-file.js';
import { listZip } from '../../src/data/files/zip.js';

/** Bytes without a pattern that anything could lean on. */
const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 3) * 89) & 255);

/** A file of these bytes, as a page opens one. */
async function fileOf(content: Uint8Array, name = 'file'): Promise<DataFile> {
  const { path } = files.lend(name, new Blob([content as Uint8Array<ArrayBuffer>]));
  return { path, handle: (await fs.open(path)) as unknown as DataFile['handle'], size: content.length };
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of chunks) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

test('SHA-256 is that of Node for every length around a block, in one piece and in several', () => {
  for (let length = 0; length < 200; length++) {
    const data = bytes(length);
    const expected = createHash('sha256').update(data).digest('hex');
    expect(pageHash('sha256').update(data).digest('hex')).toBe(expected);
    const cut = length >> 1;
    const pieces = pageHash('sha256').update(data.subarray(0, cut)).update(data.subarray(cut));
    expect(pieces.digest('hex')).toBe(expected);
  }
  expect(pageHash('sha256').update('Zürich').digest('base64')).toBe(
    createHash('sha256').update('Zürich').digest('base64'),
  );
});

test('random numbers fill an array that is longer than the browser fills at once', () => {
  const numbers = randomFillSync(new Uint32Array(20_000));
  expect(new Set(numbers.subarray(-1000)).size).toBeGreaterThan(990);
});

test('bytes read, write and turn numbers and texts as Node does', () => {
  const text = 'naïve ✓ 😀';
  expect([...PageBuffer.from(text)]).toEqual([...Buffer.from(text)]);
  expect(PageBuffer.byteLength(text)).toBe(Buffer.byteLength(text));
  const encodings = ['utf8', 'latin1', 'hex', 'base64'] as const;
  for (const encoding of encodings) {
    const data = encoding === 'utf8' ? Buffer.from(text) : bytes(50);
    expect(PageBuffer.from(data).toString(encoding)).toBe(Buffer.from(data).toString(encoding));
  }
  expect([...PageBuffer.from('k4Tb', 'base64')]).toEqual([...Buffer.from('k4Tb', 'base64')]);
  const [ours, nodes] = [PageBuffer.from(bytes(24)), Buffer.from(bytes(24))];
  for (const name of ['readUInt16LE', 'readUInt32LE', 'readUInt32BE', 'readInt32LE', 'readFloatLE'] as const) {
    expect(ours[name](5), name).toBe(nodes[name](5));
  }
  expect(ours.readDoubleLE(8)).toBe(nodes.readDoubleLE(8));
  expect(ours.readBigUInt64LE(8)).toBe(nodes.readBigUInt64LE(8));
  expect(ours.readUIntLE(3, 6)).toBe(nodes.readUIntLE(3, 6));
  for (const buffer of [ours, nodes]) {
    buffer.writeUInt16LE(0xabcd, 1);
    buffer.writeUInt32LE(0x89abcdef, 3);
    buffer.writeUInt32BE(0x89abcdef, 7);
    buffer.writeFloatLE(1.1, 11);
    buffer.writeDoubleLE(Math.PI, 16);
    buffer.swap16().swap32().swap64();
  }
  expect([...ours]).toEqual([...nodes]);
  expect(ours.subarray(2, 4)).toBeInstanceOf(PageBuffer);
  expect(PageBuffer.isBuffer(ours.subarray(1))).toBe(true);
  expect(PageBuffer.isBuffer(bytes(1))).toBe(false);
});

test('paths are taken apart and joined as Node does', () => {
  const ours = { basename, dirname, extname };
  for (const one of ['a/b.csv', '/a/b/', 'b', '.x', 'a.b/c', '/', 'a/..', 'x.tar.gz']) {
    for (const name of ['basename', 'dirname', 'extname'] as const) {
      expect(ours[name](one), `${name} of ${one}`).toBe(posix[name](one));
    }
    expect(join('p', one, '../q')).toBe(posix.join('p', one, '../q'));
  }
});

test('checksums and deflated bytes are those that others read', () => {
  const data = bytes(5000);
  expect(pageCrc(data)).toBe(crc32(data));
  expect(pageCrc(data.subarray(9), pageCrc(data.subarray(0, 9)))).toBe(crc32(data));
  expect(new Uint8Array(inflateSync(deflateSync(data, { level: 9 })))).toEqual(data);
  // Large ones are packed.
  const zeros = new Uint8Array(2 ** 21);
  const packed = deflateSync(zeros);
  expect(packed.length).toBeLessThan(2 ** 16);
  expect(inflateSync(packed).equals(zeros)).toBe(true);
});

test('gzip is inflated, a head without its end too, and damage is named with its place', async () => {
  const data = bytes(300_000);
  const packed = gzipSync(data);
  expect(await all(inflatedChunks(await fileOf(packed)))).toEqual(data);
  const head = await inflatedHead(packed.subarray(0, 2000));
  expect(head).toEqual(data.subarray(0, head.length));
  const damaged = Uint8Array.from(packed);
  damaged.fill(0, 20, 40);
  await expect(all(inflatedChunks(await fileOf(damaged, 'x.csv.gz')))).rejects.toMatchObject({
    code: 'ERR_DATA_FILE',
    message: expect.stringMatching(/^Expected data compressed by gzip in x.csv.gz but found damage after \d+ inflated/),
  });
});

/** An archive with one deflated file, as the format asks for. */
function deflatedZip(name: string, data: Uint8Array): Uint8Array {
  const packed = deflateRawSync(data);
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(data.length, 18);
  fields.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), fields, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, entry, Buffer.from('PK\x05\x06'), end]);
}

test('archives are read, stored and deflated, and Node reads those that a page writes', async () => {
  const data = bytes(100_000);
  const inside = [
    { name: 'ä.npy', size: data.length, chunks: () => [data.subarray(0, 10), data.subarray(10)] },
    { name: 'b.npy', size: 3, chunks: () => [bytes(3)] },
  ];
  const archive = await fileOf(await all(zipChunks(inside)));
  const found = await listZip(archive);
  expect(found.map(({ name }) => name)).toEqual(['ä.npy', 'b.npy']);
  expect(await all((found[0] as (typeof found)[0]).chunks())).toEqual(data);
  const ours = await openZip(archive);
  const read: Uint8Array[] = [];
  for await (const entry of ours.entries()) read.push(await all(ours.chunks(entry)));
  expect(read).toEqual([data, bytes(3)]);

  const deflated = await openZip(await fileOf(deflatedZip('c.npy', data)));
  expect(deflated.entryCount).toBe(1);
  for await (const entry of deflated.entries()) expect(await all(deflated.chunks(entry))).toEqual(data);
  await expect(openZip(await fileOf(bytes(200)))).rejects.toThrow('the list of its files is missing');
});

test('files that were lent are found by their names, until they are taken back', async () => {
  const one = files.lend('a.csv', new Blob(['1']));
  const other = files.lend('a.csv', new Blob(['22']));
  expect([one.path, other.path]).toEqual(['a.csv', 'a (2).csv']);
  expect((await fs.stat(other.path)).size).toBe(2);
  const folder = files.lendFolder('pictures', [['cat/0.png', new Blob([])]]);
  expect(await fs.readdir('pictures')).toEqual(['cat']);
  expect((await fs.stat('pictures/cat')).isDirectory()).toBe(true);
  for (const { release } of [one, other, folder]) release();
  await expect(fs.open('a.csv')).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open' });
  await expect(fs.readdir('pictures')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(fs.mkdir()).rejects.toMatchObject({ code: 'ENOSYS' });
});
