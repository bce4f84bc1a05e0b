import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { datasetFromRecords } from '../../src/data/dataset-from-records.js';
import { loadDataset } from '../../src/data/load-dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import { saveDataset } from '../../src/data/save/save-dataset.js';
import { csvLines } from '../../src/data/save/table-lines.js';
import { describeWithPython, python } from '../support/python.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();

/** Pictures of 1 · 2 pixels in colours, in three parts; the class 'c' has none in the training part. */
const bytes = (first: number, rows: number) => Uint8Array.from({ length: 6 * rows }, (_, i) => first + i);
const pictures = new Dataset({
  train: { X: new Matrix(bytes(0, 3), 6), y: [1, 0, 1] },
  validation: { X: new Matrix(bytes(50, 1), 6), y: [2] },
  test: { X: new Matrix(bytes(100, 2), 6), y: [0, 2] },
  classNames: ['b', 'ä', 'c'],
  imageShape: { height: 1, width: 2, channels: 3 },
});
const records = [
  { size: 1.5, color: 'red', 'a,"b"': 1, kind: 'x' },
  { size: -2, color: 'blue, dark', 'a,"b"': 2, kind: 'y' },
  { size: 1e-9, color: 'red', 'a,"b"': null, kind: 'x' },
];
const table = () => datasetFromRecords(records, { missing: 'mean' });

describe.each(['p.npz', 'p.safetensors', 'X.npy'])('%s', (name) => {
  it('keeps parts, bytes, the shape of pictures and the order of the classes', async () => {
    const file = inFolder(name);
    await saveDataset(file, pictures);
    const { train, validation, test, classNames, imageShape } = await loadDataset(name === 'X.npy' ? inFolder() : file);
    for (const [found, part] of [
      [train, pictures.train],
      [validation, pictures.validation],
      [test, pictures.test],
    ]) {
      expect(found?.X.data).toEqual(part?.X.data);
      expect([...(found?.y ?? [])]).toEqual([...(part?.y ?? [])]);
    }
    expect({ classNames, imageShape }).toEqual({ classNames: ['b', 'ä', 'c'], imageShape: pictures.imageShape });
  });

  it('keeps one part, numbers of any type, and labels without names', async () => {
    const file = inFolder(name);
    for (const X of [Float32Array.of(0.1, -2), Float64Array.of(0.1, 2 ** 60)]) {
      await saveDataset(file, { train: { X: new Matrix(X, 1), y: [0, 1] } });
      const { train, named } = await loadDataset(file);
      expect([train.X.data, named]).toEqual([X, false]);
    }
    await saveDataset(file, pictures, { part: 'test' });
    const { train, test } = await loadDataset(file);
    expect([train.X.data, test]).toEqual([pictures.test?.X.data, undefined]);
  });
});

describe.each(['.csv', '.jsonl'])('%s', (extension) => {
  it('has the columns of the table that the rows come from, and the class', async () => {
    const file = inFolder(`t${extension}`);
    await saveDataset(file, await table());
    const { train, columns, classNames } = await loadDataset(file, { label: -1 });
    expect([train.X.data, train.y, classNames]).toEqual([
      (await table()).train.X.data,
      Int32Array.of(0, 1, 0),
      ['x', 'y'],
    ]);
    expect(columns?.map(({ name }) => name)).toEqual(['size', 'color', 'a,"b"']);
  });

  it('has one part, and columns x1, x2, … of rows of numbers', async () => {
    const file = inFolder(`t${extension}`);
    await expect(saveDataset(file, pictures)).rejects.toMatchObject({
      code: 'ERR_SHAPE',
      message: expect.stringMatching(/received train, validation, test: pass part/),
    });
    await saveDataset(file, pictures, { part: 'validation' });
    expect(readFileSync(file, 'utf8')).toMatch(/x1\W+x2\W+x3\W+x4\W+x5\W+x6|"x1":50,"x2":51,.*"x6":55,"class":"c"/);
    await expect(saveDataset(file, pictures.without('test'), { part: 'test' })).rejects.toThrow(/with test rows/);
  });
});

it('writes the class into the column that it came from', async () => {
  const data = await datasetFromRecords([
    { class: 1, kind: 'x' },
    { class: 2, kind: 'y' },
  ]);
  await saveDataset(inFolder('t.csv'), data);
  expect(readFileSync(inFolder('t.csv'), 'utf8')).toBe('class,kind\n1,x\n2,y\n');
  await saveDataset(inFolder('t.csv'), new Dataset({ train: data.train, columns: data.columns }));
  expect(readFileSync(inFolder('t.csv'), 'utf8')).toBe('class,class_\n1,0\n2,1\n');
});

it('writes CSV that is read as such: with other delimiters in texts, and with names that are no numbers', async () => {
  const marked = Array.from({ length: 12 }, (_, i) => ({
    size: i / 2,
    'a;b': ['x;y', 'z\t;|'][i % 2],
    kind: 'pq'[i % 2],
  }));
  const data = await datasetFromRecords(marked);
  await saveDataset(inFolder('t.csv'), data);
  const { columns, train } = await loadDataset(inFolder('t.csv'));
  expect([columns, train.X.data]).toEqual([data.columns, data.train.X.data]);

  const numbered = await datasetFromRecords(marked.map(({ size, kind }) => ({ '2024': size, word: kind, kind })));
  await expect(saveDataset(inFolder('n.csv'), numbered)).rejects.toMatchObject({
    code: 'ERR_COLUMN',
    message: expect.stringMatching(
      /names of columns that are no numbers for CSV but received "2024": .*save as \.jsonl/,
    ),
  });
  await saveDataset(inFolder('n.jsonl'), numbered);
  expect((await loadDataset(inFolder('n.jsonl'))).columns).toEqual(numbered.columns);
});

it('makes the text of few cells at a time, also of wide rows, so that others get their turns', async () => {
  const wide = new Dataset({ train: { X: new Matrix(new Uint8Array(12 * 3072), 3072), y: new Uint8Array(12) } });
  let longest = 0;
  for await (const text of csvLines(wide, wide.train)) longest = Math.max(longest, text.split(',').length);
  expect(longest).toBeLessThan(10_000);
});

it('writes arrays beside no others of a data set, which would be read with them', async () => {
  const rows = { train: { X: new Matrix(Uint8Array.of(1, 2), 1), y: [0, 1] } };
  expect(await saveDataset(inFolder('X.npy'), pictures, { part: 'train' })).toEqual(
    ['X.npy', 'y.npy', 'class_names.npy'].map((name) => inFolder(name)),
  );
  for (const [data, name] of [
    [pictures, 'X.npy'],
    [rows, 'class_names.npy'],
  ] as const) {
    await expect(saveDataset(inFolder('X.npy'), data)).rejects.toMatchObject({
      code: 'ERR_NOT_WRITABLE',
      message: expect.stringContaining(`but found ${name}, which would be read with it: choose another folder`),
    });
  }
});

it('stores numbers as asked, if they are of that type', async () => {
  const pixels = await datasetFromRecords([
    [0, 255, 'a'],
    [128, 1, 'b'],
  ]);
  await saveDataset(inFolder('p.npz'), pixels, { storage: 'uint8' });
  expect((await loadDataset(inFolder('p.npz'))).train.X.data).toEqual(Uint8Array.of(0, 255, 128, 1));
  await saveDataset(inFolder('p.npz'), { train: { X: [[0.1], [2]], y: [0, 1] } }, { storage: 'float32' });
  expect((await loadDataset(inFolder('p.npz'))).train.X.data).toEqual(Float32Array.of(0.1, 2));
});

it.each([
  ['uint8', 0.5, 'whole numbers from 0 to 255'],
  ['uint8', 256, 'whole numbers from 0 to 255'],
  ['uint8', -1, 'whole numbers from 0 to 255'],
  ['float32', 1e39, 'numbers up to 3.4e38'],
] as const)('does not store as %s what is none: %d', async (storage, value, expected) => {
  const words = [
    { size: 1, color: 'red', width: 2, kind: 'x' },
    { size: 2, color: 'blue', width: value, kind: 'y' },
  ];
  const saving = saveDataset(inFolder('X.npy'), await datasetFromRecords(words), { storage });
  await expect(saving).rejects.toMatchObject({
    code: 'ERR_OUT_OF_RANGE',
    message:
      `Expected ${expected} to store as ${storage} but received ${value} at row 1, column "width" of the train ` +
      'part',
  });
  expect(existsSync(inFolder('X.npy'))).toBe(false);
  const plain = { train: { X: [[1], [2]], y: [0, 1] }, test: { X: [[1, 2, value].slice(2)], y: [0] } };
  await expect(saveDataset(inFolder('p.npz'), plain, { storage })).rejects.toThrow(
    /at row 0, column 0 of the test part$/,
  );
});

it('refuses other ends of names, and wrong options', async () => {
  await expect(saveDataset('p.txt', pictures)).rejects.toMatchObject({
    code: 'ERR_NOT_WRITABLE',
    message:
      'Expected a file ending in .npz, .safetensors, .csv, .jsonl, or named X.npy, for a data set but received "p.txt"',
  });
  // @ts-expect-error not a part
  await expect(saveDataset('p.npz', pictures, { part: 'all' })).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
  // @ts-expect-error not a type of numbers
  await expect(saveDataset('p.npz', pictures, { storage: 'f4' })).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
  await expect(saveDataset('p.csv', pictures, { part: 'test', storage: 'uint8' })).rejects.toMatchObject({
    code: 'ERR_CONFLICT',
    message: 'The option storage (--storage) is for arrays, but p.csv becomes text: leave the option out',
  });
});

const READ = `
import json, os, sys, numpy, pandas
from safetensors import safe_open
folder = sys.argv[1]
npz = numpy.load(os.path.join(folder, 'p.npz'))
with safe_open(os.path.join(folder, 'p.safetensors'), 'numpy') as file:
    tensors = {name: file.get_tensor(name).tolist() for name in file.keys()}
    names = json.loads(file.metadata()['classNames'])
csv = pandas.read_csv(os.path.join(folder, 't.csv'))
lines = pandas.read_json(os.path.join(folder, 't.jsonl'), lines=True)
files = [name for name in os.listdir(folder) if name.endswith('.npy')]
npy = {name[:-4]: numpy.load(os.path.join(folder, name)).tolist() for name in files}
print(json.dumps({'npy': npy, 'npz': {k: npz[k].tolist() for k in npz.files},
  'types': [str(npz['X_train'].dtype), str(npz['y_test'].dtype)],
  'tensors': tensors, 'names': names, 'csv': csv.to_dict('list'), 'lines': lines.to_dict('list')}))
`;

describeWithPython('NumPy, pandas and safetensors', ['numpy', 'pandas', 'safetensors'], () => {
  it('read what was written', async () => {
    for (const name of ['p.npz', 'p.safetensors', 'X.npy']) await saveDataset(inFolder(name), pictures);
    for (const name of ['t.csv', 't.jsonl']) await saveDataset(inFolder(name), await table());
    const read = python<Record<string, Record<string, unknown>>>(READ, inFolder());
    expect(read.types).toEqual(['uint8', 'int32']);
    const arrays = {
      X_train: [0, 6, 12].map((at) => [
        [
          [at, at + 1, at + 2],
          [at + 3, at + 4, at + 5],
        ],
      ]),
      y_train: [1, 0, 1],
      y_test: [0, 2],
    };
    expect(read.npz).toMatchObject({ ...arrays, class_names: ['b', 'ä', 'c'] });
    expect(read.npy).toEqual(read.npz);
    expect(read.tensors).toMatchObject(arrays);
    expect(read.names).toEqual(['b', 'ä', 'c']);
    const rows = {
      size: [1.5, -2, 1e-9],
      color: ['red', 'blue, dark', 'red'],
      'a,"b"': [1, 2, 1.5],
      kind: ['x', 'y', 'x'],
    };
    expect([read.csv, read.lines]).toEqual([rows, rows]);
  });
});
