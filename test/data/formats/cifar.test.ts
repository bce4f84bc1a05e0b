/** The forms in which CIFAR-10 and CIFAR-100 are downloaded: archives, pickles, and CIFAR-100's records. */
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCifarRecords } from '../../../src/data/formats/cifar10-records.js';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { pickle } from '../../support/pickles.js';
import { describeWithPython, python } from '../../support/python.js';
import { sharedFolder } from '../../support/temporary-folder.js';

const folder = sharedFolder();
const SIX = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'];
const NAMES = 'a b c d e f g h i j'.split(' ');
const HUNDRED = Array.from({ length: 100 }, (_, i) => `fine ${i}`);
const TWENTY = Array.from({ length: 20 }, (_, i) => `coarse ${i}`);

/** Planes of a picture: each value says where it is. */
const planes = Uint8Array.from({ length: 3072 }, (_, i) => (i * 7 + (i >> 10)) % 251);
/** The same picture in the order of height, width, channel. */
const pixels = Uint8Array.from({ length: 3072 }, (_, i) => planes[(i % 3) * 1024 + Math.floor(i / 3)]);

/** Writes a file of zeros but for some parts, which takes no space on the disk. */
function writeSparse(file: string, size: number, parts: readonly (readonly [at: number, bytes: Uint8Array])[]): void {
  const handle = openSync(file, 'w');
  ftruncateSync(handle, size);
  for (const [at, bytes] of parts) writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}

/** Writes a pickle of `count` pictures, all black but number `index`. */
function writePickledBatch(file: string, count: number, index: number, labels: Record<string, number[]>): void {
  const filenames = Array.from({ length: count }, (_, i) => `picture_s_${i}.png`);
  // An array has its length in 4 bytes before its numbers.
  const whole = pickle({ batch_label: 'a batch', ...labels, data: new Uint8Array(count * 3072), filenames });
  const length = Buffer.alloc(5);
  length.write('T');
  length.writeUInt32LE(count * 3072, 1);
  const at = whole.indexOf(length) + 5;
  const end = at + count * 3072;
  const parts = [
    [0, whole.subarray(0, at)],
    [at + index * 3072, planes],
    [end, whole.subarray(end)],
  ] as const;
  writeSparse(file, whole.length, parts);
}

const labelsOf = (count: number, classes: number) => Array.from({ length: count }, (_, i) => (i * 3) % classes);

describe('the Python version of CIFAR-10', () => {
  beforeAll(() => {
    mkdirSync(`${folder}/py/cifar-10-batches-py`, { recursive: true });
    for (const [i, name] of SIX.entries()) {
      writePickledBatch(`${folder}/py/cifar-10-batches-py/${name}`, 10_000, 10 * i, { labels: labelsOf(10_000, 10) });
    }
    writeFileSync(`${folder}/py/cifar-10-batches-py/batches.meta`, pickle({ num_vis: 3072, label_names: NAMES }));
  });

  it('is read from its folder, split and centred', async () => {
    const data = await loadDataset(`${folder}/py`);
    expect(data).toMatchObject({ name: 'cifar-10', numClasses: 10, classNames: NAMES });
    expect([data.train, data.validation, data.test].map((part) => part?.X.rows)).toEqual([49_000, 1000, 1000]);
    expect(data.train.X.data.subarray(20_020 * 3072, 20_021 * 3072)).toEqual(pixels);
    expect(data.train.X.data.buffer.byteLength).toBe(50_000 * 3072);
    expect(data.test?.X.data.subarray(50 * 3072, 51 * 3072)).toEqual(pixels);
    expect([...data.train.y.subarray(10_000, 10_004)]).toEqual([0, 3, 6, 9]);
    expect(data.mean?.[4]).toBe((5 * pixels[4]) / 49_000);
  });

  it('is refused without one of its files, or with another number of pictures', async () => {
    const part = `${folder}/part`;
    mkdirSync(part);
    for (const name of SIX.slice(0, 5)) writePickledBatch(`${part}/${name}`, 3, 0, { labels: [1, 2, 3] });
    await expect(loadDataset(part)).rejects.toThrow(/data_batch_5, test_batch in .* but test_batch is missing/);
    writeFileSync(`${part}/test_batch`, '');
    const message = expect.stringMatching(/Expected 10000 pictures in .*data_batch_1 but found 3/);
    await expect(loadDataset(part)).rejects.toMatchObject({ code: 'ERR_DATA_FILE', message });
  });
});

/** Writes an archive, compressed. */
async function writeTar(file: string, files: Record<string, Uint8Array>): Promise<void> {
  const entries = Object.entries(files).map(([name, body]) => ({ header: { name, size: body.length }, body }));
  writeFileSync(file, gzipSync(await packTar(entries), { level: 1 }));
}

describe('the archive of CIFAR-10', () => {
  const records = (label: number) => {
    const bytes = Buffer.alloc(30_730_000);
    bytes[5 * 3073] = label;
    bytes.set(planes, 5 * 3073 + 1);
    return bytes;
  };
  const inside = (name: string) => `cifar-10-batches-bin/${name}`;

  it('is read as it was downloaded, whatever the order of its files; also from the folder that it is in', async () => {
    mkdirSync(`${folder}/archive`);
    const path = `${folder}/archive/cifar-10-binary.tar.gz`;
    const files = Object.fromEntries([...SIX].reverse().map((name, i) => [inside(`${name}.bin`), records(9 - i)]));
    const others = { [inside('readme.html')]: Buffer.from('<a>'), 'data_batch_1.bin': Buffer.from('elsewhere') };
    const names = { [inside('batches.meta.txt')]: Buffer.from(`${NAMES.join('\n')}\n`) };
    await writeTar(path, { ...files, ...others, ...names });
    for (const place of [path, `${folder}/archive`]) {
      const { train, test, classNames } = await loadDataset(place, { fullTest: true });
      expect([test?.X.rows, test?.y[5], train.y[5], train.y[20_005]]).toEqual([10_000, 9, 4, 6]);
      expect(train.X.data.subarray(20_005 * 3072, 20_006 * 3072)).toEqual(pixels);
      expect(classNames).toEqual(NAMES);
    }
  });

  it.each<[string, Record<string, Uint8Array>, RegExp]>([
    ['a file is missing', { [inside('readme.html')]: Buffer.from('x') }, /data_batch_1.bin, .* in .* but found none/],
    ['a file is too short', { [inside('test_batch.bin')]: Buffer.alloc(9) }, /30730000 bytes .* found 9 bytes/],
    ['class names are missing', { [inside('batches.meta.txt')]: Buffer.from('a') }, /10 class names.* found 1/],
    ['class names are long', { [inside('batches.meta.txt')]: Buffer.alloc(99_999) }, /at most 65536 bytes.* 99999/],
  ])('is refused when %s', async (_, files, message) => {
    await writeTar(`${folder}/bad.tar.gz`, files);
    const error = { code: 'ERR_DATA_FILE', message: expect.stringMatching(message) };
    await expect(loadDataset(`${folder}/bad.tar.gz`)).rejects.toMatchObject(error);
  });

  it('is refused when it ends within a file', async () => {
    const body = records(0);
    const whole = await packTar([{ header: { name: inside('test_batch.bin'), size: body.length }, body }]);
    writeFileSync(`${folder}/bad.tar.gz`, gzipSync(whole.subarray(0, 10_000), { level: 1 }));
    const message = expect.stringMatching(/intact tar archive in .*bad.tar.gz but found damage/);
    await expect(loadDataset(`${folder}/bad.tar.gz`)).rejects.toMatchObject({ code: 'ERR_DATA_FILE', message });
  });
});

describe('CIFAR-100', () => {
  it('is read from its records, with its 100 classes or the 20', async () => {
    mkdirSync(`${folder}/100`);
    const record = Buffer.concat([Uint8Array.of(17, 93), planes]);
    for (const [name, count] of [
      ['train.bin', 50_000],
      ['test.bin', 10_000],
    ] as const) {
      writeSparse(`${folder}/100/${name}`, count * 3074, [[7 * 3074, record]]);
    }
    writeFileSync(`${folder}/100/fine_label_names.txt`, HUNDRED.join('\n'));
    writeFileSync(`${folder}/100/coarse_label_names.txt`, TWENTY.join('\n'));
    const fine = await loadDataset(`${folder}/100`);
    expect(fine).toMatchObject({ name: 'cifar-100', source: 'CIFAR-100', numClasses: 100, classNames: HUNDRED });
    expect([fine.train.X.rows, fine.train.y[7], fine.test?.y[7]]).toEqual([49_000, 93, 93]);
    expect(fine.train.X.data.subarray(7 * 3072, 8 * 3072)).toEqual(pixels);
    const coarse = await loadDataset(`${folder}/100`, { labels: 'coarse' });
    expect([coarse.classNames, coarse.train.y[7], coarse.test?.y[7]]).toEqual([TWENTY, 17, 17]);
    // @ts-expect-error labels of another kind
    await expect(loadDataset(`${folder}/100`, { labels: 'both' })).rejects.toThrow(/"fine".*"coarse".*for labels/);
  });

  it('is read from its pickles', async () => {
    mkdirSync(`${folder}/100py`);
    const labels = (count: number) => ({ fine_labels: labelsOf(count, 100), coarse_labels: labelsOf(count, 20) });
    writePickledBatch(`${folder}/100py/train`, 50_000, 9, labels(50_000));
    writePickledBatch(`${folder}/100py/test`, 10_000, 9, labels(10_000));
    writeFileSync(`${folder}/100py/meta`, pickle({ fine_label_names: HUNDRED, coarse_label_names: TWENTY }));
    const fine = await loadDataset(`${folder}/100py`);
    expect([fine.classNames, [...fine.train.y.subarray(32, 35)]]).toEqual([HUNDRED, [96, 99, 2]]);
    expect(fine.train.X.data.subarray(9 * 3072, 10 * 3072)).toEqual(pixels);
    expect(fine.test?.X.data.subarray(9 * 3072, 10 * 3072)).toEqual(pixels);
    const coarse = await loadDataset(`${folder}/100py`, { labels: 'coarse' });
    expect([coarse.classNames, [...coarse.train.y.subarray(6, 8)]]).toEqual([TWENTY, [18, 1]]);
  });
});

describe('a pickled batch', () => {
  const file = `${folder}/batch`;
  const read = (bytes: Uint8Array) => {
    writeFileSync(file, bytes);
    return readCifarRecords(file);
  };
  const whole = pickle({ labels: [4, 9], data: Buffer.concat([planes, planes]), filenames: ['a', 'b'] });
  const failure = (bytes: Uint8Array, message: RegExp) =>
    expect(read(bytes)).rejects.toMatchObject({ code: 'ERR_DATA_FILE', message: expect.stringMatching(message) });

  it('is read by itself', async () => {
    const { X, y } = await read(whole);
    expect([...y]).toEqual([4, 9]);
    expect([...X.data]).toEqual([...pixels, ...pixels]);
  });

  it('runs nothing, and says at which byte something else stands', async () => {
    const call = Buffer.from('\x80\x02cposix\nsystem\nU\x04true\x85R.', 'latin1');
    await failure(call, /only ndarray, .* to be named at byte 2 of .* but found "posix.system", which is not run/);
    await failure(Buffer.from('\x80\x02}i', 'latin1'), /an opcode of lists, .* at byte 3 of .* but found 0x69/);
    await failure(Buffer.from('\x80\x02(U', 'latin1'), /a number at byte 4 of .* but found the end of the file/);
    await failure(Buffer.concat([whole, Buffer.from('x')]), /the end of the pickle at byte \d+ of .* more bytes/);
    await failure(Buffer.from('\x80\x02].', 'latin1'), /Expected a dictionary in .* but found another value/);
  });

  it('is refused when pictures and labels do not fit', async () => {
    await failure(pickle({ labels: [4], data: Buffer.concat([planes, planes]) }), /2 labels.* but found 1/);
    await failure(pickle({ labels: [4, 10], data: Buffer.concat([planes, planes]) }), /0 to 9 .* picture 1 has 10/);
    await failure(pickle({ labels: [4] }), /bytes of shape \(N, 3072\) as data in .* no such array/);
  });

  it('stops when objects would need far more memory than the file', async () => {
    await failure(Buffer.concat([Buffer.from('\x80\x02', 'latin1'), Buffer.alloc(20_000, '}')]), /at most 10000 lists/);
    await failure(Buffer.concat([Buffer.from('\x80\x02', 'latin1'), Buffer.alloc(1_100_000, 'N')]), /1000000 opcodes/);
  });
});

const WRITE = `
import json, pickle, sys, numpy
path, protocol, bytes_keys = sys.argv[1], int(sys.argv[2]), sys.argv[3] == 'bytes'
with open(path, 'rb') as file: batch = pickle.load(file, encoding='bytes')
assert batch[b'data'].shape == (2, 3072) and batch[b'data'].dtype == numpy.uint8 and batch[b'labels'] == [4, 9], batch
if not bytes_keys: batch = {key.decode(): value for key, value in batch.items()}
with open(path, 'wb') as file: pickle.dump(batch, file, protocol)
print(json.dumps(batch[b'data' if bytes_keys else 'data'].reshape(2, 3, 32, 32).transpose(0, 2, 3, 1).ravel().tolist()))
`;

describeWithPython('Python', ['numpy'], () => {
  it.each(
    [3, 4, 5].flatMap(
      (protocol) =>
        [
          [protocol, 'bytes'],
          [protocol, 'text'],
        ] as const,
    ),
  )(
    'reads what Python 2 wrote, and writes it with protocol %i and keys of %s, which is read with the same pixels',
    async (protocol, keys) => {
      const file = `${folder}/again`;
      writeFileSync(file, pickle({ labels: [4, 9], data: Buffer.concat([planes, planes.map((x) => 255 - x)]) }));
      const expected = python<number[]>(WRITE, file, String(protocol), keys);
      const { X, y } = await readCifarRecords(file);
      expect([[...X.data], [...y]]).toEqual([expected, [4, 9]]);
    },
  );
});
