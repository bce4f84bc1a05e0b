/** What the columns of a table are, and how many numbers each gives a row. */
import { checkNumber, checkOptions } from '../../validation/check.js';
import { withCode, wrongType } from '../../validation/errors.js';

/** A column of numbers: one number of a row. True and false count as 1 and 0. */
export interface NumberColumn {
  readonly name: string;
  readonly type: 'number';
  /**
   * The number in the place of a missing value.
   * @defaultValue none: a missing value is refused
   */
  readonly fill?: number | undefined;
}

/** A column of words. Each category is one number of a row: 1 if the row is in it, else 0. */
export interface CategoryColumn {
  readonly name: string;
  readonly type: 'category';
  /** The categories in the order of their numbers; those of a file are sorted by their code units. */
  readonly categories: readonly string[];
  /**
   * The category in the place of a missing value.
   * @defaultValue none: a missing value is refused
   */
  readonly fill?: string | undefined;
}

/** One column of a table. Plain data: it may be written as JSON. */
export type Column = NumberColumn | CategoryColumn;

/** The numbers that a column gives a row. */
export function columnWidth(column: Column): number {
  return column.type === 'number' ? 1 : column.categories.length;
}

/** D, the numbers that columns give a row together. */
export function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + columnWidth(column), 0);
}

/**
 * Checks columns, and returns a copy that nobody can change.
 *
 * @param D - the numbers of a row; undefined if any number will do
 * @throws TypeError `ERR_INVALID_TYPE` or `ERR_UNKNOWN_OPTION`, RangeError `ERR_NOT_FINITE`, `ERR_COLUMN` for names or
 * categories that occur twice and for a `fill` that is not a category, and `ERR_SHAPE` when they do not give D numbers
 */
export function checkColumns(columns: unknown, D?: number): readonly Column[] {
  if (!Array.isArray(columns)) throw wrongType('an array of columns for columns', columns);
  const checked = columns.map((column: unknown, index) => checkColumn(column, `columns[${index}]`));
  if (checked.length === 0) throw wrongType('at least one column for columns', columns);
  const twice = repeated(checked.map(({ name }) => name));
  if (twice !== undefined) throw columnError(`Expected columns of different names but received two of ${quote(twice)}`);
  const width = widthOf(checked);
  if (D === undefined || width === D) return Object.freeze(checked);
  throw withCode(
    new RangeError(`Expected columns that give ${D} numbers, as a row has, but received columns that give ${width}`),
    'ERR_SHAPE',
  );
}

/** The error for a column that is not there, or cannot be used as it is. */
export function columnError(message: string): RangeError {
  return withCode(new RangeError(message), 'ERR_COLUMN');
}

/** A name from a table as an error shows it: in quotes, and not too long. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 57)}...` : name);
}

/** How to leave a column out, in code and on the command line. */
export function ignoreWords(column: string | number): string {
  const code = typeof column === 'number' ? column : quote(column);
  return `ignore it (ignore: [${code}], or --ignore ${shellWord(column)})`;
}

/** How to make a column one of categories, in code and on the command line. */
export function categoryWords(column: string): string {
  return `columns: { ${quote(column)}: 'category' }, or --columns ${shellWord(`${column}=category`)}`;
}

/** How to name the column with the class, in code and on the command line. */
export const LABEL_WORDS = "name the column with the class (label: 'species', or --label species)";

function shellWord(text: string | number): string {
  return /^[\w.=-]+$/.test(String(text)) ? String(text) : `'${text}'`;
}

/** The first name that occurs a second time. */
export function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

function checkColumn(column: unknown, name: string): Column {
  const { type } = checkOptions(column as Column, name, ['name', 'type', 'categories', 'fill'] as never[]);
  if (typeof (column as Column).name !== 'string') throw wrongType(`a string for the name of ${name}`, column);
  if (type === 'number') return checkNumberColumn(column as NumberColumn, name);
  if (type === 'category') return checkCategoryColumn(column as CategoryColumn, name);
  throw wrongType(`"number" or "category" for the type of ${name}`, type);
}

function checkNumberColumn({ name, type, fill }: NumberColumn, place: string): NumberColumn {
  if (fill === undefined) return Object.freeze({ name, type });
  return Object.freeze({ name, type, fill: checkNumber(fill, `the fill of ${place}`) });
}

function checkCategoryColumn({ name, type, categories, fill }: CategoryColumn, place: string): CategoryColumn {
  if (!Array.isArray(categories) || categories.length === 0 || categories.some((item) => typeof item !== 'string')) {
    throw wrongType(`an array of at least one string for the categories of ${place}`, categories);
  }
  const twice = repeated(categories);
  if (twice !== undefined) throw columnError(`Expected different categories for ${place} but ${quote(twice)} is twice`);
  const copy = Object.freeze([...categories]);
  if (fill === undefined) return Object.freeze({ name, type, categories: copy });
  if (typeof fill !== 'string') throw wrongType(`a string for the fill of ${place}`, fill);
  if (!copy.includes(fill))
    throw columnError(`Expected one of its categories for the fill of ${place}: ${quote(fill)}`);
  return Object.freeze({ name, type, categories: copy, fill });
}
