import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ByteReader } from '../../../src/data/files/byte-reader.js';
import { findCifar10, loadCifar10 } from '../../../src/data/formats/cifar10.js';
import { allocatePictures, packRecords, unpackRecords } from '../../../src/data/formats/cifar10-layout.js';
import { readCifarRecords, readRecords } from '../../../src/data/formats/cifar10-records.js';

const RECORD = 3073;
const FILE_SIZE = 30_730_000;
const TRAINING = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`);
const SIX = [...TRAINING, 'test_batch.bin'];

let root: string;
/** A complete data set: zeros (sparse files, which use no disk space) except for the records that tests look at. */
let whole: string;

/** A record in the documented layout: plane by plane, with a value for each row, column and channel. */
function record(label: number, value: (row: number, column: number, channel: number) => number): Uint8Array {
  const bytes = [label];
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < 32; row++) {
      for (let column = 0; column < 32; column++) bytes.push(value(row, column, channel));
    }
  }
  return Uint8Array.from(bytes);
}

const marked = (row: number, column: number, channel: number) => (row * 7 + column * 3 + channel * 101) % 256;

/** A folder with the files of the complete data set except those named. */
function partial(name: string, without: readonly string[]): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const file of SIX) if (!without.includes(file)) linkSync(join(whole, file), join(folder, file));
  return folder;
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'cifar10-'));
  whole = join(root, 'whole');
  mkdirSync(whole);
  const put: [file: string, index: number, bytes: Uint8Array][] = [
    ['data_batch_1.bin', 0, record(6, marked)],
    ['data_batch_2.bin', 3, record(7, marked)],
    // The last of the 49 000 training records, and the first validation record.
    ['data_batch_5.bin', 8999, record(8, () => 49)],
    ['data_batch_5.bin', 9000, record(9, () => 200)],
    ['test_batch.bin', 999, record(4, marked)],
    ['test_batch.bin', 1000, record(5, marked)],
  ];
  for (const file of SIX) {
    const handle = openSync(join(whole, file), 'w');
    ftruncateSync(handle, FILE_SIZE);
    for (const [name, index, bytes] of put) if (name === file) writeSync(handle, bytes, 0, RECORD, index * RECORD);
    closeSync(handle);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('unpackRecords', () => {
  it('converts planes to height, width, channel order, beginning at any picture', () => {
    const records = Buffer.concat([record(1, () => 5), record(2, marked)]);
    const pictures = allocatePictures(4);
    unpackRecords(records, 2, pictures, 1);
    expect([...pictures.labels]).toEqual([0, 1, 2, 0]);
    expect([...new Set(pictures.pixels.subarray(0, 3072))]).toEqual([0]);
    expect([...new Set(pictures.pixels.subarray(3072, 6144))]).toEqual([5]);
    for (const [row, column, channel] of [
      [0, 0, 0],
      [0, 0, 2],
      [0, 5, 1],
      [17, 30, 2],
      [31, 31, 2],
    ]) {
      const at = 2 * 3072 + (row * 32 + column) * 3 + channel;
      expect(pictures.pixels[at], `${row} ${column} ${channel}`).toBe(marked(row, column, channel));
    }
    expect([...new Set(pictures.pixels.subarray(3 * 3072))]).toEqual([0]);
  });

  it('is reversed by packRecords', () => {
    const records = Buffer.concat([record(9, marked), record(3, (row, column) => row ^ column)]);
    const pictures = allocatePictures(2);
    unpackRecords(records, 2, pictures, 0);
    const again = new Uint8Array(2 * RECORD);
    packRecords(pictures, again);
    expect(Buffer.compare(again, records)).toBe(0);
  });
});

describe('loadCifar10', () => {
  it('splits as CS231n does, in shared memory, with the mean of the first 49 000', async () => {
    const { train, validation, test, mean, classNames, imageShape, source, name } = await loadCifar10(whole);
    expect([train.X.rows, validation.X.rows, test.X.rows]).toEqual([49_000, 1000, 1000]);
    expect([train.y.length, validation.y.length, test.y.length]).toEqual([49_000, 1000, 1000]);
    expect([train.y[0], train.y[10_003], train.y[48_999], validation.y[0], test.y[999]]).toEqual([6, 7, 8, 9, 4]);
    const pixel = (10_003 * 32 * 32 + 4 * 32 + 9) * 3;
    expect([...train.X.data.subarray(pixel, pixel + 3)]).toEqual([0, 1, 2].map((channel) => marked(4, 9, channel)));
    expect(validation.X.data[0]).toBe(200);
    expect(train.X.data.buffer).toBe(validation.X.data.buffer);
    expect(train.X.data.buffer.byteLength).toBe(50_000 * 3072);
    expect(test.X.data.buffer.byteLength).toBe(1000 * 3072);
    // Two marked records and one of 49 everywhere. The record of 200 is for validation.
    expect(mean[0]).toBe((0 + 0 + 49) / 49_000);
    expect(mean[3071]).toBe((2 * marked(31, 31, 2) + 49) / 49_000);
    expect([train.X.mean, validation.X.mean, test.X.mean]).toEqual([mean, mean, mean]);
    expect(classNames).toEqual('airplane automobile bird cat deer dog frog horse ship truck'.split(' '));
    expect(imageShape).toEqual({ height: 32, width: 32, channels: 3 });
    expect([name, source]).toEqual(['cifar-10', 'CIFAR-10']);
  });

  it('reads all test records with fullTest, and the folder in the archive', async () => {
    const parent = join(root, 'parent');
    mkdirSync(parent);
    const inner = partial(join('parent', 'cifar-10-batches-bin'), []);
    writeFileSync(join(inner, 'batches.meta.txt'), 'a\nb\nc\nd\ne\nf\ng\nh\r\ni\nj\n\n');
    const { test, classNames } = await loadCifar10(parent, { fullTest: true });
    expect(test.X.rows).toBe(10_000);
    expect(test.y[1000]).toBe(5);
    expect(classNames.join('')).toBe('abcdefghij');
  });

  const failure = (dir: string) => expect(loadCifar10(dir)).rejects;

  it('says that the folder is missing, and how to get the data', async () => {
    const error = {
      code: 'ERR_DATA_FILE',
      message: expect.stringMatching(/nowhere.*no such folder or archive.*data download cifar10/),
    };
    await failure(join(root, 'nowhere')).toMatchObject(error);
    await failure(join(whole, 'test_batch.bin')).toMatchObject({ code: 'ERR_DATA_FILE' });
  });

  it('says that the files are missing, and what it found instead', async () => {
    const empty = join(root, 'empty');
    mkdirSync(empty);
    const none =
      /six files data_batch_1\.bin.*test_batch\.bin in .*empty.*found none of them.*two-layer-net data synthetic/;
    await failure(empty).toMatchObject({ code: 'ERR_DATA_FILE', message: expect.stringMatching(none) });
  });

  it('lists the files that are missing', async () => {
    const folder = partial('five', ['data_batch_3.bin', 'test_batch.bin']);
    const missing = /but data_batch_3\.bin, test_batch\.bin are missing/;
    await failure(folder).toMatchObject({ code: 'ERR_DATA_FILE', message: expect.stringMatching(missing) });
  });

  it.each([FILE_SIZE - 1, FILE_SIZE + 1, 0])('refuses a file of %i bytes', async (size) => {
    const folder = partial(`size-${size}`, ['data_batch_4.bin']);
    writeFileSync(join(folder, 'data_batch_4.bin'), '');
    truncateSync(join(folder, 'data_batch_4.bin'), size);
    const message = expect.stringMatching(`30730000 bytes .* in .*data_batch_4.bin but found ${size} bytes`);
    await failure(folder).toMatchObject({ code: 'ERR_DATA_FILE', message });
  });

  it('refuses a folder in the place of a file', async () => {
    const folder = partial('folder', ['data_batch_1.bin']);
    mkdirSync(join(folder, 'data_batch_1.bin'));
    await failure(folder).toMatchObject({ code: 'ERR_DATA_FILE', message: expect.stringMatching(/data_batch_1/) });
  });

  it('names the record with a label above 9', async () => {
    const folder = partial('label', ['data_batch_1.bin']);
    const handle = openSync(join(folder, 'data_batch_1.bin'), 'w');
    ftruncateSync(handle, FILE_SIZE);
    writeSync(handle, Uint8Array.of(10), 0, 1, 5000 * RECORD);
    closeSync(handle);
    const message = expect.stringMatching(/data_batch_1\.bin but record 5000 has the label 10/);
    await failure(folder).toMatchObject({ code: 'ERR_DATA_FILE', message });
  });

  it('refuses a file that does not have ten class names', async () => {
    const folder = partial('names', []);
    writeFileSync(join(folder, 'batches.meta.txt'), 'cat\ndog\n');
    const message = expect.stringMatching(/10 class names.*batches\.meta\.txt but found 2/);
    await failure(folder).toMatchObject({ code: 'ERR_DATA_FILE', message });
  });

  it('refuses invalid arguments', async () => {
    // @ts-expect-error a number for a folder
    await failure(3).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_TYPE' });
    await failure('').toMatchObject({ code: 'ERR_INVALID_TYPE' });
    // @ts-expect-error an option that does not exist
    await expect(loadCifar10(whole, { fulltest: true })).rejects.toThrow(/did you mean fullTest/);
    // @ts-expect-error a number for a boolean
    await expect(loadCifar10(whole, { fullTest: 1 })).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
  });
});

describe('readRecords', () => {
  /** A reader that gets bytes in pieces. */
  const inPieces = (bytes: Uint8Array, most: number) => {
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += most) yield bytes.subarray(at, at + most);
    }
    return new ByteReader(chunks(), 'x.bin');
  };
  const six = Buffer.concat([1, 2, 3, 4, 5, 6].map((label) => record(label, marked)));

  it('continues after short reads', async () => {
    const pictures = allocatePictures(6);
    await readRecords(inPieces(six, 1000), pictures, 0, 6);
    expect([...pictures.labels]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(pictures.pixels[5 * 3072 + 2]).toBe(marked(0, 0, 2));
  });

  it('says where a file ended that was truncated while it was read', async () => {
    const reading = readRecords(inPieces(six.subarray(0, 10_000), 4000), allocatePictures(6), 0, 6);
    const message = expect.stringMatching(/18438 bytes of records at byte 0 of x\.bin but found 10000/);
    await expect(reading).rejects.toMatchObject({ code: 'ERR_DATA_FILE', message });
  });
});

describe('findCifar10', () => {
  it('finds the folder with the files, or none', async () => {
    expect(await findCifar10(whole)).toBe(whole);
    expect(await findCifar10(join(root, 'nowhere'))).toBeUndefined();
    expect(await findCifar10(root)).toBeUndefined();
  });

  it('prefers the folder with more of the files, and accepts one with only some', async () => {
    const one = partial('one', SIX.slice(1));
    expect(await findCifar10(one)).toBe(one);
    const inner = partial(join('one', 'cifar-10-batches-bin'), []);
    expect(await findCifar10(one)).toBe(inner);
  });

  it("prefers the archive's folder if as many files are beside it: those may be a stand-in", async () => {
    const both = partial('both', []);
    const inner = partial(join('both', 'cifar-10-batches-bin'), []);
    expect(await findCifar10(both)).toBe(inner);
  });
});

describe('readCifarRecords', () => {
  it('reads any number of records, without a mean', async () => {
    const file = join(root, 'three.bin');
    writeFileSync(file, Buffer.concat([record(0, () => 1), record(9, marked), record(4, () => 2)]));
    const { X, y } = await readCifarRecords(file);
    expect([X.rows, X.columns, X.mean]).toEqual([3, 3072, undefined]);
    expect([...y]).toEqual([0, 9, 4]);
    expect([...X.data.subarray(3072, 3075)]).toEqual([0, 101, 202]);
  });

  it.each([0, 3072, 3074])('refuses a file of %i bytes', async (size) => {
    const file = join(root, `loose-${size}.bin`);
    writeFileSync(file, new Uint8Array(size));
    const message = expect.stringMatching(`multiple of 3073 bytes .* in .*loose-${size}.bin but found ${size} bytes`);
    await expect(readCifarRecords(file)).rejects.toMatchObject({ code: 'ERR_DATA_FILE', message });
  });

  it('refuses a label above 9 and a missing file', async () => {
    const file = join(root, 'bad.bin');
    writeFileSync(file, Buffer.concat([record(9, () => 1), record(255, () => 1)]));
    await expect(readCifarRecords(file)).rejects.toThrow(/bad\.bin but record 1 has the label 255/);
    const missing = { code: 'ERR_DATA_FILE', message: expect.stringMatching(/Cannot read .*none\.bin/) };
    await expect(readCifarRecords(join(root, 'none.bin'))).rejects.toMatchObject(missing);
    // @ts-expect-error a number for a path
    await expect(readCifarRecords(7)).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
  });
});

const real = process.env.CIFAR10_DIR ?? '';

describe.skipIf(!real)('the real CIFAR-10 (where CIFAR10_DIR names its folder; it may not be distributed)', () => {
  it('has the mean and the labels that NumPy computes', async () => {
    const { train, validation, test, mean, classNames, name } = await loadCifar10(real);
    // numpy: X[:49000].mean(axis=0)[:6] of the records in height, width, channel order.
    expect([...mean.subarray(0, 6)]).toEqual([
      130.62714285714284, 135.895, 131.98091836734693, 130.05591836734695, 135.45142857142858, 131.3189387755102,
    ]);
    // The first labels: a frog, two trucks, a deer; of the test set: a cat, two ships, an airplane.
    expect([...train.y.subarray(0, 4)].map((label) => classNames[label])).toEqual(['frog', 'truck', 'truck', 'deer']);
    expect([...test.y.subarray(0, 4)].map((label) => classNames[label])).toEqual(['cat', 'ship', 'ship', 'airplane']);
    expect(train.y.length + validation.y.length).toBe(50_000);
    expect(name).toBe('cifar-10');
  });
});
