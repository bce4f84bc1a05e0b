import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { encodeSafetensors } from '../../../src/data/safetensors/encode.js';
import { readSafetensors } from '../../../src/model/formats/safetensors.js';
import type { Tensor } from '../../../src/model/formats/tensor.js';
import { withModelFile } from '../../../src/model/model-file.js';
import { replaceFile } from '../../../src/platform/replace-file.js';
import { expectRefused, modelBytes, safetensorsBytes, smallParams } from '../../support/model-files.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();
const read = (file: string, wanted: readonly string[]) =>
  withModelFile(file, (source) => readSafetensors(source, () => wanted));
const load = (file: string) => read(file, ['a', 'b', '__proto__']);
const write = async (file: string, ...content: Parameters<typeof encodeSafetensors>) =>
  replaceFile(file, encodeSafetensors(...content));
const refused = (bytes: Uint8Array, message: string | RegExp) =>
  expectRefused(load, inFolder('a.safetensors'), bytes, message);

describe('encodeSafetensors and readSafetensors', () => {
  const tensors = new Map<string, Tensor>([
    ['b', { data: Float32Array.from([1.5, -0, 3]), shape: [3, 1] }],
    ['a', { data: Float64Array.from([1 / 3]), shape: [] }],
    ['empty', { data: new Float32Array(0), shape: [0, 7] }],
    ['__proto__', { data: Float32Array.from([9]), shape: [1] }],
  ]);

  it('preserve names, shapes, bits and metadata', async () => {
    const metadata = new Map([
      ['key', 'värde'],
      ['__proto__', 'text'],
    ]);
    await write(inFolder('a'), tensors, metadata);
    const content = await read(inFolder('a'), [...tensors.keys()]);
    expect(new Map(content.tensors)).toEqual(tensors);
    expect(new Map(content.metadata)).toEqual(metadata);
    expect(content.names).toEqual(expect.arrayContaining([...tensors.keys()]));
  });

  it('give each array its own buffer', async () => {
    await write(inFolder('a'), tensors, new Map());
    const content = await read(inFolder('a'), [...tensors.keys()]);
    for (const { data } of content.tensors.values()) expect(data.buffer.byteLength).toBe(data.byteLength);
  });

  it('lay the file out as the format says: length, header padded to 8, F64 before F32', async () => {
    await write(inFolder('a'), tensors, new Map([['k', 'v']]));
    const bytes = readFileSync(inFolder('a'));
    const headerBytes = Number(bytes.readBigUInt64LE());
    expect(headerBytes % 8).toBe(0);
    const header = bytes.subarray(8, 8 + headerBytes).toString();
    expect(header).toMatch(/^\{"__metadata__":\{"k":"v"\}.*\} *$/);
    expect(JSON.parse(header)).toMatchObject({
      a: { dtype: 'F64', shape: [], data_offsets: [0, 8] },
      b: { dtype: 'F32', shape: [3, 1], data_offsets: [12, 24] },
    });
    expect(bytes.readDoubleLE(8 + headerBytes)).toBe(1 / 3);
    expect(bytes.readFloatLE(8 + headerBytes + 12)).toBe(1.5);
    expect(bytes.length).toBe(8 + headerBytes + 24);
  });

  it('refuse to write a shape that does not fit, or a header that could not be read', async () => {
    const wrong = new Map([['a', { data: new Float32Array(2), shape: [3] }]]);
    await expect(write(inFolder('a'), wrong, new Map())).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    const long = new Map([['k', 'x'.repeat(10_000_000)]]);
    await expect(write(inFolder('a'), new Map(), long)).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  });
});

describe('readSafetensors accepts', () => {
  it('a file without tensors', async () => {
    writeFileSync(inFolder('a'), safetensorsBytes('{}'));
    expect((await load(inFolder('a'))).names).toEqual([]);
  });

  it('a header in any order, unpadded, with unaligned F64 data', async () => {
    const data = Buffer.alloc(12);
    data.writeFloatLE(2.5, 0);
    data.writeDoubleLE(1 / 3, 4);
    const header = {
      b: { dtype: 'F64', shape: [1], data_offsets: [4, 12], extra: 'ignored' },
      a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    };
    writeFileSync(inFolder('a'), safetensorsBytes(`${JSON.stringify(header)}   `, data));
    const { tensors } = await load(inFolder('a'));
    expect(tensors.get('a')?.data).toEqual(Float32Array.from([2.5]));
    expect(tensors.get('b')?.data).toEqual(Float64Array.from([1 / 3]));
  });

  it('tensors of other dtypes that are not wanted', async () => {
    const header = {
      a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      counts: { dtype: 'I64', shape: [2], data_offsets: [4, 20] },
      tiny: { dtype: 'F4', shape: [2], data_offsets: [20, 21] },
    };
    writeFileSync(inFolder('a'), safetensorsBytes(header, new Uint8Array(21)));
    const content = await load(inFolder('a'));
    expect([...content.tensors.keys()]).toEqual(['a']);
    expect(content.names).toEqual(['a', 'counts', 'tiny']);
  });

  it('"__proto__" as a name, and changes no prototype', async () => {
    const header = '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{"__proto__":"x"}}';
    writeFileSync(inFolder('a'), safetensorsBytes(header, new Uint8Array(4)));
    const content = await load(inFolder('a'));
    expect(content.tensors.get('__proto__')?.data).toEqual(new Float32Array(1));
    expect(content.metadata.get('__proto__')).toBe('x');
    expect(({} as { dtype?: string }).dtype).toBeUndefined();
  });
});

describe('readSafetensors refuses', () => {
  const one = (entry: Record<string, unknown>, bytes = 4) =>
    safetensorsBytes({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...entry } }, new Uint8Array(bytes));

  it('a missing file, a folder, a pipe and a device', async () => {
    const code = 'ERR_MODEL_FILE';
    await expect(load(inFolder('none'))).rejects.toMatchObject({
      code,
      message: expect.stringContaining('no such file'),
    });
    writeFileSync(inFolder('file'), '');
    await expect(load(inFolder('file/a'))).rejects.toMatchObject({ code });
    mkdirSync(inFolder('folder'));
    await expect(load(inFolder('folder'))).rejects.toMatchObject({ code });
    await expect(load(inFolder('n'.repeat(300)))).rejects.toMatchObject({ code });
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [inFolder('pipe')]);
    await expect(load(inFolder('pipe'))).rejects.toMatchObject({ code, message: expect.stringContaining('a pipe') });
    await expect(load('/dev/zero')).rejects.toMatchObject({ code });
    symlinkSync('circle', inFolder('circle'));
    await expect(load(inFolder('circle'))).rejects.toMatchObject({ code });
  });

  it('something that is not a path, as a TypeError', async () => {
    await expect(load(7 as unknown as string)).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
  });

  it('files that are not safetensors files', async () => {
    await refused(Buffer.from(''), 'found 0 bytes');
    await refused(Buffer.from('PK'), 'found 2 bytes');
    await refused(Buffer.from('\x89PNG\r\n\x1a\n and so on'), 'not a safetensors file');
    await refused(Buffer.alloc(64), 'found invalid JSON');
    await refused(safetensorsBytes('W1 = 1'), 'found invalid JSON');
  });

  it('headers that are not a JSON object in UTF-8 from the first byte on', async () => {
    await refused(safetensorsBytes('[]'), 'begins with "{", found other JSON');
    await refused(safetensorsBytes('null'), 'found other JSON');
    await refused(safetensorsBytes(' {}'), 'found other JSON');
    await refused(safetensorsBytes('\ufeff{}'), 'found invalid JSON');
    const bytes = safetensorsBytes('{"é":1}');
    bytes[bytes.indexOf(0xc3)] = 0xff;
    await refused(bytes, 'UTF-8');
  });

  it('a header longer than the file or the limit, before allocating memory for it', async () => {
    const bytes = modelBytes(smallParams);
    for (const length of [BigInt(bytes.length - 7), 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
      bytes.writeBigUInt64LE(length);
      await refused(bytes, `found a length of ${length}`);
    }
    bytes.writeBigUInt64LE(20_000_000n);
    writeFileSync(inFolder('big'), bytes);
    truncateSync(inFolder('big'), 40_000_000);
    await expect(load(inFolder('big'))).rejects.toMatchObject({
      message: expect.stringContaining("this reader's limit"),
    });
  });

  it('invalid entries', async () => {
    await refused(safetensorsBytes({ a: 7 }), 'an object with dtype, shape and data_offsets for tensor "a", found 7');
    await refused(safetensorsBytes({ a: null }), 'found null');
    await refused(one({ dtype: 'F31' }), 'a dtype of the safetensors format for tensor "a", found "F31"');
    await refused(one({ dtype: undefined }), 'found undefined');
    await refused(one({ dtype: '__proto__' }), 'found "__proto__"');
    await refused(
      one({ dtype: 'U8', data_offsets: [0, 1] }, 1),
      'expected F32, F64, F16 or BF16 for tensor "a", found U8',
    );
    for (const shape of [3, [-1], [1.5], ['1'], [2 ** 53], [null], [[1]]]) {
      await refused(one({ shape }), 'a shape of non-negative integers');
    }
    for (const offsets of [undefined, [0], [0, 4, 8], [-4, 0], [0, 3.5], ['0', '4'], 4]) {
      await refused(one({ data_offsets: offsets }), 'two non-negative integers as data_offsets');
    }
    await refused(one({ dtype: 'F4', shape: [3], data_offsets: [0, 1] }, 1), 'bytes apart');
  });

  it('an object that would break the error message', async () => {
    const hostile = { constructor: { name: { toString: 1, valueOf: 1 } } };
    await refused(one({ dtype: hostile }), 'found an object');
    await refused(safetensorsBytes({ __metadata__: { k: hostile } }), 'found an object');
    await refused(one({ shape: [hostile] }), 'found an array of 1');
  });

  it('shapes whose product overflows, and those larger than their offsets', async () => {
    await refused(one({ shape: [2 ** 31, 2 ** 31, 2 ** 31] }), 'at most 2^53 bits');
    await refused(one({ shape: [2 ** 32, 2 ** 32] }), 'at most 2^53 bits');
    await refused(one({ shape: new Array(2000).fill(2) }), 'at most 2^53 bits');
    await refused(one({ shape: [2 ** 31, 2 ** 31, 0] }), '0 bytes apart');
    await refused(one({ shape: [2] }), '8 bytes apart, as F32 of shape (2) needs, for tensor "a", found "0 to 4"');
    await refused(one({ data_offsets: [4, 0] }), '4 bytes apart');
  });

  it('offsets outside the file, holes, overlaps and leftover data', async () => {
    const two = (a: number[], b: number[], bytes: number) =>
      safetensorsBytes(
        { a: { dtype: 'F32', shape: [1], data_offsets: a }, b: { dtype: 'F32', shape: [1], data_offsets: b } },
        new Uint8Array(bytes),
      );
    await refused(two([0, 4], [8, 12], 12), 'begin at byte 4, where those before it end, found a hole: it begins at 8');
    await refused(two([4, 8], [8, 12], 12), 'a hole');
    await refused(two([0, 4], [0, 4], 4), 'an overlap');
    await refused(two([0, 4], [2, 6], 6), 'an overlap');
    await refused(
      two([0, 4], [4, 8], 7),
      'expected 8 bytes of data, as its header says, found 7; the file is truncated',
    );
    await refused(two([0, 4], [4, 8], 9), 'expected 8 bytes of data, as its header says, found 9');
    await refused(one({ data_offsets: [2 ** 52, 2 ** 52 + 4] }), 'a hole');
  });

  it('metadata that is not a map of strings', async () => {
    await refused(safetensorsBytes({ __metadata__: 'x' }), 'an object of strings');
    await refused(safetensorsBytes({ __metadata__: [] }), 'an object of strings');
    await refused(safetensorsBytes({ __metadata__: { k: 1 } }), 'a string for "k" of __metadata__, found 1');
  });

  it('more numbers than fit into memory', async () => {
    const count = 2 ** 40;
    const bytes = one({ shape: [count], data_offsets: [0, 4 * count] });
    writeFileSync(inFolder('sparse'), bytes);
    try {
      truncateSync(inFolder('sparse'), bytes.length - 4 + 4 * count);
    } catch {
      return; // This file system has no files of 4 TB, not even sparse ones.
    }
    await expect(load(inFolder('sparse'))).rejects.toMatchObject({ code: 'ERR_MODEL_FILE', message: /memory/ });
  });

  it('a file that shrinks after its size was read', async () => {
    const file = inFolder('shrinking');
    const bytes = modelBytes({ a: { shape: [2], values: [1, 2] } });
    const handle = await open(process.execPath);
    const prototype: FileHandle = Object.getPrototypeOf(handle);
    await handle.close();
    const { stat } = prototype;
    for (const left of [0, 7, 8, 20, bytes.length - 8, bytes.length - 1]) {
      writeFileSync(file, bytes);
      const spy = vi.spyOn(prototype, 'stat').mockImplementation(async function (this: FileHandle) {
        const info = await stat.call(this);
        truncateSync(file, left);
        return info;
      });
      await expect(load(file)).rejects.toMatchObject({
        code: 'ERR_MODEL_FILE',
        message: expect.stringContaining(`expected ${bytes.length} bytes, as when it was opened, found`),
      });
      spy.mockRestore();
    }
  });
});
