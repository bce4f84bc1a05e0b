/** Ways to cut off a small data file, and to flip one of its bits: data or an error that says where, nothing else. */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isDataset } from '../../../src/data/dataset.js';
import { readCifarRecords } from '../../../src/data/formats/cifar10-records.js';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { idx, npy, npz } from '../../support/array-files.js';
import { bitFlips, countRead, truncations } from '../../support/damage.js';
import { pickle } from '../../support/pickles.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();
const write = (name: string, bytes: Uint8Array) => writeFileSync(inFolder(name), bytes);

const X = npy('<f4', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
const y = npy('<i8', [2], BigInt64Array.of(1n, 0n));
const pictures = idx(
  [2, 2, 3],
  Uint8Array.from({ length: 12 }, (_, i) => i),
);
const digits = idx([2], Uint8Array.of(7, 1));

describe('arrays', () => {
  const cases: [string, 'npy' | 'npz' | 'idx', string, Uint8Array, string, Uint8Array][] = [
    ['.npy', 'npy', 'X.npy', X, 'y.npy', y],
    ['compressed .npz', 'npz', 'a.npz', npz({ X, y }, 6), 'y.npy', y],
    ['IDX', 'idx', 'train-images-idx3-ubyte', pictures, 'train-labels-idx1-ubyte', digits],
    ['compressed IDX', 'idx', 'train-images-idx3-ubyte.gz', gzipSync(pictures), 'train-labels-idx1-ubyte.gz', digits],
  ];

  it.each(cases)('%s: truncations are refused, and flipped bits refused or read', async (...given) => {
    const [, format, name, bytes, other, otherBytes] = given;
    write(other, otherBytes);
    const load = async (damaged: Uint8Array) => {
      write(name, damaged);
      expect(isDataset(await loadDataset(inFolder(name), { format }))).toBe(true);
    };
    expect(await countRead([bytes], load)).toBe(1);
    expect(await countRead(truncations(bytes), load)).toBe(0);
    const flips = [...bitFlips(bytes)];
    expect(await countRead(flips, load)).toBeLessThan(flips.length);
  });
});

it('a pickled batch: truncations are refused, and flipped bits of its structure refused or read', async () => {
  const data = Uint8Array.from({ length: 2 * 3072 }, (_, i) => i % 251);
  const whole = pickle({ labels: [4, 9], data, filenames: ['a', 'b'] });
  const begin = whole.indexOf(data.subarray(0, 20));
  const end = begin + data.length;
  // Damage to pixels changes pixels.
  const withPixels = (structure: Uint8Array) =>
    Buffer.concat([structure.subarray(0, begin), data, structure.subarray(begin)]);
  const load = async (bytes: Uint8Array) => {
    write('batch', bytes);
    const { X, y } = await readCifarRecords(inFolder('batch'));
    expect(X.rows).toBe(y.length);
  };
  expect(await countRead([whole], load)).toBe(1);
  const lengths = [...whole.keys()].filter((length) => length < begin + 200 || length >= end);
  expect(
    await countRead(
      lengths.map((length) => whole.subarray(0, length)),
      load,
    ),
  ).toBe(0);
  const structure = Buffer.concat([whole.subarray(0, begin), whole.subarray(end)]);
  const flips = [...bitFlips(structure)].map(withPixels);
  expect(await countRead(flips, load)).toBeLessThan(flips.length);
});
