/** Turns the cells of a row into its numbers. */
import { nearest } from '../../validation/check.js';
import { describe, withCode, wrongType } from '../../validation/errors.js';
import { type Cell, cellNumber, isCell, isExact, isMissing } from './cell.js';
import { type CategoryColumn, type Column, columnWidth, quote, widthOf } from './column.js';

/** Where a row stands, for error messages: `row 3`, or `line 5 of iris.csv`. */
export type Where = () => string;

/** Categories that an error shows. */
const SHOWN = 10;

/** Encodes rows of cells, one cell per column. */
export class RowEncoder {
  /** D, the numbers of a row. */
  readonly width: number;
  readonly #columns: readonly EncodedColumn[];

  /** @param columns - checked columns */
  constructor(columns: readonly Column[]) {
    this.width = widthOf(columns);
    let offset = 0;
    this.#columns = columns.map((column) => {
      const encoded = { column, offset, categories: column.type === 'category' ? placesOf(column) : undefined };
      offset += columnWidth(column);
      return encoded;
    });
  }

  /**
   * Writes the numbers of a row.
   *
   * @param cells - one cell per column; texts without spaces around them
   * @param into - zeros where the row will be
   * @param at - the index of its first number
   * @throws RangeError `ERR_MISSING_VALUE`, `ERR_CATEGORY`, `ERR_NOT_FINITE`; TypeError `ERR_INVALID_TYPE`
   */
  write(cells: ArrayLike<Cell>, into: Float64Array, at: number, where: Where): void {
    for (let i = 0; i < this.#columns.length; i++) {
      const { column, offset, categories } = this.#columns[i];
      const cell = cells[i];
      if (categories) into[at + offset + placeOf(cell, column as CategoryColumn, categories, where)] = 1;
      else into[at + offset] = numberIn(cell, column, where);
    }
  }
}

interface EncodedColumn {
  readonly column: Column;
  /** The index of its first number in a row. */
  readonly offset: number;
  readonly categories: ReadonlyMap<string, number> | undefined;
}

function placesOf({ categories }: CategoryColumn): Map<string, number> {
  return new Map(categories.map((category, place) => [category, place]));
}

function numberIn(cell: Cell, column: Column, where: Where): number {
  const number = isMissing(cell) ? (column.fill as number | undefined) : cellNumber(cell);
  if (number !== undefined && isExact(number, cell)) return number;
  if (number === undefined) throw missingValue(column.name, where());
  if (Number.isNaN(number)) throw wrongType(`a number ${inColumn(column.name, where())}`, cell);
  throw withCode(
    new RangeError(`Expected a finite number ${inColumn(column.name, where())} but received ${describe(cell)}`),
    'ERR_NOT_FINITE',
  );
}

function placeOf(cell: Cell, column: CategoryColumn, places: ReadonlyMap<string, number>, where: Where): number {
  // A category may be called NA: what is known comes first.
  const found = places.get(typeof cell === 'string' ? cell : String(cell));
  if (found !== undefined) return found;
  if (!isMissing(cell)) throw unknownCategory(String(cell), column, where());
  if (column.fill === undefined) throw missingValue(column.name, where());
  return places.get(column.fill) as number;
}

/**
 * The cell without spaces around a text, or an error for what is not a cell.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function checkCell(value: unknown, name: string, where: Where): Cell {
  if (typeof value === 'string') return value.trim();
  if (isCell(value)) return value;
  throw wrongType(`a string, a number or a boolean ${inColumn(name, where())}`, value);
}

/** The error for a value that is missing and has no replacement. */
export function missingValue(column: string, where: string, remedy = 'give the column a fill, or leave the row out') {
  const message = `Expected a value ${inColumn(column, where)} but it is missing: ${remedy}`;
  return withCode(new RangeError(message), 'ERR_MISSING_VALUE');
}

function unknownCategory(value: string, { name, categories }: CategoryColumn, where: string): RangeError {
  const near = nearest(value, categories);
  const hint = near === undefined ? '' : `: did you mean ${quote(near)}?`;
  return withCode(
    new RangeError(`Expected ${oneOf(categories)} ${inColumn(name, where)} but received ${quote(value)}${hint}`),
    'ERR_CATEGORY',
  );
}

/** Some of these names, in words. */
export function oneOf(names: readonly string[]): string {
  const list = names.slice(0, SHOWN).map(quote).join(', ');
  return `one of ${list}${names.length > SHOWN ? `, … (${names.length} in all)` : ''}`;
}

function inColumn(name: string, where: string): string {
  return `in column ${quote(name)} at ${where}`;
}
