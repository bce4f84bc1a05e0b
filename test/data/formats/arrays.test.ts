import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { idx, npy, npz } from '../../support/array-files.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();
const write = (name: string, bytes: Uint8Array) => writeFileSync(inFolder(name), bytes);

const X = npy('<f4', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
const y = npy('<i8', [2], BigInt64Array.of(1n, 0n));
const failure = (message: RegExp, path = inFolder()) =>
  expect(loadDataset(path)).rejects.toMatchObject({
    code: 'ERR_DATA_FILE',
    message: expect.stringMatching(message),
  });

describe('.npy files in a folder', () => {
  it('are paired by their names, from the folder or one of them', async () => {
    for (const name of ['X_train', 'x_test', 'X_val']) write(`${name}.npy`, X);
    for (const name of ['y_train', 'y_test', 'y_val']) write(`${name}.npy`, y);
    write('ids.npy', y);
    for (const path of [inFolder(), inFolder('X_train.npy')]) {
      const data = await loadDataset(path);
      expect(data.train.X.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
      expect([data.train, data.validation, data.test].map((part) => part?.y)).toEqual(
        Array(3).fill(Int32Array.of(1, 0)),
      );
      expect(data).toMatchObject({ numClasses: 2, inputSize: 3, imageShape: undefined });
    }
  });

  it('may be of any numbers, in both orders', async () => {
    write('y.npy', npy('|u1', [2, 1], Uint8Array.of(3, 0)));
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);
    write('X.npy', npy('|u1', [2, 3], bytes, true));
    const { train, numClasses } = await loadDataset(inFolder());
    expect(train.X.data).toEqual(Uint8Array.of(1, 3, 5, 2, 4, 6));
    expect([train.y, numClasses]).toEqual([Uint8Array.of(3, 0), 4]);
    write('X.npy', npy('>u2', [2, 3], Buffer.from([0, 1, 0, 2, 0, 3, 1, 0, 2, 0, 3, 0])));
    expect((await loadDataset(inFolder())).train.X.data).toEqual(Float32Array.of(1, 2, 3, 256, 512, 768));
    write('X.npy', npy('<f2', [2, 3], Uint16Array.of(0x3c00, 0xc000, 1, 0x7bff, 0x8000, 0x3555)));
    expect((await loadDataset(inFolder())).train.X.data).toEqual(
      Float32Array.of(1, -2, 2 ** -24, 65504, -0, 0.333251953125),
    );
    write('X.npy', npy('<i8', [2, 2], BigInt64Array.of(-1n, 2n ** 53n - 1n, -(2n ** 53n), 5n)));
    expect((await loadDataset(inFolder())).train.X.data).toEqual(Float64Array.of(-1, 2 ** 53 - 1, -(2 ** 53), 5));
  });

  it('may be pictures, and have labels of text', async () => {
    const text = Buffer.concat(['cat\0', 'ant\0', 'cat\0'].map((name) => Buffer.from(name, 'latin1')));
    write('X.npy', npy('|u1', [3, 2, 2, 3], new Uint8Array(36)));
    write('y.npy', npy('|S4', [3], text));
    const data = await loadDataset(inFolder());
    expect(data).toMatchObject({ classNames: ['ant', 'cat'], imageShape: { height: 2, width: 2, channels: 3 } });
    expect(data.train.y).toEqual(Int32Array.of(1, 0, 1));
    write('X_test.npy', npy('|u1', [1, 2, 2, 3], new Uint8Array(12)));
    write('y_test.npy', npy('<U1', [1], Uint32Array.of(0x61)));
    await failure(/one of the classes "ant", "cat".*y_test.npy but received "a" at index 0/);
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'NaN',
      npy('<f4', [2, 1], Float32Array.of(1, Number.NaN)),
      /finite number at byte 132 of .*X.npy but found NaN in row 1, column 0/,
    ],
    ['large integers', npy('<u8', [2, 1], BigUint64Array.of(1n, 2n ** 53n)), /byte 136 .* integer beyond 2⁵³/],
    ['complex numbers', npy('<c8', [2, 1], new Uint8Array(16)), /types b1.* at byte 10 of .* found '<c8'/],
    ['objects', npy('|O', [2, 1], new Uint8Array(16)), /found Python objects: .*astype\(str\)/],
    ['one size', npy('<f4', [2], Float32Array.of(1, 2)), /shape \(N, D\), in .*X.npy but found \(2,\)/],
    ['other labels', npy('<f4', [1, 1], Float32Array.of(1)), /1 labels, one per row of .* but found \(2,\)/],
    ['more bytes', Buffer.concat([X, Buffer.alloc(1)]), /24 bytes, as the shape \(2, 3\) needs, at byte 128 .* 25/],
    ['other bytes', Buffer.from('not from NumPy'), /saved by NumPy at byte 0/],
  ])('are refused with the byte: %s', async (_, bytes, message) => {
    write('X.npy', bytes);
    write('y.npy', y);
    await failure(message);
  });

  it('are refused when labels are not class indices, or are missing', async () => {
    write('X.npy', X);
    await failure(/labels of the train part in .*, beside X, but found none/);
    write('y.npy', npy('<i4', [2], Int32Array.of(0, -1)));
    await failure(/class indices from 0 to 65535 in .*y.npy but found -1 at byte 132/);
    write('y.npy', npy('<f4', [2, 2], Float32Array.of(0, 1, 1, 0)));
    await failure(/one-hot/);
  });

  it('may be links, but not pipes, devices or folders', async () => {
    write('rows.npy', X);
    symlinkSync('rows.npy', inFolder('X.npy'));
    write('y.npy', y);
    expect((await loadDataset(inFolder())).train.X.rows).toBe(2);
    mkdirSync(inFolder('a'));
    mkdirSync(inFolder('a/X.npy'));
    write('a/y.npy', y);
    await failure(/Expected a file at .*X.npy but found a folder/, inFolder('a'));
    mkdirSync(inFolder('b'));
    symlinkSync('/dev/zero', inFolder('b/X.npy'));
    write('b/y.npy', y);
    await failure(/found a device or a pipe/, inFolder('b'));
    if (process.platform === 'win32') return;
    mkdirSync(inFolder('c'));
    execFileSync('mkfifo', [inFolder('c/X.npy')]);
    write('c/y.npy', y);
    await failure(/found a device or a pipe/, inFolder('c'));
    await failure(/is a device or a pipe/, inFolder('c/X.npy'));
  });
});

describe('.npz files', () => {
  it.each([0, 6] as const)('are read, with compression level %i', async (level) => {
    write('a.npz', npz({ x_train: X, y_train: y, x_test: X, y_test: y }, level));
    const { train, test, name } = await loadDataset(inFolder('a.npz'));
    expect(train.X.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(test?.y).toEqual(Int32Array.of(1, 0));
    expect(name).toBe('a');
  });

  it('stop at what inflates to more than they say, and at a wrong checksum', async () => {
    const bytes = Buffer.from(npz({ X: npy('|u1', [2, 50_000], new Uint8Array(100_000)), y }, 6));
    const size = bytes.indexOf(Buffer.from('PK\x01\x02')) + 24;
    bytes.writeUInt32LE(0x7fffffff, size);
    write('a.npz', bytes);
    await failure(/X.npy, which says that its \d+ bytes inflate to 2147483647/, inFolder('a.npz'));
    bytes.writeUInt32LE(100_000, size);
    write('a.npz', bytes);
    await failure(/100000 bytes, as the shape .* needs, at byte 128 of X.npy in .* but found 99872/, inFolder('a.npz'));
    const damaged = Buffer.from(npz({ X, y }));
    damaged[damaged.indexOf(X) + 130] ^= 1;
    write('a.npz', damaged);
    await failure(/another checksum of X.npy/, inFolder('a.npz'));
  });
});

const pictures = idx(
  [2, 2, 3],
  Uint8Array.from({ length: 12 }, (_, i) => i),
);
const digits = idx([2], Uint8Array.of(7, 1));

describe('IDX files', () => {
  it('are read from their folder, compressed or not', async () => {
    write('train-images-idx3-ubyte.gz', gzipSync(pictures));
    write('train-labels-idx1-ubyte.gz', gzipSync(digits));
    write('t10k-images.idx3-ubyte', pictures);
    write('t10k-labels.idx1-ubyte', digits);
    const { train, test, imageShape, numClasses } = await loadDataset(inFolder());
    expect([...train.X.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect([train.y, test?.y]).toEqual([Uint8Array.of(7, 1), Uint8Array.of(7, 1)]);
    expect([numClasses, imageShape]).toEqual([8, { height: 2, width: 3, channels: 1 }]);
    for (const name of ['train-images-idx3-ubyte.gz', 't10k-labels.idx1-ubyte']) {
      const pair = await loadDataset(inFolder(name));
      expect([pair.train.X.rows, pair.test]).toEqual([2, undefined]);
    }
  });

  it('are refused when more bytes follow, or sizes are more than the bytes can hold', async () => {
    write('train-labels-idx1-ubyte', digits);
    write('train-images-idx3-ubyte', Buffer.concat([pictures, Buffer.alloc(5)]));
    await failure(/the end of the data at byte 28 of .*images-idx3-ubyte but found more bytes/);
    write('train-images-idx3-ubyte', idx([2, 30_000, 30_000], new Uint8Array(12)));
    await failure(/numbers of shape \(2, 30000, 30000\) at byte 16 .* but found at most 12 bytes/);
    write('train-images-idx3-ubyte', gzipSync(pictures).subarray(0, 30));
    await failure(/compressed by gzip .* found damage after/);
  });
});
