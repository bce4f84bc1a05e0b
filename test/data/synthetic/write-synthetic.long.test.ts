import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCifar10 } from '../../../src/data/formats/cifar10.js';
import { syntheticCifar10, writeSyntheticCifar10 } from '../../../src/data/synthetic/synthetic.js';
import { sharedFolder } from '../../support/temporary-folder.js';

const root = sharedFolder();

describe('writeSyntheticCifar10', () => {
  it('writes files that loadCifar10 reads as the same data set, and never overwrites', async () => {
    const dir = join(root, 'new', 'folder');
    await writeSyntheticCifar10(dir);
    expect(readdirSync(dir).sort()).toEqual([
      'batches.meta.txt',
      ...[1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
      'test_batch.bin',
    ]);
    const read = await loadCifar10(dir);
    const dataset = syntheticCifar10();
    for (const part of ['train', 'validation', 'test'] as const) {
      expect(Buffer.compare(read[part].X.data as Uint8Array, dataset[part].X.data as Uint8Array), part).toBe(0);
      expect(read[part].y, part).toEqual(dataset[part].y);
    }
    const { classNames, mean, imageShape, source, name } = dataset;
    expect(read).toMatchObject({ classNames, imageShape, source, name });
    expect(read.mean).toEqual(mean);
    await expect(writeSyntheticCifar10(dir, { seed: 1 })).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    expect((await loadCifar10(dir)).train.y).toEqual(dataset.train.y);
  });

  it.each(['data_batch_5.bin', 'test_batch.bin', 'batches.meta.txt', 'cifar-10-batches-bin/data_batch_1.bin'])(
    'refuses a folder with %s, and leaves it as it was',
    async (name) => {
      const dir = join(root, `taken-${name.replace('/', '-')}`);
      mkdirSync(join(dir, 'cifar-10-batches-bin'), { recursive: true });
      writeFileSync(join(dir, name), 'precious');
      const before = readdirSync(dir, { recursive: true });
      const message = expect.stringMatching(/already.*ever overwritten; choose another folder/);
      await expect(writeSyntheticCifar10(dir)).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE', message });
      expect(readdirSync(dir, { recursive: true })).toEqual(before);
      expect(readFileSync(join(dir, name), 'utf8')).toBe('precious');
    },
  );

  it('refuses a file where the folder should be', async () => {
    const file = join(root, 'file');
    writeFileSync(file, 'x');
    await expect(writeSyntheticCifar10(file)).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    await expect(writeSyntheticCifar10(join(file, 'below'))).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
  });

  it('removes the files it wrote if another file appears in the meantime', async () => {
    const dir = join(root, 'race');
    const writing = writeSyntheticCifar10(dir);
    const late = join(dir, 'test_batch.bin');
    while (!existsSync(join(dir, 'batches.meta.txt'))) await new Promise((resolve) => setTimeout(resolve, 1));
    writeFileSync(late, 'precious');
    await expect(writing).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    expect(readdirSync(dir)).toEqual(['test_batch.bin']);
    expect(readFileSync(late, 'utf8')).toBe('precious');
  });

  it('refuses invalid arguments before it creates a folder', async () => {
    const dir = join(root, 'never');
    await expect(writeSyntheticCifar10(dir, { seed: 0.5 })).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    // @ts-expect-error an option that the writer does not have
    await expect(writeSyntheticCifar10(dir, { fullTest: true })).rejects.toMatchObject({ code: 'ERR_UNKNOWN_OPTION' });
    // @ts-expect-error a number for a folder
    await expect(writeSyntheticCifar10(5)).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
    expect(existsSync(dir)).toBe(false);
  });
});
