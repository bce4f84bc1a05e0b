/** Parquet and Arrow, written by libraries of JavaScript. */
import { writeFileSync } from 'node:fs';
import {
  Binary,
  DateDay,
  Decimal,
  Field,
  Int32,
  List,
  Table,
  tableFromArrays,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { describeTable } from '../../../src/data/describe/describe-table.js';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { loadTable } from '../../../src/data/tables/load-table.js';
import { openTable } from '../../../src/data/tables/open-table.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();
const FILE = () => inFolder('t.parquet');

const kinds = Array.from({ length: 40 }, (_, i) => 'ab'[i % 2]);
const sizes = kinds.map((_, i) => i / 4);
const colors = kinds.map((_, i) => [' red', 'green', 'blue '][i % 3]);
const expected = kinds.map((_, i) => [i / 4, ...['blue', 'green', 'red'].map((c) => Number(c === colors[i].trim()))]);

const parquet = (...columnData: ColumnSource[]) =>
  writeFileSync(FILE(), Buffer.from(parquetWriteBuffer({ columnData })));
const failure = (message: RegExp, code = 'ERR_DATA_FILE', options = {}) =>
  expect(loadDataset(FILE(), options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });

describe('a Parquet file', () => {
  it('is a table like others: numbers, words, integers of 64 bits, true and false', async () => {
    const fair = kinds.map((_, i) => i % 4 > 1);
    const count = kinds.map((_, i) => BigInt(i * 3));
    parquet(
      { name: 'size', data: sizes },
      { name: 'color', data: colors },
      { name: 'count', data: count },
      { name: 'fair', data: fair },
      { name: 'kind', data: kinds },
    );
    const { train, columns, classNames, name } = await loadDataset(FILE());
    const rows = expected.map((row, i) => [...row, 3 * i, Number(fair[i])]);
    expect([...train.X.data]).toEqual(rows.flat());
    expect(columns?.map((column) => column.name)).toEqual(['size', 'color', 'count', 'fair']);
    expect([[...train.y], classNames, name]).toEqual([kinds.map((k) => 'ab'.indexOf(k)), ['a', 'b'], 't']);
  });

  it('has labels that are numbers, or BigInts where these are too short', async () => {
    const far = kinds.map((_, i) => 2n ** 60n * BigInt(i % 2) + 5n);
    parquet(
      { name: 'size', data: sizes },
      { name: 'id', data: far },
      { name: 'n', data: far.map((_, i) => BigInt(i % 3)) },
    );
    expect((await loadDataset(FILE(), { ignore: ['id'] })).classNames).toEqual(['0', '1', '2']);
    const wide = await loadDataset(FILE(), { label: 'id' });
    expect(wide.classNames).toEqual(['5', String(2n ** 60n + 5n)]);
    await failure(
      /Expected integers up to 2⁵³ in column "id" but received 1152921504606846981 at row 1 of/,
      'ERR_NOT_FINITE',
    );
  });

  it('has missing values where it has nulls', async () => {
    const holes = sizes.map((size, i) => (i % 10 === 5 ? null : size));
    parquet({ name: 'size', data: holes }, { name: 'kind', data: kinds });
    await failure(/a value in column "size" at row 5 of .*t.parquet but it is missing/, 'ERR_MISSING_VALUE');
    expect((await loadDataset(FILE(), { missing: 'drop' })).train.X.rows).toBe(36);
  });

  it('is refused by the name of a column with dates, bytes or lists, unless it is ignored', async () => {
    const dates = kinds.map((_, i) => new Date(1e9 * i));
    const lists = kinds.map((_, i) => [i, i + 1]);
    parquet(
      { name: 'size', data: sizes },
      { name: 'day', data: dates },
      { name: 'list', data: lists },
      { name: 'kind', data: kinds },
    );
    await failure(
      /in column "day" of .* but it has dates or times: .* ignore it \(ignore: \["day"\], or --ignore day\)/,
      'ERR_COLUMN',
    );
    await failure(/column "list" .* values of type JSON/, 'ERR_COLUMN', { ignore: ['day'] });
    expect((await loadDataset(FILE(), { ignore: ['day', 'list'] })).inputSize).toBe(1);
    const { columns, warnings } = await describeTable(await openTable(FILE(), {}));
    expect(columns[1]).toEqual({ name: 'day', type: 'unusable' });
    expect(warnings).toEqual(['Column "day" has dates or times', 'Column "list" has values of type JSON']);
  });

  it('is refused for texts that are not UTF-8, which would all become one class', async () => {
    const codes = kinds.map((_, i) => Uint8Array.of(0xfe + (i % 2)));
    parquet({ name: 'size', data: sizes }, { name: 'code', data: codes, type: 'BYTE_ARRAY' });
    await failure(/expected texts in UTF-8, found other bytes/);
    const words = kinds.map((kind) => new TextEncoder().encode(`ä${kind}`));
    parquet({ name: 'size', data: sizes }, { name: 'code', data: words, type: 'BYTE_ARRAY' });
    expect((await loadDataset(FILE())).classNames).toEqual(['äa', 'äb']);
  });

  it('is read in parts, whatever its row groups are', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => i);
    const classes = many.map((i) => i % 5);
    const columnData = [
      { name: 'x', data: many },
      { name: 'y', data: classes },
    ];
    writeFileSync(FILE(), Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 700 })));
    const { train } = await loadDataset(FILE());
    expect([...train.X.data]).toEqual(many);
    expect([...train.y]).toEqual(classes);
  });

  it('is refused when it is damaged: truncated, or with counts that are not there', async () => {
    parquet({ name: 'x', data: sizes }, { name: 'kind', data: kinds });
    const bytes = Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: 'x', data: sizes },
          { name: 'kind', data: kinds },
        ],
      }),
    );
    writeFileSync(FILE(), bytes.subarray(0, bytes.length - 9));
    await failure(/Expected intact Parquet in .*t.parquet but found damage/);
    // The rows of the page's header, in zigzag: 40 is 80.
    const header = bytes.indexOf(Buffer.from([0x15, 80]));
    const claims = Buffer.concat([bytes.subarray(0, header + 1), Buffer.from([78]), bytes.subarray(header + 2)]);
    writeFileSync(FILE(), claims);
    await failure(/Expected intact Parquet in .*t.parquet but found damage/);
  });
});

describe('an Arrow file', () => {
  const table = () =>
    tableFromArrays({
      size: Float32Array.from(sizes),
      color: colors,
      count: BigInt64Array.from(sizes, (x) => BigInt(4 * x)),
      kind: kinds,
    });

  it('is a table like others', async () => {
    writeFileSync(inFolder('t.arrow'), tableToIPC(table(), 'file'));
    const { train, classNames } = await loadDataset(inFolder('t.arrow'));
    expect([...train.X.data]).toEqual(expected.flatMap((row, i) => [...row, i]));
    expect([[...train.y], classNames]).toEqual([kinds.map((k) => 'ab'.indexOf(k)), ['a', 'b']]);
  });

  it('is refused by the name of a column with dates or lists, and for damage', async () => {
    const list = new List(new Field('item', new Int32()));
    const columns = {
      size: vectorFromArray([1, 2], new Int32()),
      day: vectorFromArray([new Date(0), new Date(1e9)], new DateDay()),
      list: vectorFromArray([[1], [2]], list),
      kind: vectorFromArray(['a', 'b']),
    };
    writeFileSync(inFolder('t.parquet'), tableToIPC(new Table(columns), 'file'));
    await failure(/column "day" .* dates or times/, 'ERR_COLUMN');
    await failure(/column "list" .* nested values/, 'ERR_COLUMN', { ignore: ['day'] });
    const others = {
      price: vectorFromArray([Uint32Array.of(1, 0, 0, 0), Uint32Array.of(2, 0, 0, 0)], new Decimal(2, 9)),
      raw: vectorFromArray([Uint8Array.of(1), Uint8Array.of(2)], new Binary()),
      kind: vectorFromArray(['a', 'b']),
    };
    writeFileSync(inFolder('t.parquet'), tableToIPC(new Table(others), 'file'));
    await failure(/column "price" .* but it has decimals/, 'ERR_COLUMN');
    await failure(/column "raw" .* but it has bytes/, 'ERR_COLUMN', { ignore: ['price'] });
    writeFileSync(inFolder('t.parquet'), tableToIPC(table(), 'file').subarray(0, 700));
    await failure(/Expected intact Arrow in .* but found damage/);
  });
});

it('a table can be read twice, and be ended early', async () => {
  parquet({ name: 'x', data: sizes }, { name: 'kind', data: kinds });
  const source = await openTable(FILE(), {});
  for await (const { rows, where } of source.batches()) {
    expect([rows.length, where(3)]).toEqual([40, `row 3 of ${FILE()}`]);
    break;
  }
  expect((await loadTable(source, {}, source)).test?.X.rows).toBe(40);
});
