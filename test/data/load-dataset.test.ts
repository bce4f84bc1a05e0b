import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { loadDataset } from '../../src/data/load-dataset.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();

describe('loadDataset', () => {
  it('reads CIFAR-10, which it recognises by its files', async () => {
    // Zeros in holes, which cost no disk: black pictures of class 0.
    for (const name of [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`).concat('test_batch.bin')) {
      writeFileSync(inFolder(name), '');
      truncateSync(inFolder(name), 30_730_000);
    }
    const data = await loadDataset(inFolder());
    expect(data).toBeInstanceOf(Dataset);
    expect(data).toMatchObject({ name: 'cifar-10', inputSize: 3072, numClasses: 10 });
    expect([data.train, data.validation, data.test].map((part) => part?.y.length)).toEqual([49_000, 1000, 1000]);
    expect((await loadDataset(inFolder(), { fullTest: true })).test?.y.length).toBe(10_000);
  });

  it('says what is missing of a format that it recognises', async () => {
    writeFileSync(inFolder('data_batch_1.bin'), '');
    await expect(loadDataset(inFolder())).rejects.toThrow(/six files .* test_batch.bin are missing/);
  });

  it.each<[string, () => void, RegExp]>([
    ['nothing', () => {}, /at .*missing: CIFAR-10 \(its archive .*\); but found nothing there/],
    ['an empty folder', () => mkdirSync(inFolder('missing')), /but found an empty folder/],
    ['a file', () => writeFileSync(inFolder('missing'), 'x y'), /but found a file of 3 bytes/],
    [
      'other files',
      () => {
        mkdirSync(inFolder('missing'));
        for (const name of ['e', 'd', 'f', 'c', 'b', 'a']) writeFileSync(inFolder(`missing/${name}`), '');
      },
      /but found a folder with a, b, c, d, e, …\. Download/,
    ],
  ])('names the known formats and what it found: %s', async (_, make, message) => {
    make();
    const loading = loadDataset(inFolder('missing'));
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toMatchObject({ code: 'ERR_DATA_FILE' });
  });

  it('reads what the option format names, whatever is there', async () => {
    await expect(loadDataset(inFolder(), { format: 'cifar-10' })).rejects.toThrow(/found none of them/);
    // @ts-expect-error a format that does not exist
    const loading = loadDataset(inFolder(), { format: 'cifar' });
    await expect(loading).rejects.toMatchObject({
      code: 'ERR_INVALID_TYPE',
      message: expect.stringMatching(/"cifar-10".* for format/),
    });
  });

  it('refuses wrong arguments', async () => {
    await expect(loadDataset('')).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
    // @ts-expect-error an option that does not exist
    await expect(loadDataset('.', { fulltest: true })).rejects.toThrow(/did you mean fullTest\?/);
  });
});
