import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cifar10Dataset } from '../../../src/data/formats/cifar10-dataset.js';
import type { DatasetPart, Labels } from '../../../src/data/part.js';
import { PicturePainter } from '../../../src/data/synthetic/pictures.js';
import { SplitMix32 } from '../../../src/data/synthetic/split-mix.js';
import { syntheticCifar10 } from '../../../src/data/synthetic/synthetic.js';

let dataset: Cifar10Dataset;
beforeAll(() => {
  dataset = syntheticCifar10();
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Ten pictures, painted on their own. */
function ten(seed: number, split: 'training' | 'test', from: number): { labels: number[]; pixels: Uint8Array } {
  const painter = new PicturePainter(seed);
  const words = new Uint32Array(10 * 768);
  const labels = Array.from({ length: 10 }, (_, i) => painter.paint(split, from + i, words, i * 768));
  return { labels, pixels: new Uint8Array(words.buffer) };
}

describe('SplitMix32', () => {
  it('matches an independent implementation', () => {
    // The same formulas in Python's unbounded integers, masked to 32 bits.
    const random = new SplitMix32();
    random.seek(0, 0);
    expect(Array.from({ length: 4 }, () => random.next())).toEqual([2521853103, 1440776843, 1938646741, 282433977]);
    random.seek(4294967295, 5);
    expect(Array.from({ length: 3 }, () => random.next())).toEqual([2002519910, 137093965, 3097063306]);
  });
});

describe('the synthetic pictures', () => {
  // Pinned when the pictures were last changed on purpose: they must not depend on machine, engine or compiler.
  it.each([
    [0, 'training', 0, '3074185296', '7ddbf6156f43a23107a33d6d26284f6d2a9b4122fe7b692e4194bbae0d4c3a3e'],
    [0, 'test', 0, '1098765432', 'af4138b79fad9f0b96c6337add8e6ca7a11aae60f7f9e7f061e5aeed59518cb6'],
    [1, 'training', 0, '7418529630', '0bfab07c80fc321f701ec51010430b30c4ec06b8f61770affb4bff238f36b211'],
    [2 ** 32 - 1, 'training', 49990, '5432109876', '7122049067221facee6cc4efa2d4835c1ab064c1e70664d600edcf51d7394a9c'],
  ] as const)('of seed %i, %s from %i on are these bytes', (seed, split, from, labels, hash) => {
    const pictures = ten(seed, split, from);
    expect(pictures.labels.join('')).toBe(labels);
    expect(sha256(pictures.pixels)).toBe(hash);
  });

  it('are the same on their own as in the data set', () => {
    const rows = dataset.train.X.data.subarray(31_415 * 3072, 31_425 * 3072) as Uint8Array;
    const alone = ten(0, 'training', 31_415);
    expect(sha256(alone.pixels)).toBe(sha256(rows));
    expect(alone.labels).toEqual([...dataset.train.y.subarray(31_415, 31_425)]);
  });

  it('differ from each other', () => {
    const seen = new Set<string>();
    for (const X of [dataset.train.X.slice(0, 2000), dataset.validation.X, dataset.test.X]) {
      for (let row = 0; row < X.rows; row++) seen.add(sha256(X.slice(row, row + 1).data as Uint8Array));
    }
    expect(seen.size).toBe(4000);
  });
});

/** The accuracy of the nearest class mean, the weakest of linear classifiers. */
function nearestMeanAccuracy({ train, classNames, mean }: Cifar10Dataset, { X, y }: DatasetPart): number {
  const means = classNames.map(() => new Float64Array(3072));
  const counts = classNames.map(() => 0);
  for (let row = 0; row < 10_000; row++) {
    const sum = means[train.y[row]];
    counts[train.y[row]]++;
    for (let i = 0; i < 3072; i++) sum[i] += train.X.data[row * 3072 + i] - mean[i];
  }
  for (const [label, sum] of means.entries()) means[label] = sum.map((value) => value / counts[label]);
  let right = 0;
  for (let row = 0; row < X.rows; row++) {
    const distances = means.map((centre) => {
      let distance = 0;
      for (let i = 0; i < 3072; i++) distance += (X.data[row * 3072 + i] - mean[i] - centre[i]) ** 2;
      return distance;
    });
    if (distances.indexOf(Math.min(...distances)) === y[row]) right++;
  }
  return right / X.rows;
}

describe('syntheticCifar10', () => {
  it('has the split, shapes and mean of CIFAR-10, as loadCifar10 returns them', () => {
    const { train, validation, test, mean, classNames, imageShape, source, name } = dataset;
    expect([train.X.rows, validation.X.rows, test.X.rows]).toEqual([49_000, 1000, 1000]);
    expect(train.X.data.buffer).toBe(validation.X.data.buffer);
    expect([train.X.mean, validation.X.mean, test.X.mean]).toEqual([mean, mean, mean]);
    let sum = 0;
    for (let row = 0; row < 49_000; row++) sum += train.X.data[row * 3072 + 1000];
    expect(mean[1000]).toBe(sum / 49_000);
    expect(classNames).toEqual('disc ring square triangle cross star heart crescent stripes checks'.split(' '));
    expect(imageShape).toEqual({ height: 32, width: 32, channels: 3 });
    expect([name, source]).toEqual(['synthetic', 'the synthetic stand-in, not CIFAR-10']);
  });

  it('has the same number of pictures of each class', () => {
    const count = (y: Labels) =>
      dataset.classNames.map((_, label) => Array.from(y).filter((one) => one === label).length);
    expect(count(dataset.train.y)).toEqual(Array(10).fill(4900));
    expect(count(dataset.validation.y)).toEqual(Array(10).fill(100));
    expect(count(dataset.test.y)).toEqual(Array(10).fill(100));
  });

  it('is classified by the nearest class mean better than by chance and far from perfectly', () => {
    // NumPy, all 49 000 pictures: 0.291 of the validation set.
    const accuracy = nearestMeanAccuracy(dataset, dataset.validation);
    expect(accuracy).toBeGreaterThan(0.2);
    expect(accuracy).toBeLessThan(0.4);
  });

  it('accepts a seed and returns the full test set', () => {
    const { test, train } = syntheticCifar10({ seed: 1, fullTest: true });
    expect(test.X.rows).toBe(10_000);
    expect(sha256(train.X.slice(0, 10).data as Uint8Array)).toBe(sha256(ten(1, 'training', 0).pixels));
    expect(sha256(test.X.slice(9990).data as Uint8Array)).toBe(sha256(ten(1, 'test', 9990).pixels));
  });

  it('refuses invalid options', () => {
    expect(() => syntheticCifar10({ seed: -1 })).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
    expect(() => syntheticCifar10({ seed: 2 ** 32 })).toThrow(/from 0 to 4294967295/);
    expect(() => syntheticCifar10({ seed: Number.NaN })).toThrow(expect.objectContaining({ code: 'ERR_NOT_FINITE' }));
    // @ts-expect-error an option that does not exist
    expect(() => syntheticCifar10({ sead: 1 })).toThrow(/did you mean seed/);
    // @ts-expect-error a string for a boolean
    expect(() => syntheticCifar10({ fullTest: 'yes' })).toThrow(/true or false for fullTest/);
  });
});
