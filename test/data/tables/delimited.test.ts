import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import type { LoadDatasetOptions } from '../../../src/data/formats/format.js';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();

/** Loads a file with this content. */
function load(content: string | Uint8Array, options: LoadDatasetOptions = {}): Promise<Dataset> {
  writeFileSync(inFolder('t.data'), content);
  return loadDataset(inFolder('t.data'), options);
}

/** The training rows, each with the name of its class. */
function rowsOf({ train, inputSize: D, classNames }: Dataset): unknown[][] {
  const { X, y } = train;
  return Array.from(y, (label, i) => [...X.data.subarray(i * D, (i + 1) * D), classNames[label]]);
}

const names = (data: Dataset) => data.columns?.map(({ name }) => name);

const FLOWERS = 'petals,color,species\n5,red,rose\n3,white,lily\n4.5,red,rose\n';
const FLOWER_ROWS = [
  [5, 1, 0, 'rose'],
  [3, 0, 1, 'lily'],
  [4.5, 1, 0, 'rose'],
];

describe('a file of delimited values', () => {
  it('becomes a data set: numbers, one number per category, and classes', async () => {
    const data = await load(FLOWERS);
    expect(rowsOf(data)).toEqual(FLOWER_ROWS);
    expect(data.columns).toEqual([
      { name: 'petals', type: 'number' },
      { name: 'color', type: 'category', categories: ['red', 'white'] },
    ]);
    expect(data).toMatchObject({ source: 't.data', name: 't', classNames: ['lily', 'rose'] });
    expect(data).toMatchObject({ validation: undefined, test: undefined, mean: undefined });
    expect(data.warnings).toEqual(['Class "lily" has one row, so other parts have none of it']);
    expect(data.train.X.data).toBeInstanceOf(Float64Array);
  });

  it.each<[string, string | Uint8Array]>([
    ['a byte-order mark', `\ufeff${FLOWERS}`],
    ['CRLF', FLOWERS.replaceAll('\n', '\r\n')],
    ['CR', FLOWERS.replaceAll('\n', '\r')],
    ['no newline at the end', FLOWERS.trimEnd()],
    ['empty lines', `\n${FLOWERS.replaceAll('\n', '\n\n')}  \n\n`],
    ['spaces around values', FLOWERS.replaceAll(',', ' , ')],
    ['semicolons', FLOWERS.replaceAll(',', ';')],
    ['tabs', FLOWERS.replaceAll(',', '\t')],
    ['vertical bars', FLOWERS.replaceAll(',', '|')],
    ['semicolons and decimal commas', FLOWERS.replaceAll(',', ';').replace('4.5', '4,5')],
    ['quotes', FLOWERS.replace(/[^,\n]+/g, '"$&"')],
    ['gzip', gzipSync(FLOWERS)],
  ])('may have %s', async (_, content) => {
    const data = await load(content);
    expect(rowsOf(data)).toEqual(FLOWER_ROWS);
    expect(names(data)).toEqual(['petals', 'color']);
  });

  it('may have delimiters, quotes and line ends within quotes', async () => {
    const data = await load('a,"b ""x"", y",c\n1,"one\ntwo, three",p\n2,"""",q\n', { header: true });
    expect(data.columns?.[1]).toEqual({ name: 'b "x", y', type: 'category', categories: ['"', 'one\ntwo, three'] });
  });

  it.each<[string, string, LoadDatasetOptions, boolean]>([
    ['numbers below words', 'a,b\n1,x\n', {}, true],
    ['numbers in the first line', '1,x\n2,y\n', {}, false],
    ['words that come again', 'red,x\nblue,y\nred,x\n', {}, false],
    ['words of their own, above many rows', `a,b\n${'red,x\n'.repeat(10)}`, {}, true],
    ['the name of the label', 'a,b\nred,x\n', { label: 'b' }, true],
    ['a name in ignore', 'a,b,c\nred,x,y\n', { ignore: ['a'] }, true],
    ['an option', 'a,b\nred,x\n', { header: true }, true],
    ['an option, against names', 'a,b\n1,x\n', { header: false, columns: { 'column 1': 'category' } }, false],
  ])('has a header or none, by %s', async (_, content, options, header) => {
    const data = await load(content, options);
    expect(data.train.y.length).toBe(content.trimEnd().split('\n').length - (header ? 1 : 0));
    expect(names(data)?.[0]).toBe(header ? (options.ignore ? 'b' : 'a') : 'column 1');
  });

  it.each<[string, string, RegExp]>([
    [
      'header',
      'a,b\nred,x\n',
      /the names of the columns: it has few lines, .*\(header: true, or --header\).*\(header: false, or --no-header\)/,
    ],
    ['header of pandas', '0,1,2\n0.5,0.25,1\n', /first line is 0, 1, 2, …, as pandas names columns\. Say so/],
    ['decimal mark', 'a;b\n1,5;x\n1.5;y\n', /"1,5" beside numbers with points: .*\(decimal: ',', or --decimal ,\)/],
    ['thousands', 'a;b\n1,500;x\n2,250;y\n', /"1,500", which may be a whole number: say which/],
    ['delimiter', 'a;b\tc\n1;2\t3\n4;5\t6\n', /semicolons or tabs may stand between its values: say .*--delimiter ';'/],
    ['quote', 'a,b\nred,"x\nblue,y\n', /row at line 2 has a quote that is never closed/],
  ])('is not guessed at: %s', async (_, content, message) => {
    const loading = load(content);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toMatchObject({ code: 'ERR_DATA_FILE' });
  });

  it('is read as the options say', async () => {
    expect(rowsOf(await load('a;b\n1,500;x\n', { decimal: ',' }))).toEqual([[1.5, 'x']]);
    expect(rowsOf(await load('a;b\tc\n1;2\t3\n', { delimiter: '\t', columns: { 'a;b': 'category' } }))).toEqual([
      [1, '3'],
    ]);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['too few values', `${FLOWERS}6,red\n`, /Expected 3 values, as the first line has, but line 5 of .*t.data has 2/],
    ['too many values', 'a,b\n1,x\n2,y\n3,"c\nd",z\n', /line 4 of .* has 3/],
    ['a quote that is not closed', `${FLOWERS}6,"red,rose\n7,red,rose\n`, /the row at line 5 has a quote/],
    ['text behind a quote', `${FLOWERS}6,"red"dish,rose\n7,red,rose\n`, /the row at line 5 has a quote/],
    ['a name twice', 'a,b,a\n1,2,x\n', /"a" is there twice/],
    ['a header alone', `a,b,c\n`, /few lines/],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from(FLOWERS), Buffer.from([0x36, 0x2c, 0xe9, 0x2c, 0x61])]),
      /line 5/,
    ],
    ['a zero', `${FLOWERS}${'6,red,rose\n'.repeat(7000)}6,r\0d,rose\n`, /line 7005 has bytes that are not: if it is/],
  ])('is refused with %s, by the line', async (_, content, message) => {
    const loading = load(content);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toMatchObject({ code: 'ERR_DATA_FILE' });
  });

  it('is refused with a row that is too long to be one', async () => {
    await expect(load(`${FLOWERS}6,"${'x\n'.repeat(600_000)}`)).rejects.toThrow(
      /row at line 5 is longer: is a quote never/,
    );
    await expect(load(`${FLOWERS}6,${'x'.repeat(1_200_000)}`)).rejects.toThrow(/row at line 5 is longer/);
  });

  it('is refused as gzip that is damaged or cut off, or as UTF-16', async () => {
    const packed = gzipSync(FLOWERS);
    await expect(load(packed.subarray(0, -9))).rejects.toThrow(
      /compressed by gzip in .*t.data but found damage after \d+ inflated bytes: unexpected end of file/,
    );
    packed[packed.length - 6] ^= 1;
    await expect(load(packed)).rejects.toMatchObject({ code: 'ERR_DATA_FILE' });
    await expect(load(Buffer.from(`\ufeff${FLOWERS}`, 'utf16le'))).rejects.toMatchObject({ code: 'ERR_DATA_FILE' });
  });

  it('is not taken for one when it is binary, or prose', async () => {
    const binary = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256);
    await expect(load(binary)).rejects.toThrow(/t\.data is not a supported kind of file/);
    await expect(load('It was a bright cold day in April.\nThe clocks were striking.\n')).rejects.toThrow(
      /t\.data is text, but no table: its first lines have no commas, .*: write it as CSV$/,
    );
  });
});
