/** What the processes of a machine share is made once, and is what was kept. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Dataset, Matrix, saveDataset } from '../../src/index.js';
import { keepRows, onceAtAll, openRows } from '../../src/study/cache.js';
import { fetchSource, loadStudyData } from '../../src/study/load.js';
import { fingerprint } from '../../src/tune/results-file.js';
import { serveFiles } from '../support/file-server.js';
import { freshFolder } from '../support/temporary-folder.js';
import { points, studyOn } from './support.js';

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

test('data that are not where the study says are told with what names another place', async () => {
  process.env.TWO_LAYER_NET_CACHE = inFolder('cache');
  const study = studyOn(points(), {}, { source: { data: inFolder('none.csv'), reading: {}, prepare: null } });
  await expect(loadStudyData(study)).rejects.toThrow(/none\.csv does not exist.*name it with --data$/);
  await expect(loadStudyData(study, inFolder('other.csv'))).rejects.toThrow(/other\.csv does not exist(?!.*--data)/);
});

test('rows that were damaged where they are kept are made again', async () => {
  process.env.TWO_LAYER_NET_CACHE = inFolder('cache');
  const file = inFolder('points.npz');
  await saveDataset(file, points());
  const study = studyOn(points(), {}, { source: { data: file, reading: {}, prepare: null } });
  const load = async () => fingerprint(await loadStudyData(study));
  expect(await load()).toBe(study.data);
  const kept = inFolder(`cache/data/${study.data}/X_train.npy`);
  const good = readFileSync(kept);
  writeFileSync(
    kept,
    good.map((byte, i) => (i === good.length - 3 ? byte ^ 1 : byte)),
  );
  expect(await load()).toBe(study.data);
  expect(readFileSync(kept)).toEqual(good);
});

test('what is at an address is kept by a name that it may have, and nothing of what fails', async () => {
  process.env.TWO_LAYER_NET_CACHE = inFolder('fetched');
  const { url } = await serveFiles({ '%zz.csv': Buffer.from('a,b') });
  const { path, file } = await fetchSource(`${url}%zz.csv`);
  expect(file.name).toBe('%zz.csv');
  expect(readFileSync(path, 'utf8')).toBe('a,b');
  await expect(fetchSource(`${url}none.csv`)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD' });
  expect(readdirSync(inFolder('fetched/files'))).toEqual([file.sha256]);
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
