import { wrongType } from '../../validation/errors.js';
import { rowReader } from './row-reader.js';
import type { RowBatch, TableSource } from './source.js';

/** Rows of a table in memory, or that arrive one by one. */
export type Records = Iterable<unknown> | AsyncIterable<unknown>;

/** Rows that are read at a time. */
const BATCH_ROWS = 256;

/**
 * A table of records: objects by column name, or arrays of cells. An array is read where it is; records of another
 * iterable are kept until the end.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export async function recordSource(records: Records, name: string): Promise<TableSource> {
  const rows = await collect(records, name);
  if (rows.length === 0) throw wrongType(`at least one row for ${name}`, rows);
  const where = (row: number) => `row ${row} of ${name}`;
  const reader = rowReader(rows[0], () => where(0));
  async function* batches(): AsyncGenerator<RowBatch, void, void> {
    for (let from = 0; from < rows.length; from += BATCH_ROWS) {
      const part = rows.slice(from, from + BATCH_ROWS);
      const cells = part.map((row, i) => reader.cells(row, () => where(from + i)));
      yield { rows: cells, where: (index) => where(from + index) };
    }
  }
  return { name, columns: reader.columns, named: reader.named, textual: false, format: 'records', batches };
}

async function collect(records: Records, name: string): Promise<readonly unknown[]> {
  if (Array.isArray(records)) return records;
  if (typeof records !== 'object' || records === null) throw wrongType(`an array or an iterable for ${name}`, records);
  if (Symbol.asyncIterator in records || Symbol.iterator in records) {
    const rows: unknown[] = [];
    for await (const record of records) rows.push(record);
    return rows;
  }
  throw wrongType(`an array or an iterable for ${name}`, records);
}
