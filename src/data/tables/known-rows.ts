/** Rows of a table for a model that was trained on another one. */
import { Matrix } from '../matrix.js';
import { type Column, columnError, quote } from './column.js';
import { RowEncoder } from './row-encoder.js';
import type { TableSource } from './source.js';
import { checkUsable, eachRow, placeOf } from './table-scan.js';

/** What a model reads. */
export interface KnownInput {
  /** The columns of its training rows; undefined for rows of plain numbers. */
  readonly columns: readonly Column[] | undefined;
  /** D, the numbers of a row. */
  readonly inputSize: number;
}

/** The columns that a model reads, and where they are in a table. */
export interface PlacedColumns {
  readonly columns: readonly Column[];
  readonly places: readonly number[];
}

/**
 * Finds the columns that a model reads in a table: by their names, in any order and among others; or by place, if the
 * table or the model has no names and there are just as many. A model without columns reads all that are not ignored.
 *
 * @param ignore - columns that are not read, by name or place
 * @throws RangeError `ERR_COLUMN`
 */
export function placeColumns(
  source: TableSource,
  input: KnownInput,
  ignore: readonly (string | number)[] = [],
): PlacedColumns {
  const ignored = new Set(ignore.map((column) => placeOf(column, source, 'ignore')));
  const left = [...source.columns.keys()].filter((place) => !ignored.has(place));
  const { columns = left.map((place) => ({ name: source.columns[place], type: 'number' as const })) } = input;
  if (input.columns === undefined && columns.length !== input.inputSize) {
    throw columnError(
      `Expected ${input.inputSize} columns of numbers in ${source.name}, as the model reads, but it has ` +
        `${columns.length}: ignore those that are not for the model, such as the class (ignore, or --ignore)`,
    );
  }
  const places = columns.map(({ name }) => source.columns.indexOf(name));
  const absent = columns.filter((_, i) => places[i] < 0).map(({ name }) => quote(name));
  if (absent.length === 0) {
    checkUsable(source, places);
    return { columns, places };
  }
  if ((!source.named || columns.every(isUnnamed)) && columns.length === left.length) return { columns, places: left };
  const header =
    source.textual && !source.named
      ? '. Its first line was taken for a row: if it has names, say so (header: true, or --header)'
      : '';
  throw columnError(
    `Expected the columns that the model reads in ${source.name} but it lacks ${some(absent)} ` +
      `and has ${some(source.columns.map(quote))}${header}`,
  );
}

function some(names: readonly string[]): string {
  return names.slice(0, SHOWN).join(', ') + (names.length > SHOWN ? `, … (${names.length} in all)` : '');
}

/** Names that an error shows. */
const SHOWN = 5;

const isUnnamed = ({ name }: Column) => /^column \d+$/.test(name);

/**
 * The name of the column with the class: the last that the model does not read and that is not ignored.
 *
 * @throws RangeError `ERR_COLUMN` if it reads all
 */
export function labelColumn(
  source: TableSource,
  { places }: PlacedColumns,
  ignore: readonly (string | number)[],
): string {
  const { columns, name } = source;
  const other = new Set([...places, ...ignore.map((column) => placeOf(column, source, 'ignore'))]);
  const label = columns.findLast((_, place) => !other.has(place));
  if (label !== undefined) return label;
  throw columnError(`Expected a column with the class in ${name} besides those that the model reads but it has none`);
}

/**
 * Reads the rows of a table as a model's columns encode them, some at a time.
 *
 * @throws as `RowEncoder`, with the row and the column
 */
export async function* readRowsLike(
  source: TableSource,
  { columns, places }: PlacedColumns,
): AsyncGenerator<Matrix, void, void> {
  const encoder = new RowEncoder(columns);
  const cells = new Array(places.length);
  for await (const batch of source.batches()) {
    if (batch.rows.length === 0) continue;
    const data = new Float64Array(batch.rows.length * encoder.width);
    let row = 0;
    eachRow(batch, (all, where) => {
      for (let i = 0; i < places.length; i++) cells[i] = all[places[i]];
      encoder.write(cells, data, row++ * encoder.width, where);
    });
    yield new Matrix(data, encoder.width);
  }
}
