/** A data set keeps the arrays that it is given, not copies: their memory may be taken away later. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { describeDataset } from '../../src/data/describe/describe-dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import { saveDataset } from '../../src/data/save/save-dataset.js';
import { fingerprint } from '../../src/tune/results-file.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();

function rows(count: number) {
  const X = new Float32Array(4 * count).fill(1);
  const y = Int32Array.from({ length: count }, (_, i) => i % 2);
  return { X, y, data: new Dataset({ train: { X: new Matrix(X, 4), y } }) };
}

function take({ buffer }: Float32Array | Int32Array): void {
  structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
}

const DETACHED = { code: 'ERR_DETACHED' };
const OLD = 'precious\n';
const NAMES = ['a.csv', 'a.jsonl', 'a.npz', 'a.safetensors', 'X.npy'];

describe.each(['X', 'y'] as const)('without the memory of %s', (lost) => {
  it.each(NAMES)('saves nothing as %s, and keeps the file that is there', async (name) => {
    const { data, ...arrays } = rows(10);
    take(arrays[lost]);
    writeFileSync(inFolder(name), OLD);
    await expect(saveDataset(inFolder(name), data)).rejects.toMatchObject({
      ...DETACHED,
      message: expect.stringContaining(`train.${lost}`),
    });
    expect(readFileSync(inFolder(name), 'utf8')).toBe(OLD);
  });

  it.each(NAMES)('saves nothing as %s when it goes away meanwhile', async (name) => {
    const { data, ...arrays } = rows(400_000);
    const saved = saveDataset(inFolder(name), data).then(
      () => undefined,
      (error: unknown) => error,
    );
    await setImmediate();
    take(arrays[lost]);
    expect(await saved).toMatchObject(DETACHED);
    expect(existsSync(inFolder(name))).toBe(false);
  });

  it('is described by no wrong numbers', async () => {
    const before = rows(10);
    take(before[lost]);
    await expect(describeDataset(before.data)).rejects.toMatchObject(DETACHED);
    expect(() => fingerprint(before.data)).toThrow(expect.objectContaining(DETACHED));
    const { data, ...arrays } = rows(400_000);
    const described = describeDataset(data);
    take(arrays[lost]);
    await expect(described).rejects.toMatchObject(DETACHED);
  });

  it('is not divided or centered', () => {
    const { data, ...arrays } = rows(10);
    take(arrays[lost]);
    expect(() => data.split({ test: 0.2 })).toThrow(expect.objectContaining(DETACHED));
    expect(() => data.center()).toThrow(expect.objectContaining(DETACHED));
  });
});
