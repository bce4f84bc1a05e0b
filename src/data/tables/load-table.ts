import { basename } from 'node:path';
import { lastingArray } from '../../platform/lasting.js';
import { inTurns, turnTaker } from '../../platform/turns.js';
import { RandomState } from '../../random/random-state.js';
import { isError } from '../../validation/kinds.js';
import { allocated } from '../../validation/system-limits.js';
import { CHECKED, Dataset } from '../dataset.js';
import { dataFileError } from '../formats/data-file-error.js';
import { labelName } from '../labels.js';
import { Matrix } from '../matrix.js';
import type { DatasetPart } from '../part.js';
import { orderOf, partCounts } from '../split.js';
import { classWarnings } from '../stratify.js';
import { type Column, columnError, ignoreWords, quote } from './column.js';
import type { ColumnScan } from './column-scan.js';
import { LEFT_OUT, type ScannedLabels } from './label-scan.js';
import { RowEncoder } from './row-encoder.js';
import type { TableSource } from './source.js';
import { type ColumnOptions, eachRow, type KnownTable, scanLike, scanTable, type TableScan } from './table-scan.js';

/** How a table becomes a data set. */
export interface TableOptions extends ColumnOptions {
  /**
   * Rows to validate on: a count, or a share of all rows between 0 and 1. Each class is divided in proportion.
   * @defaultValue none
   */
  readonly validation?: number | undefined;
  /**
   * The stream that draws the validation rows and shuffles the others.
   * @defaultValue `new RandomState(0)`: the same rows each time
   */
  readonly random?: RandomState | undefined;
}

/** What the errors of a table have besides their codes, for programs in which a person chooses other columns. */
export interface TableOfError {
  /** The name of every column, also of those that are not used. */
  readonly columns: readonly string[];
  /** The name of the column with the class; undefined if the one that was asked for is not there. */
  readonly label: string | undefined;
}

/**
 * Makes a data set of a table. Rows are read twice, first to see what the columns are, so that no more memory is needed
 * than for the numbers.
 *
 * @param test - a second table with the same columns, whose rows become the test part
 * @throws RangeError `ERR_COLUMN`, `ERR_CATEGORY`, `ERR_MISSING_VALUE`, `ERR_NOT_FINITE` or `ERR_LABEL`, TypeError
 * `ERR_INVALID_TYPE`, with the row and the column; Error `ERR_DATA_FILE`; all with a {@link TableOfError} as `table`
 */
export async function loadTable(source: TableSource, options: TableOptions, test?: TableSource): Promise<Dataset> {
  try {
    return await readTable(source, options, test);
  } catch (error) {
    const { columns } = source;
    const { label = -1 } = options;
    const place = typeof label === 'number' ? label : columns.indexOf(label);
    const table: TableOfError = { columns, label: columns.at(place === -1 && label !== -1 ? columns.length : place) };
    throw isError(error) ? Object.assign(error, { table }) : error;
  }
}

async function readTable(source: TableSource, options: TableOptions, test?: TableSource): Promise<Dataset> {
  for (const one of [source, ...(test ? [test] : [])]) checkNamed(one, options.ignore ?? []);
  const { validation, missing, random = new RandomState(0) } = options;
  const scan = await scanTable(source, options);
  const columns = columnsOf(scan);
  const labels = scan.labels.finish(source.textual);
  const parts = await readParts(scan, columns, labels, validation, random);
  const { classes } = labels;
  const tested = test && (await readLike(test, { columns, label: scan.label, classes }, missing));
  const classNames = classes.map(labelName);
  const warnings = [...tableWarnings(scan, columns), ...classWarnings(classNames, Object.entries(parts).map(toLabels))];
  const file = basename(source.name);
  const name = file.replace(/\..*$/, '') || file;
  const about = { columns, label: scan.label, classNames, warnings, source: file, name };
  return new Dataset({ ...parts, test: tested, ...about }, CHECKED);
}

const toLabels = ([name, { y }]: [string, DatasetPart]) => [name, y] as const;

/** The columns of a table. An error names all columns that cannot be used, so that they can be mended together. */
function columnsOf({ columns, missing }: TableScan): Column[] {
  const problems: { name: string; error: Error }[] = [];
  const found = columns.flatMap((column) => {
    try {
      return [column.column(missing)];
    } catch (error) {
      problems.push({ name: column.name, error: error as Error });
      return [];
    }
  });
  const [first, ...others] = problems;
  if (first === undefined) return found;
  if (others.length > 0) {
    const names = others.map(({ name }) => quote(name)).join(', ');
    first.error.message += `. Other columns that cannot be used as they are: ${names}`;
  }
  throw first.error;
}

/** Reads the rows again, each to where it belongs: no row is moved later. */
async function readParts(
  scan: TableScan,
  columns: readonly Column[],
  { y, counts }: ScannedLabels,
  validation: number | undefined,
  random: RandomState,
): Promise<{ train: DatasetPart; validation?: DatasetPart }> {
  const N = counts.reduce((sum, count) => sum + count, 0);
  const kept = N === y.length ? y : y.filter((label) => label !== LEFT_OUT);
  const sizes = partCounts(N, { validation });
  const order = validation === undefined ? undefined : await inTurns(orderOf(kept, sizes, { random, stratify: true }));
  const X = await readRows(scan, columns, { y, places: order && inverse(order), N });
  const labels = order ? order.map((row) => kept[row]) : kept;
  const [[, train]] = sizes;
  if (train === N) return { train: { X, y: labels } };
  return {
    train: { X: X.slice(0, train), y: labels.subarray(0, train) },
    validation: { X: X.slice(train), y: labels.subarray(train) },
  };
}

/** Reads the rows of a table that has the columns and the classes of another one: see {@link scanLike}. */
export async function readLike(
  source: TableSource,
  known: KnownTable,
  missing: ColumnOptions['missing'],
): Promise<DatasetPart> {
  const scan = await scanLike(source, known, missing);
  const { y } = scan.labels.finish(source.textual);
  const kept = scan.dropped === 0 ? y : y.filter((label) => label !== LEFT_OUT);
  return { X: await readRows(scan, known.columns, { y, N: kept.length }), y: kept };
}

interface RowPlaces {
  /** The class of each row of the table, or that it was left out. */
  readonly y: Int32Array;
  /** Rows that were not left out. */
  readonly N: number;
  /** The place of each of these (N); undefined if they keep their order. */
  readonly places?: Int32Array | undefined;
}

async function readRows(scan: TableScan, columns: readonly Column[], { y, N, places }: RowPlaces): Promise<Matrix> {
  const { source, features } = scan;
  const encoder = new RowEncoder(columns);
  const data = allocated(`the numbers of ${N} rows`, () => lastingArray(Float64Array, N * encoder.width));
  const cells = new Array(features.length);
  const turn = turnTaker();
  let row = 0;
  let kept = 0;
  for await (const batch of source.batches()) {
    eachRow(batch, (all, where) => {
      if (row >= y.length) throw changed(source);
      if (y[row++] === LEFT_OUT) return;
      for (let i = 0; i < features.length; i++) cells[i] = all[features[i]];
      encoder.write(cells, data, (places ? places[kept] : kept) * encoder.width, where);
      kept++;
    });
    await turn();
  }
  if (row !== y.length) throw changed(source);
  return new Matrix(data, encoder.width);
}

function changed({ name }: TableSource): Error {
  return dataFileError(`Expected the same rows of ${name} twice but they changed while they were read: load it again`);
}

/** The place of each row in an order of all rows. */
function inverse(order: Int32Array): Int32Array {
  const places = new Int32Array(order.length);
  for (let place = 0; place < order.length; place++) places[order[place]] = place;
  return places;
}

function tableWarnings({ columns, dropped, labels }: TableScan, encoded: readonly Column[]): string[] {
  const warnings = dropped > 0 ? [`${dropped} of ${labels.rows} rows were left out because a value is missing`] : [];
  columns.forEach((column, i) => {
    if (column.missing > 0) warnings.push(filledWords(column, encoded[i]));
    if (column.countsRows()) {
      const name = quote(column.name);
      warnings.push(
        `Column ${name} counts the rows: ${ignoreWords(column.name)} unless it says something of the class`,
      );
    }
  });
  return warnings;
}

function filledWords({ name, missing }: ColumnScan, { type, fill }: Column): string {
  const value =
    type === 'number'
      ? `the mean, ${Number(Number(fill).toPrecision(6))}`
      : `the most frequent category, ${quote(String(fill))}`;
  const values = missing === 1 ? 'missing value was' : 'missing values were';
  return `In column ${quote(name)}, ${missing} ${values} filled with ${value}`;
}

/** Refuses columns without a name of their own, such as the index that pandas writes. */
function checkNamed({ columns, named, name }: TableSource, ignore: readonly (string | number)[]): void {
  if (!named) return;
  const place = columns.findIndex((column, i) => column === `column ${i + 1}`);
  if (place < 0 || ignore.includes(place) || ignore.includes(columns[place])) return;
  throw columnError(
    `Expected a name for each column in the first line of ${name} but column ${place + 1} has none: give it one or, ` +
      `if it is an index, ${ignoreWords(place)}`,
  );
}
