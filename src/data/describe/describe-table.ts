import { basename } from 'node:path';
import { turnTaker } from '../../platform/turns.js';
import { isError } from '../../validation/kinds.js';
import { labelName } from '../labels.js';
import { quote } from '../tables/column.js';
import { ColumnScan } from '../tables/column-scan.js';
import { LabelScan } from '../tables/label-scan.js';
import type { TableSource } from '../tables/source.js';
import { type ColumnOptions, eachRow, placeOf } from '../tables/table-scan.js';
import type { ColumnDescription } from './description.js';

/** What a table has, before it is known how it becomes rows of numbers. */
export interface TableDescription {
  readonly source: string;
  /** What it is written in: `values separated by commas`. */
  readonly format: string;
  readonly rows: number;
  /** All columns that are not ignored, that of the class included. */
  readonly columns: readonly ColumnDescription[];
  /** The column with the class. */
  readonly label: string;
  /** The classes with their rows; none if that column has no classes, for which there is a warning then. */
  readonly classes: readonly { readonly name: string; readonly rows: number }[];
  readonly warnings: readonly string[];
}

/**
 * Describes a table as it is, also one that cannot be loaded without further options: with missing values, numbers
 * beside words, or dates.
 *
 * @param options - the column with the class, columns that are left out, and types of columns
 * @throws RangeError `ERR_COLUMN` for a column that is not there; Error `ERR_DATA_FILE`
 */
export async function describeTable(
  source: TableSource,
  { label = -1, ignore = [], columns: types = {} }: Omit<ColumnOptions, 'missing'> = {},
): Promise<TableDescription> {
  const labelPlace = placeOf(label, source, 'label');
  const name = source.columns[labelPlace];
  const ignored = new Set(ignore.map((column) => placeOf(column, source, 'ignore')));
  for (const column of Object.keys(types)) placeOf(column, source, 'columns');
  const places = [...source.columns.keys()].filter((place) => place === labelPlace || !ignored.has(place));
  const scans = places.map((place) => {
    const column = source.columns[place];
    return new ColumnScan(column, Object.hasOwn(types, column) ? types[column] : undefined);
  });
  const labels = new LabelScan(name);
  const unclear: string[] = [];
  let rows = 0;
  const turn = turnTaker();
  for await (const batch of source.batches()) {
    eachRow(batch, (cells, where) => {
      rows++;
      for (let i = 0; i < scans.length; i++) scans[i].add(cells[places[i]], where);
      if (unclear.length === 0) noting(unclear, () => labels.add(cells[labelPlace], where));
    });
    await turn();
  }
  const found = unclear.length === 0 && rows > 0 ? noting(unclear, () => labels.finish(source.textual)) : undefined;
  const classes = found?.classes.map((of, c) => ({ name: labelName(of), rows: found.counts[c] })) ?? [];
  const columns = scans.map((scan, i) => columnOf(scan, source.refused?.has(places[i]) ?? false));
  const refused = [...(source.refused ?? [])]
    .filter(([place]) => places.includes(place))
    .map(([place, what]) => `Column ${quote(source.columns[place])} has ${what}`);
  const warnings = [...refused, ...unclear];
  return { source: basename(source.name), format: source.format, rows, columns, label: name, classes, warnings };
}

/** The result of `action`; the message of its error becomes a note. */
function noting<R>(notes: string[], action: () => R): R | undefined {
  try {
    return action();
  } catch (error) {
    if (!isError(error) || !('code' in error)) throw error;
    notes.push(error.message);
    return undefined;
  }
}

function columnOf(scan: ColumnScan, unusable: boolean): ColumnDescription {
  const { name, numbers, words, missing, min, max, counts } = scan;
  if (unusable) return { name, type: 'unusable' };
  if (numbers + words === 0) return { name, type: 'unusable', missing };
  const range = numbers > 0 ? { min, max } : {};
  if (words === 0) return { name, type: 'number', missing, ...range };
  return { name, type: numbers > 0 ? 'mixed' : 'category', missing, ...range, categories: counts.size };
}
