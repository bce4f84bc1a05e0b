import { isObject } from '../../validation/check.js';
import { wrongType } from '../../validation/errors.js';
import { isTypedArray } from '../../validation/typed-arrays.js';
import type { Cell } from './cell.js';
import { columnError, quote } from './column.js';
import { type TableRow, valuesOf } from './encode-rows.js';
import { checkCell, type Where } from './row-encoder.js';
import { placeNames } from './source.js';

/** Reads rows that are like the first one: objects with the same keys, or arrays of the same length. */
export interface RowReader {
  readonly columns: readonly string[];
  /** Whether rows are objects. */
  readonly named: boolean;
  /**
   * The cells of a row, one per column.
   *
   * @throws RangeError `ERR_COLUMN` for keys that the first row lacks, or lacks itself, `ERR_SHAPE`; TypeError
   * `ERR_INVALID_TYPE`
   */
  cells(row: unknown, where: Where): Cell[];
}

/** A reader for rows like `first`. */
export function rowReader(first: unknown, where: Where): RowReader {
  const named = isObject(first);
  if (!named && !Array.isArray(first) && !isTypedArray(first)) {
    throw wrongType(`an object or an array for ${where()}`, first);
  }
  const columns = named ? Object.keys(first) : placeNames((first as ArrayLike<unknown>).length);
  if (columns.length === 0) throw wrongType(`at least one value in ${where()}`, first);
  const known = new Set(columns);
  const cells = (row: unknown, at: Where) => {
    if (isObject(row) !== named) throw wrongType(`${named ? 'an object' : 'an array'} for ${at()}, as before it,`, row);
    if (named) checkKeys(Object.keys(row as object), known, at);
    return valuesOf(row as TableRow, columns, at).map((value, i) => checkCell(value, columns[i], at));
  };
  return { columns, named, cells };
}

function checkKeys(keys: readonly string[], known: ReadonlySet<string>, where: Where): void {
  const extra = keys.find((key) => !known.has(key));
  if (extra === undefined) return;
  throw columnError(
    `Expected the columns of the first row at ${where()} but received ${quote(extra)} too: give it to every row, ` +
      'with null where its value is missing',
  );
}
