import { wrongShape, wrongType } from '../../validation/errors.js';
import { allocated } from '../../validation/system-limits.js';
import { isTypedArray } from '../../validation/typed-arrays.js';
import { Matrix } from '../matrix.js';
import type { Cell } from './cell.js';
import { type Column, checkColumns, columnError, quote } from './column.js';
import { checkCell, RowEncoder, type Where } from './row-encoder.js';

/**
 * One row of a table: an object of values by column name, or an array of values in the order of the columns. Numbers
 * and booleans may be texts, as in a file; null, NaN, '' and what files write for it (`NA`, `?`) are missing values.
 */
export type TableRow = Readonly<Record<string, unknown>> | ArrayLike<unknown>;

/**
 * Encodes rows as the columns of a table say: a number column gives one number, a category column one number per
 * category, 1 for the category of the row and 0 for the others.
 *
 * @param columns - the columns that the training rows were encoded with: `columns` of their `Dataset`
 * @param rows - N rows. Of objects, keys that are not columns are ignored, such as the label. A key that is absent is
 * an error, even if the column has a `fill`: write null for a missing value.
 * @returns N rows of D float64 numbers
 * @throws RangeError `ERR_CATEGORY` for an unknown category, `ERR_MISSING_VALUE` for a missing value in a column
 * without a `fill`, `ERR_COLUMN` for an object that lacks columns, `ERR_SHAPE` for an array of another length,
 * `ERR_NOT_FINITE`; TypeError `ERR_INVALID_TYPE`. Each names the row, counted from 0, and the column.
 *
 * @example
 * const X = encodeRows(data.columns, [{ sepalLength: 5.1, sepalWidth: 3.5, color: 'red' }]);
 */
export function encodeRows(columns: readonly Column[], rows: readonly TableRow[]): Matrix {
  const checked = checkColumns(columns);
  if (!Array.isArray(rows) || rows.length === 0) throw wrongType('an array of at least one row for the rows', rows);
  const encoder = new RowEncoder(checked);
  const data = allocated(`the numbers of ${rows.length} rows`, () => new Float64Array(rows.length * encoder.width));
  rows.forEach((row: TableRow, index) => {
    const where = () => `row ${index}`;
    encoder.write(cellsOf(row, checked, where), data, index * encoder.width, where);
  });
  return new Matrix(data, encoder.width);
}

/** The cells of a row, in the order of the columns. */
function cellsOf(row: TableRow, columns: readonly Column[], where: Where): Cell[] {
  const names = columns.map(({ name }) => name);
  return valuesOf(row, names, where).map((value, i) => checkCell(value, names[i], where));
}

/**
 * The values of a row in the order of `names`.
 *
 * @throws RangeError `ERR_COLUMN` or `ERR_SHAPE`; TypeError `ERR_INVALID_TYPE`
 */
export function valuesOf(row: TableRow, names: readonly string[], where: Where): unknown[] {
  if (Array.isArray(row) || isTypedArray(row)) {
    if (row.length === names.length) return Array.from(row);
    throw wrongShape(`${names.length} values, one per column, for ${where()}`, row);
  }
  if (typeof row !== 'object' || row === null) throw wrongType(`an object or an array for ${where()}`, row);
  const record = row as Readonly<Record<string, unknown>>;
  const absent = names.filter((name) => !Object.hasOwn(record, name));
  if (absent.length === 0) return names.map((name) => record[name]);
  throw columnError(
    `Expected a value for each column but ${where()} lacks ${absent.slice(0, 5).map(quote).join(', ')}` +
      `${absent.length > 5 ? `, … (${absent.length} in all)` : ''}: write null where a value is missing`,
  );
}
