import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { datasetFromRecords } from '../../src/data/dataset-from-records.js';
import { describeDataset } from '../../src/data/describe/describe-dataset.js';
import { describeTable } from '../../src/data/describe/describe-table.js';
import { Matrix } from '../../src/data/matrix.js';
import { openTable } from '../../src/data/tables/open-table.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();

it('describes rows, classes, parts and pictures', async () => {
  const X = (...bytes: number[]) => new Matrix(Uint8Array.from(bytes), 2);
  const data = new Dataset({
    train: { X: X(9, 1, 2, 3), y: [1, 0] },
    test: { X: X(4, 250), y: [1] },
    classNames: ['a', 'b'],
    imageShape: { height: 1, width: 2, channels: 1 },
    source: 'mine',
  });
  expect(await describeDataset(data)).toEqual({
    source: 'mine',
    rows: 3,
    parts: { train: 2, test: 1 },
    classes: [
      { name: 'a', rows: 1, parts: { train: 1, test: 0 } },
      { name: 'b', rows: 2, parts: { train: 1, test: 1 } },
    ],
    inputSize: 2,
    storage: 'uint8',
    range: { min: 1, max: 250 },
    mean: 269 / 6,
    constantColumns: 0,
    summary: [
      { min: 2, max: 9, mean: 5 },
      { min: 1, max: 250, mean: 254 / 3 },
    ],
    imageShape: data.imageShape,
    warnings: [],
  });
});

it('counts constant columns, and describes one by one only columns that are few', async () => {
  const wide = new Matrix(
    Uint8Array.from({ length: 2 * 101 }, (_, i) => (i === 3 ? 9 : 4)),
    101,
  );
  const { summary, constantColumns, mean } = await describeDataset(new Dataset({ train: { X: wide, y: [0, 1] } }));
  expect({ summary, constantColumns }).toEqual({ summary: undefined, constantColumns: 100 });
  expect(mean).toBeCloseTo(4 + 5 / 202, 12);
});

it('describes the columns of encoded rows', async () => {
  const records = [
    [1, 'x', -5, true],
    [4, 'y', 2.5, false],
  ];
  const { columns, storage } = await describeDataset(await datasetFromRecords(records));
  expect(storage).toBe('float64');
  expect(columns).toEqual([
    { name: 'column 1', type: 'number', min: 1, max: 4 },
    { name: 'column 2', type: 'category', categories: 2 },
    { name: 'column 3', type: 'number', min: -5, max: 2.5 },
  ]);
});

it('describes a table with an index that has no name, as pandas writes it', async () => {
  writeFileSync(inFolder('p.csv'), ',size,class\n0,1.5,b\n1,2.5,a\n');
  const { columns } = await describeTable(await openTable(inFolder('p.csv'), {}));
  expect(columns.map(({ name }) => name)).toEqual(['column 1', 'size', 'class']);
});

it('describes a table without ignored columns, and with the types that were asked for', async () => {
  writeFileSync(inFolder('t.csv'), 'id,zip,class\n1,8001,b\n2,9000,a\n3,8001,a\n');
  const options = { ignore: ['id'], columns: { zip: 'category' } } as const;
  const { columns } = await describeTable(await openTable(inFolder('t.csv'), options), options);
  expect(columns).toEqual([
    { name: 'zip', type: 'category', missing: 0, categories: 2 },
    { name: 'class', type: 'category', missing: 0, categories: 2 },
  ]);
  const absent = describeTable(await openTable(inFolder('t.csv'), {}), { columns: { zap: 'category' } });
  await expect(absent).rejects.toThrow(/for columns but received "zap": did you mean "zip"\?/);
});

it('describes a table that cannot be loaded as it is', async () => {
  writeFileSync(inFolder('t.csv'), 'size,word,both,none,class\n1,x,1,,b\n,y,two,,a\n3,x,3,NA,a\n');
  const { columns, classes, warnings, ...rest } = await describeTable(await openTable(inFolder('t.csv'), {}));
  expect(rest).toEqual({ source: 't.csv', format: 'values separated by commas', rows: 3, label: 'class' });
  expect(columns).toEqual([
    { name: 'size', type: 'number', missing: 1, min: 1, max: 3 },
    { name: 'word', type: 'category', missing: 0, categories: 2 },
    { name: 'both', type: 'mixed', missing: 0, min: 1, max: 3, categories: 1 },
    { name: 'none', type: 'unusable', missing: 3 },
    { name: 'class', type: 'category', missing: 0, categories: 2 },
  ]);
  expect([classes, warnings]).toEqual([
    [
      { name: 'a', rows: 2 },
      { name: 'b', rows: 1 },
    ],
    [],
  ]);
  const other = await describeTable(await openTable(inFolder('t.csv'), {}), { label: 'size' });
  expect(other.classes).toEqual([]);
  expect(other.warnings).toEqual([expect.stringMatching(/value in column "size" at line 3 .* it is missing/)]);
});
