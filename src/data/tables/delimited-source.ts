import { dataFileError } from '../formats/data-file-error.js';
import {
  DELIMITER_WORDS,
  type DelimitedOptions,
  type Dialect,
  dialectOf,
  isBlank,
  normalCell,
  quoteError,
  splitRows,
} from './delimited-text.js';
import type { RowBatch, TableSource } from './source.js';
import { MAX_LINE, type TableText, tooLong } from './text-blocks.js';

/**
 * Opens a text of delimited values (CSV, TSV and the like).
 *
 * @param names - names of columns that are asked for: if the first line has one of them, it is a header
 * @throws Error `ERR_DATA_FILE` when it cannot be read, or it cannot be told how it is written
 */
export async function delimitedSource(
  source: TableText,
  options: DelimitedOptions,
  names: readonly string[],
): Promise<TableSource> {
  const { name } = source;
  for await (const { text } of source.look()) {
    const dialect = dialectOf(text, name, options, names);
    return {
      name,
      columns: dialect.columns,
      named: dialect.header,
      textual: true,
      format: `values separated by ${DELIMITER_WORDS[dialect.delimiter]}`,
      batches: () => batchesOf(source, dialect),
    };
  }
  throw dataFileError(`Expected rows in ${name} but it is empty`);
}

async function* batchesOf(source: TableText, dialect: Dialect): AsyncGenerator<RowBatch, void, void> {
  const { name } = source;
  let rest = '';
  let line = 1;
  let header = dialect.header;
  const parse = (text: string, complete: boolean): RowBatch | undefined => {
    const first = line;
    const { rows, errors, length } = splitRows(text, dialect.delimiter, complete);
    const lines = text.includes('"') ? lineNumbers(rows, first) : (row: number) => first + row;
    if (errors.length > 0) throw quoteError(name, lines(errors[0].row ?? 0));
    rest = text.slice(length);
    line = lines(rows.length);
    if (rest.length > MAX_LINE) throw tooLong(name, line);
    const kept = [...rows.keys()].filter((row) => !isBlank(rows[row]));
    if (header && kept.length > 0) {
      kept.shift();
      header = false;
    }
    for (const row of kept) normalize(rows[row], dialect, () => `line ${lines(row)} of ${name}`);
    return { rows: kept.map((row) => rows[row]), where: (index) => `line ${lines(kept[index])} of ${name}` };
  };
  for await (const { text } of source.read()) {
    const batch = parse(rest + text, false);
    if (batch) yield batch;
  }
  if (rest === '') return;
  const last = parse(rest.replace(/\n$/, ''), true);
  if (last) yield last;
}

/** The number of the line where row `index` begins; the first row begins at `line`. Rows may have several lines. */
function lineNumbers(rows: readonly (readonly string[])[], line: number): (index: number) => number {
  return (index) => {
    let at = line;
    for (const row of rows.slice(0, index)) {
      at++;
      for (const cell of row) if (cell.includes('\n')) at += cell.split('\n').length - 1;
    }
    return at;
  };
}

/** Checks the number of cells of a row, and brings each into its normal form, in place. */
function normalize(row: string[], { columns, decimal }: Dialect, where: () => string): void {
  if (row.length !== columns.length) {
    throw dataFileError(
      `Expected ${columns.length} values, as the first line has, but ${where()} has ${row.length}: correct the line`,
    );
  }
  for (let i = 0; i < row.length; i++) row[i] = normalCell(row[i], decimal);
}
