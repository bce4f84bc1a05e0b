/** Ways to cut off a small file, and to flip one of its bits: a data set or an error with a code, nothing else. */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { bitFlips, truncations } from '../../support/damage.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();

const FILES: readonly [string, Buffer][] = [
  ['CSV', Buffer.from('size,"col, or",class\n1.5,"red ""x""",a\n-2,blue,b\n.5e1,"red ""x""",a\n')],
  ['CSV with semicolons', Buffer.from('1,5;rot;a\r\n2,25;blau;b\r\n3,125;rot;b\r\n')],
  ['JSON lines', Buffer.from('{"s":1.5,"c":"r\\"}","y":"a"}\n{"s":-2,"c":"b","y":"b"}\n')],
  ['a JSON array', Buffer.from('[[1.5, "r]", true],\n [2, null, false], [3e0, "r]", true]]')],
  ['CSV as gzip', gzipSync('size,color,class\n1,red,a\n2,blue,b\n3,red,a\n')],
];

/** Loads damaged bytes; true if the result is a whole data set, false after an error with a code. */
async function isWhole(bytes: Uint8Array): Promise<boolean> {
  writeFileSync(inFolder('damaged'), bytes);
  let data: Dataset;
  try {
    data = await loadDataset(inFolder('damaged'), { missing: 'mean' });
  } catch (error) {
    expect((error as { code?: string }).code, String(error)).toMatch(/^ERR_[A-Z_]+$/);
    expect((error as Error).message).toMatch(
      /^Expected|^Cannot|damaged is (empty|text, but no table|not a supported kind of file)/,
    );
    return false;
  }
  const { X, y } = data.train;
  expect(X.data.every(Number.isFinite)).toBe(true);
  expect([X.rows, X.columns]).toEqual([y.length, data.inputSize]);
  expect(y.every((label) => label >= 0 && label < data.numClasses)).toBe(true);
  return true;
}

test.each(FILES)('%s, whole', async (_, bytes) => {
  expect(await isWhole(bytes)).toBe(true);
});

test.each(FILES)('%s, cut off anywhere', async (_, bytes) => {
  for (const cut of truncations(bytes)) await isWhole(cut);
});

test.each(FILES)('%s, with a bit flipped', async (_, bytes) => {
  let refused = 0;
  for (const damaged of bitFlips(bytes)) if (!(await isWhole(damaged))) refused++;
  expect(refused).toBeGreaterThan(0);
});

test('texts of the characters that mean something', async () => {
  const text = fc.string({ unit: fc.constantFrom(...',;\t|"\n\r[]{}:\\.-+e01ax \ufeff'), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(text, async (content) => void (await isWhole(Buffer.from(content)))),
    { numRuns: 500 },
  );
});
