import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { datasetFromRecords } from '../../../src/data/dataset-from-records.js';
import type { LoadDatasetOptions } from '../../../src/data/formats/format.js';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { encodeRows } from '../../../src/data/tables/encode-rows.js';
import { RandomState } from '../../../src/random/random-state.js';
import { freshFolder } from '../../support/temporary-folder.js';
import { givesTurns } from '../../support/turns.js';

const inFolder = freshFolder();

function load(content: string, options: LoadDatasetOptions = {}): Promise<Dataset> {
  writeFileSync(inFolder('t.csv'), content);
  return loadDataset(inFolder('t.csv'), options);
}

const FLOWERS = 'petals,color,species\n5,red,rose\n3,white,lily\n4.5,red,rose\n';

/** Rows of two numbers and a color, of which the class is a function; `write` joins them. */
function table(
  rows: number,
  write = (i: number) => `${i % 7},${i / 8},${['red', 'blue'][i % 2]},${'abc'[i % 3]}`,
): string {
  return ['p,q,color,class', ...Array.from({ length: rows }, (_, i) => write(i))].join('\n');
}

describe('the label', () => {
  it.each<[LoadDatasetOptions['label'], string[]]>([
    [undefined, ['lily', 'rose']],
    ['color', ['red', 'white']],
    [0, ['3', '4.5', '5']],
    [-2, ['red', 'white']],
  ])('is %s', async (label, classNames) => {
    expect((await load(FLOWERS, { label })).classNames).toEqual(classNames);
  });

  it('has classes sorted as numbers if they are numbers', async () => {
    const data = await load('x,y\n1,10\n2,9\n3,9.0\n');
    expect(data.classNames).toEqual(['9', '10']);
    expect([...data.train.y]).toEqual([1, 0, 0]);
  });

  it.each<[string, string, LoadDatasetOptions, string, RegExp]>([
    ['a wrong name', FLOWERS, { label: 'speces' }, 'ERR_DATA_FILE', /few lines|did you mean "species"/],
    ['too large a place', FLOWERS, { label: 3 }, 'ERR_COLUMN', /from -3 to 2, for label but received 3/],
    ['no other column', 'a,b\n1,x\n', { ignore: ['a'] }, 'ERR_COLUMN', /columns besides the label .* there is none/],
    [
      'a label that is missing',
      'a,b\n1,x\n2,\n',
      {},
      'ERR_MISSING_VALUE',
      /column "b" at line 3 of .* it is the class/,
    ],
    ['numbers that all differ', table(100, (i) => `1,2,red,${i / 7}`), {}, 'ERR_COLUMN', /100 different values in 100/],
    ['too many classes', table(3000, (i) => `1,2,red,c${i >> 1}`), {}, 'ERR_COLUMN', /at most 1000 classes/],
  ])('is refused: %s', async (_, content, options, code, message) => {
    const loading = load(content, options);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toMatchObject({ code: code === 'ERR_DATA_FILE' ? expect.any(String) : code });
  });
});

describe('columns', () => {
  it('are left out by name or place', async () => {
    const data = await load(table(10), { ignore: ['q', 2] });
    expect(data.columns?.map(({ name }) => name)).toEqual(['p']);
  });

  it('have the type that they are said to have', async () => {
    const data = await load(table(10), { columns: { p: 'category' }, ignore: ['q', 'color'] });
    expect(data.columns).toEqual([{ name: 'p', type: 'category', categories: ['0', '1', '2', '3', '4', '5', '6'] }]);
    expect(data.inputSize).toBe(7);
  });

  it('of true and false are numbers, unless there are other words', async () => {
    expect([...(await load('a,b\ntrue,x\nFalse,y\n')).train.X.data]).toEqual([1, 0]);
    const { columns } = await load('a,b\ntrue,x\nfalse,y\nmaybe,y\n', { header: true });
    expect(columns).toEqual([{ name: 'a', type: 'category', categories: ['false', 'maybe', 'true'] }]);
  });

  it('that count the rows are named in a warning', async () => {
    const data = await load(`id,${table(30).replace(/\n/g, () => `\n${count++},`)}`);
    expect(data.warnings).toEqual([
      'Column "id" counts the rows: ignore it (ignore: ["id"], or --ignore id) unless it says something of the class',
    ]);
  });
  let count = 1;

  it('are named by every error of a table, so that a program lets a person choose others', async () => {
    const columns = ['p', 'q', 'color', 'class'];
    const everyOther = table(50, (i) => `${i % 2 ? '' : i},1,r,${i / 7}`);
    const failed = (options: LoadDatasetOptions) => load(everyOther, options).catch((error) => error);
    expect(await failed({ missing: 'mean' })).toMatchObject({ code: 'ERR_COLUMN', table: { columns, label: 'class' } });
    expect(await failed({ label: 1 })).toMatchObject({ code: 'ERR_MISSING_VALUE', table: { columns, label: 'q' } });
    expect(await failed({ label: 'q' })).toMatchObject({ table: { columns, label: 'q' } });
    expect(await failed({ label: 'none' })).toMatchObject({ table: { columns, label: undefined } });
    const unnamed = await load(',a,b\n0,1,x\n1,2,y\n', { header: true }).catch((error) => error);
    expect(unnamed.table).toEqual({ columns: ['column 1', 'a', 'b'], label: 'b' });
  });

  const mixed = table(50, (i) => `${i === 20 ? 'abc' : i},1,red,${i % 2}`);
  it.each<[string, string, LoadDatasetOptions, string, RegExp]>([
    [
      'numbers and a word',
      mixed,
      {},
      'ERR_COLUMN',
      /numbers or words in column "p" but received "abc" at line 22 of .* and "0" at line 2 of .*'category' }/,
    ],
    [
      'a word among numbers',
      mixed,
      { columns: { p: 'number' } },
      'ERR_INVALID_TYPE',
      /a number in column "p" at line 22/,
    ],
    [
      'an infinite number',
      table(9, (i) => `${i ? i : 'inf'},1,r,${i % 2}`),
      {},
      'ERR_NOT_FINITE',
      /received inf at line 2/,
    ],
    [
      'more than 100 categories',
      table(300, (i) => `1,2,w${i >> 1},${i % 2}`),
      {},
      'ERR_COLUMN',
      /at most 100 categories in column "color" .*ignore: \["color"\], .*--columns color=category\)/,
    ],
    [
      'a word for each row, in two columns',
      table(30, (i) => `w${i},${i},v${i},${i % 2}`),
      {},
      'ERR_COLUMN',
      /column "p" but each row has its own word: .*\. Other columns that cannot be used as they are: "color"$/,
    ],
    [
      'no values',
      table(9, (i) => `,1,r,${i % 2}`),
      { missing: 'mean' },
      'ERR_COLUMN',
      /values in column "p" .* none: ignore it/,
    ],
    ['a column that is not there', FLOWERS, { ignore: ['colour'] }, 'ERR_COLUMN', /did you mean "color"/],
    ['a type for no column', FLOWERS, { columns: { petal: 'number' } }, 'ERR_COLUMN', /did you mean "petals"/],
    [
      'no name',
      ',a,b\n0,1,x\n1,2,y\n',
      { header: true },
      'ERR_COLUMN',
      /column 1 has none: .*ignore: \[0\], or --ignore 0/,
    ],
  ])('are refused with %s', async (_, content, options, code, message) => {
    const loading = load(content, options);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toMatchObject({ code });
  });

  it('without a name may be ignored', async () => {
    const { columns } = await load(',a,b\n0,1,x\n1,2,y\n', { header: true, ignore: [0] });
    expect(columns?.map(({ name }) => name)).toEqual(['a']);
  });

  it('may have many categories if that is said', async () => {
    const content = table(300, (i) => `1,2,w${i},${i % 2}`);
    expect((await load(content, { columns: { color: 'category' } })).inputSize).toBe(302);
  });
});

describe('missing values', () => {
  const GAPS = 'a,color,class\n1,red,x\nNA,red,y\n4,?,x\n,blue,y\n';

  it('are refused by place', async () => {
    const loading = load(GAPS);
    await expect(loading).rejects.toThrow(
      /in column "a" at line 3 of .*\(missing: 'mean', or --missing mean\), .* \(2 in all\)\. Other .*: "color"$/,
    );
    await expect(loading).rejects.toMatchObject({ code: 'ERR_MISSING_VALUE' });
  });

  it('become the mean or the most frequent category, in later rows too', async () => {
    const data = await load(GAPS, { missing: 'mean' });
    expect([...data.train.X.data]).toEqual([1, 0, 1, 2.5, 0, 1, 4, 0, 1, 2.5, 1, 0]);
    expect(data.columns).toMatchObject([{ fill: 2.5 }, { fill: 'red' }]);
    expect(data.warnings).toEqual([
      'In column "a", 2 missing values were filled with the mean, 2.5',
      'In column "color", 1 missing value was filled with the most frequent category, "red"',
    ]);
    expect([...encodeRows(data.columns ?? [], [{ a: '', color: null }]).data]).toEqual([2.5, 0, 1]);
  });

  it('let their rows be left out', async () => {
    const data = await load(`${GAPS}7,red,\n`, { missing: 'drop' });
    expect([...data.train.X.data]).toEqual([1, 1]);
    expect(data.classNames).toEqual(['x']);
    expect(data.warnings[0]).toBe('4 of 5 rows were left out because a value is missing');
    await expect(load('a,b\n,x\n', { missing: 'drop', header: true })).rejects.toThrow(/all 1 have some/);
  });
});

describe('parts', () => {
  it('of validation rows are those of a stratified split, the same each time', async () => {
    const content = table(1000);
    const data = await load(content, { validation: 0.2 });
    const split = (await load(content)).split({ validation: 0.2 }, { random: new RandomState(0), stratify: true });
    expect(data.train).toStrictEqual(split.train);
    expect(data.validation).toStrictEqual(split.validation);
    const other = await load(content, { validation: 200, random: new RandomState(1) });
    expect(other.validation?.y.length).toBe(200);
    expect(other.validation).not.toStrictEqual(data.validation);
  });

  it('of a test file have the columns and classes of the first, in any order', async () => {
    const test = inFolder('test.csv');
    writeFileSync(test, 'species,extra,color,petals\nlily,1,red,7\nlily,2,white,8\n');
    const data = await load(FLOWERS, { test, label: 'species' });
    expect([...(data.test?.X.data ?? [])]).toEqual([7, 1, 0, 8, 0, 1]);
    expect([...(data.test?.y ?? [])]).toEqual([0, 0]);
  });

  it.each<[string, string, string, RegExp]>([
    [
      'a class',
      'petals,color,species\n1,red,tulip\n',
      'ERR_LABEL',
      /one of "lily", "rose", the classes .* line 2 of .*"tulip"/,
    ],
    ['a category', 'petals,color,species\n1,rot,lily\n', 'ERR_CATEGORY', /line 2 of .*test.csv but received "rot"/],
    [
      'no column',
      'petal,color,species\n1,red,lily\n',
      'ERR_COLUMN',
      /"petal", .* received "petals": did you mean "petal"/,
    ],
    ['a missing value', 'petals,color,species\n,red,lily\n', 'ERR_MISSING_VALUE', /column "petals" at line 2/],
  ])('of a test file must not have %s that the first has not', async (_, content, code, message) => {
    const test = inFolder('test.csv');
    writeFileSync(test, content);
    const loading = load(FLOWERS, { test, label: 'species' });
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toMatchObject({ code });
  });

  it('of a test file may write numbers of classes in another way', async () => {
    const test = inFolder('test.csv');
    writeFileSync(test, 'x,y\n1,9.0\n');
    expect([...((await load('x,y\n1,10\n2,9\n', { test })).test?.y ?? [])]).toEqual([0]);
  });
});

describe('options', () => {
  it.each<[object, RegExp]>([
    [{ labl: 'x' }, /did you mean label\?/],
    [{ label: null }, /the name of a column, or its place .* for label but received null/],
    [{ ignore: 'x' }, /an array of names or places .* "x"/],
    [{ ignore: [1.5] }, /ignore\[0\] but received 1.5/],
    [{ columns: { x: 'word' } }, /one of "number", "category" for the column "x"/],
    [{ missing: 'median' }, /one of "mean", "drop" for missing/],
    [{ validation: 0 }, /above 0 for validation/],
    [{ validation: 3 }, /parts of 3 rows in all/],
    [{ random: 3 }, /a RandomState for random/],
    [{ delimiter: ':' }, /for delimiter/],
    [{ decimal: ';' }, /for decimal/],
    [{ header: 'no' }, /true or false for header/],
    [{ test: 3 }, /the path of a file for test/],
  ])('%j are refused', async (options, message) => {
    await expect(load(FLOWERS, options)).rejects.toThrow(message);
  });
});

it('a large file is read with turns of the event loop', async () => {
  writeFileSync(inFolder('t.csv'), table(20_000));
  expect(await givesTurns(() => loadDataset(inFolder('t.csv')))).toBe(true);
});

it('a data set of a file is that of its records', async () => {
  const header = ['p', 'q', 'color', 'class'];
  const rows = table(40)
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  const records = rows.map((row) =>
    Object.fromEntries(header.map((name, i) => [name, i < 2 ? Number(row[i]) : row[i]])),
  );
  const made = await datasetFromRecords(records);
  const loaded = await load(table(40));
  expect(made.train).toStrictEqual(loaded.train);
  expect(made.columns).toEqual(loaded.columns);
});
