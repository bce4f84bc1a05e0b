/** What the processes of a machine share is made once, and is what was kept. */
import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Dataset, Matrix } from '../../src/index.js';
import { keepRows, onceAtAll, openRows } from '../../src/study/cache.js';
import { fingerprint } from '../../src/tune/results-file.js';
import { freshFolder } from '../support/temporary-folder.js';
import { points } from './support.js';

const inFolder = freshFolder();

function pictures(): Dataset {
  const mean = Float64Array.from({ length: 12 }, (_, i) => i / 3);
  const X = new Matrix(
    Uint8Array.from({ length: 60 }, (_, i) => (i * 7) % 256),
    12,
    { mean },
  );
  const imageShape = { height: 2, width: 2, channels: 3 } as const;
  return new Dataset({
    train: { X, y: [0, 1, 2, 0, 1] },
    validation: { X, y: [2, 2, 1, 0, 0] },
    imageShape,
    classNames: ['a', 'b', 'c', 'd'],
  });
}

test.each([
  ['numbers', points],
  ['pictures', pictures],
])('%s are the same rows, classes and pictures', async (_, make) => {
  const data = make();
  await keepRows(inFolder('rows'), data);
  const kept = await openRows(inFolder('rows'));
  expect(kept && fingerprint(kept)).toBe(fingerprint(data));
  expect(kept?.numClasses).toBe(data.numClasses);
  expect(kept?.imageShape).toEqual(data.imageShape);
  expect(kept?.mean).toEqual(data.mean);
});

test('what is damaged or missing is not there', async () => {
  expect(await openRows(inFolder('none'))).toBeUndefined();
  await keepRows(inFolder('rows'), points());
  writeFileSync(inFolder('rows/about.json'), '{');
  expect(await openRows(inFolder('rows'))).toBeUndefined();
  rmSync(inFolder('rows'), { recursive: true });
});

test('one makes it, the others wait', async () => {
  let made = 0;
  const make = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    made++;
    writeFileSync(inFolder('file'), 'x');
  };
  await Promise.all([1, 2, 3].map(() => onceAtAll(inFolder('file'), make)));
  expect(made).toBe(1);
});
