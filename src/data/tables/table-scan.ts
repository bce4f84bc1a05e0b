import { turnTaker } from '../../platform/turns.js';
import { nearest } from '../../validation/check.js';
import type { Label } from '../labels.js';
import { type Cell, isMissing } from './cell.js';
import { type Column, columnError, ignoreWords, quote } from './column.js';
import { ColumnScan, type MissingRule } from './column-scan.js';
import { LabelScan } from './label-scan.js';
import { oneOf } from './row-encoder.js';
import type { RowBatch, TableSource } from './source.js';

/** Which columns of a table are used, and how. */
export interface ColumnOptions {
  /**
   * The column with the class of each row: its name, or its place from 0. Negative places count from the end.
   * @defaultValue −1, the last column
   */
  readonly label?: string | number | undefined;
  /**
   * Columns that are not used, by name or place.
   * @defaultValue none
   */
  readonly ignore?: readonly (string | number)[] | undefined;
  /**
   * Types of columns by name, where the type that their values suggest is wrong: an object like
   * `{ zip: 'category' }`.
   * @defaultValue number if all values of a column are numbers, or true and false; otherwise category
   */
  readonly columns?: Readonly<Record<string, Column['type']>> | undefined;
  /**
   * What to do with missing values: fill them with the mean of their column, or its most frequent category (`mean`), or
   * leave their rows out (`drop`). Means are of all rows that are loaded, before any split; later rows are filled with
   * the same.
   * @defaultValue they are an error
   */
  readonly missing?: MissingRule | undefined;
}

/** What a first reading of all rows has found. */
export interface TableScan {
  readonly source: TableSource;
  readonly missing: MissingRule | undefined;
  /** The places of the columns that become numbers. */
  readonly features: readonly number[];
  /** What was seen of each of these. */
  readonly columns: readonly ColumnScan[];
  /** The name of the column with the class. */
  readonly label: string;
  readonly labels: LabelScan;
  /** Rows that were left out, since a value is missing. */
  readonly dropped: number;
}

/** What rows must be like: those of a data set that is there already. */
export interface KnownTable {
  readonly columns: readonly Column[];
  /** Where the columns are in the table; undefined to find them by their names. */
  readonly places?: readonly number[] | undefined;
  readonly label: string;
  readonly classes: readonly Label[];
}

/**
 * Reads all rows once, to see what the columns are and which classes there are.
 *
 * @throws RangeError `ERR_COLUMN` for a column that is not there; Error `ERR_DATA_FILE`
 */
export async function scanTable(source: TableSource, options: ColumnOptions): Promise<TableScan> {
  const { label = -1, ignore = [], columns: types = {}, missing } = options;
  const labelPlace = placeOf(label, source, 'label');
  const ignored = new Set(ignore.map((column) => placeOf(column, source, 'ignore')));
  for (const name of Object.keys(types)) placeOf(name, source, 'columns');
  const features = [...source.columns.keys()].filter((place) => place !== labelPlace && !ignored.has(place));
  if (features.length === 0)
    throw columnError(`Expected columns besides the label in ${source.name} but there is none`);
  checkUsable(source, [...features, labelPlace]);
  const columns = features.map((place) => {
    const name = source.columns[place];
    return new ColumnScan(name, Object.hasOwn(types, name) ? types[name] : undefined);
  });
  const name = source.columns[labelPlace];
  return scanRows({ source, missing, features, columns, label: name, labels: new LabelScan(name) }, labelPlace);
}

/**
 * Reads the classes of all rows of a table that has the columns and the classes of another one. Its columns may be in
 * another order, and there may be more.
 *
 * @throws as {@link scanTable}, and RangeError `ERR_LABEL` for a class that is not known
 */
export async function scanLike(source: TableSource, known: KnownTable, missing?: MissingRule): Promise<TableScan> {
  const placed = ({ name }: Column) => placeOf(name, source, 'the columns of the training rows');
  const features = known.places ?? known.columns.map(placed);
  const labelPlace = placeOf(known.label, source, 'label');
  checkUsable(source, [...features, labelPlace]);
  const labels = new LabelScan(known.label, known.classes);
  return scanRows({ source, missing, features, columns: [], label: known.label, labels }, labelPlace);
}

async function scanRows(scan: Omit<TableScan, 'dropped'>, labelPlace: number): Promise<TableScan> {
  const { features, columns, labels } = scan;
  const drop = scan.missing === 'drop' ? [...features, labelPlace] : [];
  let dropped = 0;
  const turn = turnTaker();
  const add = (cells: readonly Cell[], where: () => string) => {
    if (drop.some((place) => isMissing(cells[place]))) {
      labels.leaveOut();
      dropped++;
      return;
    }
    labels.add(cells[labelPlace], where);
    for (let i = 0; i < columns.length; i++) columns[i].add(cells[features[i]], where);
  };
  for await (const batch of scan.source.batches()) {
    eachRow(batch, add);
    await turn();
  }
  if (labels.rows > dropped) return { ...scan, dropped };
  throw columnError(
    dropped > 0
      ? `Expected rows without missing values in ${scan.source.name} but all ${dropped} have some: ignore the ` +
          "columns that have most of them (ignore, or --ignore), or fill them (missing: 'mean', or --missing mean)"
      : `Expected rows in ${scan.source.name} but there is none below its header`,
  );
}

/**
 * Checks that the columns at these places have values that can be used.
 *
 * @throws RangeError `ERR_COLUMN`
 */
export function checkUsable({ columns, refused, name }: TableSource, places: readonly number[]): void {
  const bad = places.find((place) => refused?.has(place));
  if (bad === undefined) return;
  const column = quote(columns[bad]);
  throw columnError(
    `Expected numbers, words, true or false in column ${column} of ${name} but it has ${refused?.get(bad)}: convert ` +
      `them, or ${ignoreWords(columns[bad])}`,
  );
}

/** Calls `action` for each row of a batch. */
export function eachRow(
  { rows, where }: RowBatch,
  action: (cells: readonly Cell[], where: () => string) => void,
): void {
  let row = 0;
  const here = () => where(row);
  for (; row < rows.length; row++) action(rows[row], here);
}

/**
 * The place of a column by its name or place.
 *
 * @param use - what it is for, for the error
 * @throws RangeError `ERR_COLUMN` for a column that is not there
 */
export function placeOf(column: string | number, source: TableSource, use: string): number {
  const { columns, name } = source;
  const place = typeof column === 'string' ? columns.indexOf(column) : column < 0 ? column + columns.length : column;
  if (Number.isInteger(place) && place >= 0 && place < columns.length) return place;
  if (typeof column === 'number') {
    const range = `from ${-columns.length} to ${columns.length - 1}`;
    throw columnError(`Expected the place of a column of ${name}, ${range}, for ${use} but received ${column}`);
  }
  const near = nearest(column, columns);
  const header =
    source.textual && !source.named
      ? ', for its first line was taken for a row: if it has names, say so (header: true, or --header)'
      : '';
  const hint = near === undefined ? header : `: did you mean ${quote(near)}?`;
  throw columnError(`Expected ${oneOf(columns)} of ${name} for ${use} but received ${quote(column)}${hint}`);
}
