/** `train`, `evaluate` and `predict` on pictures and arrays. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { loadDataset } from '../../src/data/load-dataset.js';
import { idx, npy, npz } from '../support/array-files.js';
import { png, put } from '../support/pictures.js';
import { runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const inFolder = (...args: string[]) => runCli([...args, '--backend', 'js'], { cwd: folder });

/** Grey pictures of 2 · 2 pixels: bright above (`day`) or below (`night`). */
const pixels = (i: number) => [i, i + 9, 5, 3].map((noise, at) => (at >> 1 === i % 2 ? 200 : 10) + (noise % 40));

beforeAll(async () => {
  for (let i = 0; i < 40; i++)
    put(join(folder, 'pictures', i % 2 ? 'night' : 'day', `${i + 10}.png`), await png(2, 2, pixels(i)));
  for (const [name, resize] of [
    ['m', undefined],
    ['small', '3x1'],
  ] as const) {
    const data = await loadDataset(join(folder, 'pictures'), { resize });
    await (await Classifier.fit(data, { epochs: 20, backend: 'js' })).save(join(folder, `${name}.safetensors`));
  }
});

test('predict reads pictures and arrays without labels, and prints the file of each picture', async () => {
  const rows = Uint8Array.from([pixels(0), pixels(1)].flat());
  put(join(folder, 'rows.npy'), npy('|u1', [2, 4], rows));
  put(join(folder, 'some.npz'), npz({ X_test: npy('<f4', [2, 2, 2], Float32Array.from(rows)) }));
  put(join(folder, 'images-idx3-ubyte'), idx([2, 2, 2], rows));
  put(join(folder, 'rows.csv'), `a,b,c,d\n${pixels(0)}\n${pixels(1)}\n`);
  const files = ['rows.npy', 'some.npz', 'images-idx3-ubyte', 'rows.csv', 'pictures/day/10.png', 'pictures'];
  const { code, stdout, stderr } = await inFolder('predict', 'm.safetensors', ...files);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/,[\d.e-]+$/, ''));
  expect(lines.slice(0, 11)).toEqual([
    'file,row,class,probability',
    ...['rows.npy', 'some.npz', 'images-idx3-ubyte', 'rows.csv'].flatMap((name) => [
      `${name},0,day`,
      `${name},1,night`,
    ]),
    'pictures/day/10.png,0,day',
    'pictures/day/10.png,0,day',
  ]);
  expect(lines).toHaveLength(1 + 8 + 1 + 40);
});

test('evaluate takes all rows of data without a test part, and finds classes by name', async () => {
  put(join(folder, 'nights/night/1.png'), await png(2, 2, pixels(1)));
  const nights = await inFolder('evaluate', 'm.safetensors', '--data', 'nights', '--json', '-');
  expect(JSON.parse(nights.stdout)).toMatchObject({
    rows: 1,
    accuracy: 1,
    confusion: [
      [0, 0],
      [0, 1],
    ],
  });
  put(join(folder, 'others/dusk/1.png'), await png(2, 2, pixels(1)));
  const { stderr } = await inFolder('evaluate', 'm.safetensors', '--data', 'others');
  expect(stderr).toMatch(/Expected a model of the data's classes \(dusk\) .* trained on day, night/);
});

test('--resize stretches pictures, and the model keeps the size', async () => {
  const { stdout } = await inFolder('predict', 'small.safetensors', 'pictures/day/10.png');
  expect(stdout).toMatch(/\npictures\/day\/10.png,0,day,/);
  const evaluated = await inFolder('evaluate', 'small.safetensors', '--data', 'pictures');
  expect(evaluated).toMatchObject({ code: 0, stderr: '' });
  const refused = await inFolder('evaluate', 'small.safetensors', '--data', 'pictures', '--resize', '1x3');
  expect(refused.stderr).toMatch(
    /^error: Expected pictures of 3 × 1 pixels in grey, .* but found 1 × 3 pixels in grey/,
  );
  const flags = ['--resize', '3x1', '--epochs', '1', '--json', '-'];
  const trained = await inFolder('train', '--data', 'pictures', ...flags);
  expect(JSON.parse(trained.stdout)).toMatchObject({ data: 'pictures', parts: { train: { rows: 36 } } });
});
