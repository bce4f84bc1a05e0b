import { describe, expect, test } from 'vitest';
import type { Column } from '../../../src/data/tables/column.js';
import { labelColumn, placeColumns, readRowsLike } from '../../../src/data/tables/known-rows.js';
import { openRows } from '../../../src/data/tables/open-table.js';
import type { TableSource } from '../../../src/data/tables/source.js';
import { streamText } from '../../../src/data/tables/text-blocks.js';

const COLUMNS: readonly Column[] = [
  { name: 'größe', type: 'number' },
  { name: 'soil', type: 'category', categories: ['dry', 'wet'], fill: 'dry' },
];
const INPUT = { columns: COLUMNS, inputSize: 3 };
const NAMES = COLUMNS.map(({ name }) => name);
const EXPECTED = [1.5, 0, 1, -2, 1, 0, 3, 1, 0];

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer, void, void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function numbersOf(source: TableSource): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { data } of readRowsLike(source, placeColumns(source, INPUT))) numbers.push(...data);
  return numbers;
}

describe.each([1, 5, 1000])('a stream in pieces of %d bytes', (size) => {
  test.each([
    ['CSV', 'größe,soil\n1.5,wet\n-2,dry\n3,\n'],
    ['CSV without its last end of line, in another order', 'soil,note,größe\r\nwet,a,1.5\r\ndry,"b\nc",-2\r\n?,d,3'],
    [
      'JSON lines, after an empty line',
      '\n{"größe":1.5,"soil":"wet"}\n{"größe":"-2","soil":"dry"}\n{"größe":3,"soil":null}',
    ],
    ['a JSON array', '[\n {"größe":1.5,"soil":"wet"},\n {"größe":-2,"soil":"dry"},\n {"größe":3,"soil":""}\n]\n'],
    ['arrays by place', '[1.5,"wet"]\n[-2,"dry"]\n[3,null]\n'],
    ['CSV by place', '1.5,wet\n-2,dry\n3,NA\n'],
  ])('gives the rows of %s', async (_, text) => {
    const source = await openRows(streamText(chunksOf(text, size), 'a stream'), {}, NAMES);
    expect(await numbersOf(source)).toEqual(EXPECTED);
  });
});

test('a stream that is left early is closed', async () => {
  let closed = false;
  async function* endless() {
    try {
      for (;;) yield Buffer.from('1,wet\n');
    } finally {
      closed = true;
    }
  }
  const source = await openRows(streamText(endless(), 'a stream'), {}, NAMES);
  for await (const { rows } of readRowsLike(source, placeColumns(source, INPUT))) {
    expect(rows).toBeGreaterThan(0);
    break;
  }
  expect(closed).toBe(true);
});

test('a single column needs no delimiter', async () => {
  const columns = [{ name: 'x', type: 'number' as const }];
  const source = await openRows(streamText(chunksOf('x\n1\n2\n', 100), 'a stream'), {}, ['x']);
  const placed = placeColumns(source, { columns, inputSize: 1 });
  for await (const { data } of readRowsLike(source, placed)) expect([...data]).toEqual([1, 2]);
});

test('the class is in the last column that is neither read nor ignored', async () => {
  const text = 'class,größe,soil,note\na,1,wet,x\nb,2,dry,y\n';
  const source = await openRows(streamText(chunksOf(text, 100), 'a stream'), {}, NAMES);
  const placed = placeColumns(source, INPUT);
  expect(labelColumn(source, placed, [])).toBe('note');
  expect(labelColumn(source, placed, ['note'])).toBe('class');
  expect(() => labelColumn(source, placed, ['note', 0])).toThrow(/Expected a column with the class in a stream/);
});
