import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isPlainRows } from '../../../src/cli/options/plain-rows.js';
import { saveDataset } from '../../../src/data/save/save-dataset.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();
const numbers = { file: 'm', columns: [{ name: 'size', type: 'number' as const }] };
const words = { file: 'm', columns: [{ name: 'soil', type: 'category' as const, categories: ['dry', 'wet'] }] };

test('rows without names are for a model of number columns, and tables for any', async () => {
  await saveDataset(inFolder('rows.npz'), { train: { X: [[1], [2]], y: [0, 1] } });
  await saveDataset(inFolder('rows.safetensors'), { train: { X: [[1], [2]], y: [0, 1] } });
  writeFileSync(inFolder('t.csv'), 'size\n1\n2\n');
  for (const name of ['rows.npz', 'rows.safetensors']) {
    expect(await isPlainRows(inFolder(name), numbers)).toBe(true);
    await expect(isPlainRows(inFolder(name), words)).rejects.toMatchObject({ code: 'ERR_MODEL_FILE' });
  }
  expect(await isPlainRows(inFolder('t.csv'), words)).toBe(false);
});

test('pictures and what is not read are refused', async () => {
  mkdirSync(inFolder('pictures'));
  writeFileSync(inFolder('pictures/1.png'), '');
  await expect(isPlainRows(inFolder('pictures'), numbers)).rejects.toThrow(
    /model in m reads tables by the names of their columns \("size"\), but .*pictures is pictures: pass a table/,
  );
  await expect(isPlainRows(inFolder('nothing.csv'), numbers)).rejects.toThrow(/nothing\.csv does not exist/);
  writeFileSync(inFolder('t.bin'), Uint8Array.of(1, 0, 2));
  await expect(isPlainRows(inFolder('t.bin'), numbers)).rejects.toThrow(/is not a supported kind of file/);
});
