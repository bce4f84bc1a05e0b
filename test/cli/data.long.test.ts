/** `data info` and `data convert`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { loadDataset } from '../../src/data/load-dataset.js';
import { saveDataset } from '../../src/data/save/save-dataset.js';
import { png, put } from '../support/pictures.js';
import { runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const inFolder = (...args: string[]) => runCli(['data', ...args], { cwd: folder });

beforeAll(async () => {
  put(join(folder, 't.csv'), 'size,word,class\n1,x,a\n,y,b\n3,x,a\n');
  for (const [name, shade] of Object.entries({ 'a/1': 10, 'a/2': 20, 'b/1': 30 }))
    put(join(folder, 'p', `${name}.png`), await png(2, 1, [shade, shade + 1]));
});

test('info shows the columns of a table as they are', async () => {
  const { code, stdout, stderr } = await inFolder('info', 't.csv', '--json', 't.json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(
    `
data     t.csv (values separated by commas)
rows     3
columns  3
classes  2 in column class

column      type  missing  min  max  categories
size      number        1    1    3${'            '}
word    category        0                     2
class   category        0                     2

class  rows
a         2
b         1
`.slice(1),
  );
  const json = JSON.parse(readFileSync(join(folder, 't.json'), 'utf8'));
  expect(json).toMatchObject({
    kind: 'table',
    rows: 3,
    label: 'class',
    columns: [{ name: 'size', missing: 1 }, {}, {}],
  });
});

test('info of a table and one to test on has the rows of both', async () => {
  put(join(folder, 'whole.csv'), 'size,class\n1.5,a\n2,b\n3,a\n');
  put(join(folder, 'test.csv'), 'size,class\n1.5,b\n');
  const { stdout } = await inFolder('info', 'whole.csv', '--test', 'test.csv');
  expect(stdout).toMatch(/^rows +4: 3 train, 1 test$/m);
});

test('info shows the classes of pictures, and draws some of each', async () => {
  const { stdout, stderr } = await inFolder('info', 'p', '--pictures', 'sheet.png');
  expect(stdout).toBe(
    `
data      p (pictures)
rows      3
a row     2 numbers (uint8), 10 to 31, mean 20.5
pictures  2 × 1 pixels, grey
classes   2

class  rows
a         2
b         1
`.slice(1),
  );
  expect(stderr).toMatch(/"b"[\s\S]*Drew pictures of each class in sheet.png/);
  // Ten pictures of 2 · 1 pixels in two rows, 32 times as large, with 2 pixels between them.
  const { data, info } = await sharp(join(folder, 'sheet.png')).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([32 * (10 * 4 - 2), 32 * (2 * 3 - 2)]);
  const red = (x: number, y: number) => data[(32 * y * info.width + 32 * x) * info.channels];
  expect([red(0, 0), red(1, 0), red(2, 0), red(4, 0), red(8, 0), red(0, 3), red(4, 3)]).toEqual([
    10, 11, 255, 20, 255, 30, 255,
  ]);
});

test('convert writes what is read again, and nothing over other files without --force', async () => {
  expect((await inFolder('convert', 'p', 'p.npz')).stdout).toBe('Wrote 3 rows to p.npz\n');
  expect((await loadDataset(join(folder, 'p.npz'))).train.X.data).toEqual(Uint8Array.of(10, 11, 20, 21, 30, 31));
  const again = await inFolder('convert', 't.csv', 'p.npz', '--missing', 'mean');
  expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/error: p.npz is there already: pass --force/)]);
  const forced = await inFolder('convert', 't.csv', 'p.npz', '--missing', 'mean', '--force');
  expect(forced).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/\nReplaced p.npz, which was there already\n/),
  });
  expect((await loadDataset(join(folder, 'p.npz'))).classNames).toEqual(['a', 'b']);
});

test('convert to X.npy writes a file per array, and no others may be there', async () => {
  const convert = (from: string, ...more: string[]) => inFolder('convert', from, 'arrays/X.npy', ...more);
  const { stdout } = await convert('p');
  expect(stdout).toBe('Wrote 3 rows to arrays/X.npy, arrays/y.npy, arrays/class_names.npy\n');
  expect(readdirSync(join(folder, 'arrays'))).toEqual(['X.npy', 'class_names.npy', 'y.npy']);
  const { train, classNames } = await loadDataset(join(folder, 'arrays'));
  expect([train.X.data, classNames]).toEqual([Uint8Array.of(10, 11, 20, 21, 30, 31), ['a', 'b']]);
  expect((await convert('p')).stderr).toMatch(/X.npy is there already/);
  for (const from of ['arrays', 'arrays/y.npy'])
    expect((await convert(from, '--force')).stderr).toMatch(/is in the folder of the data: choose another folder/);
  const other = await convert('t.csv', '--force', '--test', 't.csv', '--missing', 'mean');
  expect(other.stderr).toMatch(/no other arrays of a data set beside arrays.X_train.npy but found X.npy, which would/);
  expect((await loadDataset(join(folder, 'arrays'))).train.y).toHaveLength(3);
});

test('convert --storage uint8 names the number that is no byte', async () => {
  put(join(folder, 'pixels.csv'), 'a,b,class\n1,2,x\n3,255.5,y\n');
  const { code, stderr } = await inFolder('convert', 'pixels.csv', 'pixels.npz', '--storage', 'uint8');
  expect(stderr).toMatch(/whole numbers from 0 to 255 .* but received 255.5 at row 1, column "b" of the train part\n$/);
  expect(code).toBe(1);
});

test('info of rows of numbers shows their columns', async () => {
  await saveDataset(join(folder, 'n.npz'), {
    train: {
      X: [
        [1, 0.5],
        [1, 2],
        [1, -1],
      ],
      y: [0, 1, 1],
    },
  });
  const { stdout } = await inFolder('info', 'n.npz');
  expect(stdout).toBe(
    `
data      n.npz (npz)
rows      3
a row     2 numbers (float64), -1 to 2, mean 0.75
constant  1 of 2 columns
classes   2

column  min  max  mean
0         1    1     1
1        -1    2   0.5

class  rows
0         1
1         2
`.slice(1),
  );
});

test('info of a table with a rule for missing values shows the rows that it becomes', async () => {
  const { stdout, stderr } = await inFolder('info', 't.csv', '--missing', 'drop');
  expect(stdout).toMatch(/^rows +2$/m);
  expect(stdout).toMatch(/\ncolumn +type +min +max +categories\nsize +number +1 +3 *\nword +category +1\n/);
  expect(stderr).toMatch(/1 of 3 rows were left out/);
});
