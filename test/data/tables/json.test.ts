import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { datasetFromRecords } from '../../../src/data/dataset-from-records.js';
import type { LoadDatasetOptions } from '../../../src/data/formats/format.js';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();

function load(content: string | Uint8Array, options: LoadDatasetOptions = {}): Promise<Dataset> {
  writeFileSync(inFolder('t.json'), content);
  return loadDataset(inFolder('t.json'), options);
}

const FLOWERS = [
  { petals: 5, 'a "color", [1]': 'red}', fresh: true, species: 'rose' },
  { petals: 3, 'a "color", [1]': '\\white"', fresh: false, species: 'lily' },
  { petals: 4.5, 'a "color", [1]': 'red}', fresh: true, species: 'rose' },
];
const NUMBERS = [5, 0, 1, 1, 3, 1, 0, 0, 4.5, 0, 1, 1];
const cells = FLOWERS.map((flower) => Object.values(flower));
const lines = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');

describe('JSON', () => {
  it.each<[string, string | Uint8Array, boolean]>([
    ['lines of objects', lines(FLOWERS), true],
    ['lines of arrays', lines(cells), false],
    ['lines with CRLF and empty ones', `${lines(FLOWERS).replaceAll('\n', '\r\n\r\n')}\r\n`, true],
    ['lines, as gzip', gzipSync(lines(FLOWERS)), true],
    ['an array of objects in one line', JSON.stringify(FLOWERS), true],
    ['an array of arrays in one line', JSON.stringify(cells), false],
    ['an array over lines', JSON.stringify(FLOWERS, null, 2), true],
    ['an array of arrays over lines', `\ufeff\n${JSON.stringify(cells, null, 2)}\n\n`, false],
  ])('may be %s', async (_, content, named) => {
    const data = await load(content);
    expect([...data.train.X.data]).toEqual(NUMBERS);
    expect(data.classNames).toEqual(['lily', 'rose']);
    expect([...data.train.y]).toEqual([1, 0, 1]);
    const names = named ? ['petals', 'a "color", [1]', 'fresh'] : ['column 1', 'column 2', 'column 3'];
    expect(data.columns?.map(({ name }) => name)).toEqual(names);
  });

  it('keeps the types of labels', async () => {
    expect(
      (
        await load(
          lines([
            [1, 10],
            [2, 9],
          ]),
        )
      ).classNames,
    ).toEqual(['9', '10']);
    expect(
      (
        await load(
          lines([
            [1, true],
            [2, false],
          ]),
        )
      ).classNames,
    ).toEqual(['false', 'true']);
    await expect(
      load(
        lines([
          [1, 1],
          [2, '1'],
        ]),
      ),
    ).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
  });

  it.each<[string, string, string, RegExp]>([
    ['a line that is not JSON', `${lines(FLOWERS)}\n{"petals": 5,\n`, 'ERR_DATA_FILE', /Expected JSON at line 4 of/],
    ['an array that is cut off', JSON.stringify(FLOWERS, null, 1).slice(0, -1), 'ERR_DATA_FILE', /it does not end/],
    ['text behind an array', `${JSON.stringify(FLOWERS)} x`, 'ERR_DATA_FILE', /more text follows its end/],
    ['an empty place', '[{"a": 1, "b": 2},\n,{"a": 1, "b": 2}]', 'ERR_DATA_FILE', /a row before and after .* line 2/],
    ['a comma at the end', '[{"a": 1, "b": 2},\n]', 'ERR_DATA_FILE', /a row before and after each comma/],
    ['no rows', '[\n[]]', 'ERR_INVALID_TYPE', /at least one value in row 1 \(line 2\)/],
    [
      'a bad row in an array',
      '[\n{"a": 1, "b": 2},\n\n{"a" 1}]',
      'ERR_DATA_FILE',
      /Expected JSON at row 2 \(line 4\) of/,
    ],
    ['another key', '{"a":1,"b":2}\n{"a":1,"b":2,"c":3}', 'ERR_COLUMN', /line 2 of .* but received "c" too/],
    ['an absent key', '{"a":1,"b":2}\n{"b":2}', 'ERR_COLUMN', /line 2 of .* lacks "a": write null/],
    ['rows of two kinds', '{"a":1,"b":2}\n[1,2]', 'ERR_INVALID_TYPE', /an object for line 2 .* an array of 2/],
    ['a row that is a number', '{"a":1,"b":2}\n3', 'ERR_INVALID_TYPE', /an object for line 2 .* received 3/],
    ['an array of another length', '[1,2]\n[1,2,3]', 'ERR_SHAPE', /2 values, one per column, for line 2/],
    ['an object in a cell', '{"a":{},"b":2}', 'ERR_INVALID_TYPE', /in column "a" at line 1/],
    ['a missing value', '{"a":null,"b":2}\n{"a":1,"b":2}', 'ERR_MISSING_VALUE', /in column "a" at line 1/],
    ['a row without an end', `[\n{"a": "${'x'.repeat(1_200_000)}`, 'ERR_DATA_FILE', /row 1 \(line 2\) of .* is longer/],
  ])('is refused with %s', async (_, content, code, message) => {
    const loading = load(content);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toMatchObject({ code });
  });

  it('is read in pieces: rows may begin and end anywhere', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({ a: i / 8, b: `]${'x'.repeat(i % 60)}"`, c: i % 3 }));
    const options = { columns: { b: 'category' } } as const;
    const [array, byLine] = [await load(JSON.stringify(rows), options), await load(lines(rows), options)];
    expect(array.train).toStrictEqual(byLine.train);
    expect(array.train.y.length).toBe(5000);
  });

  it('may be an array in one line that is longer than a line may be', async () => {
    const word = 'é'.repeat(100_000);
    const rows = Array.from({ length: 12 }, (_, i) => [i, i % 2 ? word : 'b', i % 3]);
    const { train, columns } = await load(JSON.stringify(rows));
    expect([...train.y]).toEqual(rows.map(([, , label]) => label));
    expect(columns?.[1]).toMatchObject({ categories: ['b', word] });
  });
});

describe('datasetFromRecords', () => {
  it.each<[string, Parameters<typeof datasetFromRecords>[0]]>([
    ['objects', FLOWERS],
    ['arrays', cells],
    ['a set', new Set(FLOWERS)],
    [
      'a generator',
      (function* () {
        yield* FLOWERS;
      })(),
    ],
    [
      'an asynchronous generator',
      (async function* () {
        yield* cells;
      })(),
    ],
  ])('takes %s', async (_, records) => {
    const data = await datasetFromRecords(records);
    expect([...data.train.X.data]).toEqual(NUMBERS);
    expect(data).toMatchObject({ source: 'records', name: 'records', classNames: ['lily', 'rose'] });
  });

  it('takes typed arrays as rows, and BigInt labels', async () => {
    const data = await datasetFromRecords([Float32Array.of(1, 2, 0), Float32Array.of(3, 4, 1)]);
    expect([...data.train.X.data, ...data.train.y]).toEqual([1, 2, 3, 4, 0, 1]);
    expect(
      (
        await datasetFromRecords([
          [1, 10n],
          [2, 9n],
        ])
      ).classNames,
    ).toEqual(['9', '10']);
  });

  it('has the options of files, and their errors by row', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({ a: i === 7 ? null : i * i, b: i % 2 }));
    await expect(datasetFromRecords(rows)).rejects.toThrow(/column "a" at row 7 of records/);
    const data = await datasetFromRecords(rows, { missing: 'drop', validation: 4, label: 'b' });
    expect([data.train.y.length, data.validation?.y.length]).toEqual([15, 4]);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['no rows', [], 'ERR_INVALID_TYPE', /at least one row for records/],
    ['a number', 5, 'ERR_INVALID_TYPE', /an array or an iterable for records/],
    ['a text', 'a,b', 'ERR_INVALID_TYPE', /an array or an iterable for records/],
    ['rows of numbers', [1, 2], 'ERR_INVALID_TYPE', /an object or an array for row 0 of records/],
    ['an object', {}, 'ERR_INVALID_TYPE', /an array or an iterable/],
    ['one column', [[1], [2]], 'ERR_COLUMN', /columns besides the label/],
  ])('refuses %s', async (_, records, code, message) => {
    const making = datasetFromRecords(records as unknown[]);
    await expect(making).rejects.toThrow(message);
    await expect(making).rejects.toMatchObject({ code });
  });

  it('passes on what an iterable throws, and refuses options of files', async () => {
    const failing = (async function* () {
      yield [1, 2];
      throw new Error('no more');
    })();
    await expect(datasetFromRecords(failing)).rejects.toThrow('no more');
    await expect(datasetFromRecords(cells, { header: true } as object)).rejects.toMatchObject({
      code: 'ERR_UNKNOWN_OPTION',
    });
  });
});
