/** What a delimited text file is written in, judged by its first lines. */
import Papa from 'papaparse';
import { dataFileError } from '../formats/data-file-error.js';
import { cellNumber, isMissing } from './cell.js';
import { quote, repeated } from './column.js';
import { placeNames } from './source.js';

/** Characters that may stand between values. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;

/** What stands between values. */
export type Delimiter = (typeof DELIMITERS)[number];

/** What delimiters are called. */
export const DELIMITER_WORDS: Readonly<Record<Delimiter, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'vertical bars',
};

/** How a delimited text is written; what is undefined is found out. */
export interface DelimitedOptions {
  /**
   * What stands between values.
   * @defaultValue found out: a comma, semicolon, tab or vertical bar
   */
  readonly delimiter?: Delimiter | undefined;
  /**
   * Whether the first line has the names of the columns.
   * @defaultValue found out
   */
  readonly header?: boolean | undefined;
  /**
   * What stands between the digits of a number and its fraction.
   * @defaultValue found out if values are separated by semicolons, otherwise a point
   */
  readonly decimal?: '.' | ',' | undefined;
}

/** How a delimited text is written. */
export interface Dialect {
  readonly delimiter: Delimiter;
  readonly decimal: '.' | ',';
  readonly header: boolean;
  readonly columns: readonly string[];
}

/** Rows of values, and what stopped before the end of the text. */
interface SplitText {
  readonly rows: string[][];
  /** What is wrong with quotes. */
  readonly errors: readonly {
    readonly code: string;
    readonly row?: number | undefined;
    readonly index?: number | undefined;
  }[];
  /** Characters of the rows. */
  readonly length: number;
}

/** Splits text into rows of values. `complete` is false while more text follows: the last row is left over then. */
export function splitRows(text: string, delimiter: string, complete: boolean): SplitText {
  // This class is Papa Parse without its readers: they cannot bound the length of a row, nor count lines.
  const { data, errors, meta } = new Papa.Parser({ delimiter, newline: '\n', quoteChar: '"' }).parse(
    text,
    0,
    !complete,
  ) as Papa.ParseResult<string[]>;
  return { rows: data, errors, length: meta.cursor };
}

/** Whether a row is an empty line. */
export function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && row[0].trim() === '';
}

/**
 * How a text is written.
 *
 * @param text - its first lines
 * @throws Error `ERR_DATA_FILE` when it cannot be told, with the option that does
 */
export function dialectOf(text: string, path: string, options: DelimitedOptions, names: readonly string[]): Dialect {
  const delimiter = options.delimiter ?? delimiterOf(text);
  if (delimiter === undefined) {
    throw dataFileError(`Expected rows of values in ${path}, but ${noDelimiter(text)}`);
  }
  const rows = sampleRows(text, delimiter);
  const decimal = options.decimal ?? (delimiter === ';' ? decimalOf(rows, path) : '.');
  const plain = rows.map((row) => row.map((cell) => normalCell(cell, decimal)));
  const named = names.some((name) => plain[0].includes(name));
  const header = options.header ?? (named || hasHeader(plain, path, openQuote(text, delimiter)));
  const columns = header ? headerNames(plain[0], path) : placeNames(plain[0].length);
  return { delimiter, decimal, header, columns };
}

/** Why it cannot be told what stands between the values of a text, and what to do. */
export function noDelimiter(text: string): string {
  const quoteAt = openQuote(text, ',');
  if (quoteAt !== undefined) return `the quote at line ${quoteAt} is never closed: close it, or remove it`;
  const option = "say what stands between values (delimiter: ';', or --delimiter ';')";
  if (!/[,;\t|]/.test(text)) {
    return `its first lines have no commas, semicolons, tabs or vertical bars between values: write it as CSV`;
  }
  const candidates = delimiterCandidates(text).map((delimiter) => DELIMITER_WORDS[delimiter]);
  return candidates.length > 1
    ? `${candidates.join(' or ')} may stand between its values: ${option}`
    : 'whether commas, semicolons, tabs or vertical bars separate values, its first lines do not have the same ' +
        `number of them: correct the lines, or ${option}`;
}

/** The line of a quote that the rest of the text does not close; undefined if there is none. */
function openQuote(text: string, delimiter: string): number | undefined {
  const { errors } = splitRows(text, delimiter, true);
  const index = errors.find(({ code }) => code === 'MissingQuotes')?.index;
  return index === undefined ? undefined : text.slice(0, index).split('\n').length;
}

/** A cell without spaces around it, and with a point in a number. */
export function normalCell(cell: string, decimal: string): string {
  const text = cell.trim();
  return decimal === ',' && DECIMAL_COMMA.test(text) ? text.replace(',', '.') : text;
}

const DECIMAL_COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;

/** The first rows, without empty lines. */
function sampleRows(text: string, delimiter: string): string[][] {
  const { rows } = splitRows(text, delimiter, false);
  return rows.filter((row) => !isBlank(row));
}

/** The delimiters that give most rows as many values as the first, more than one. */
export function delimiterCandidates(text: string): Delimiter[] {
  return DELIMITERS.filter((delimiter) => {
    const rows = sampleRows(text, delimiter);
    const width = rows[0]?.length ?? 0;
    return width > 1 && rows.filter(({ length }) => length === width).length > rows.length / 2;
  });
}

/** The delimiter of a text; undefined if there is none, or more than one is possible. */
function delimiterOf(text: string): Delimiter | undefined {
  const candidates = delimiterCandidates(text);
  // Commas stand in texts and in numbers as well; others stand in texts that are quoted because of commas.
  const commas = candidates.includes(',');
  const others = candidates.filter((delimiter) => delimiter !== ',' && !(commas && cutsQuotes(text, delimiter)));
  if (others.length > 1) return undefined;
  return others[0] ?? candidates[0];
}

/** Whether a delimiter stands within quotes, so that their ends are in different cells. */
function cutsQuotes(text: string, delimiter: Delimiter): boolean {
  const odd = (cell: string) => cell.split('"').length % 2 === 0;
  return sampleRows(text, delimiter).some((row) => row.some(odd));
}

function decimalOf(rows: readonly string[][], path: string): '.' | ',' {
  const cells = rows.flat().map((cell) => cell.trim());
  const commas = cells.filter((cell) => DECIMAL_COMMA.test(cell));
  if (commas.length === 0) return '.';
  const points = cells.some((cell) => /^[+-]?\d*\.\d+$/.test(cell));
  // 1,234 may be one thousand and more.
  if (!points && commas.some((cell) => !/^[+-]?[1-9]\d{0,2},\d{3}$/.test(cell))) return ',';
  throw dataFileError(
    `Expected numbers in ${path} with either a point or a comma before the fraction but found ${quote(commas[0])}` +
      `${points ? ' beside numbers with points' : ', which may be a whole number'}: ` +
      "say which (decimal: ',', or --decimal ,)",
  );
}

const isNumber = (cell: string) => !Number.isNaN(cellNumber(cell));

/** Rows of words alone from which a header can be told. */
const ENOUGH_ROWS = 10;

/**
 * Whether the first row has the names of the columns.
 *
 * @param quoteAt - the line of a quote that is not closed, which hides the rows below
 */
function hasHeader([first, ...rest]: readonly string[][], path: string, quoteAt: number | undefined): boolean {
  const numbers = first.filter((cell) => isNumber(cell) && !isMissing(cell));
  if (numbers.length > 0) {
    const counted = first.length > 2 && numbers.every((cell, i) => cell === String(i));
    if (counted) throw unknownHeader(path, 'its first line is 0, 1, 2, …, as pandas names columns');
    return false;
  }
  if (first.some((_, i) => rest.some((row) => row.length > i && isNumber(row[i]) && !isMissing(row[i])))) return true;
  if (repeated(first) !== undefined || rest.some((row) => row.some((cell, i) => cell === first[i]))) return false;
  if (rest.length >= ENOUGH_ROWS) return true;
  if (quoteAt !== undefined) throw quoteError(path, quoteAt);
  throw unknownHeader(path, 'it has few lines, and words in all columns');
}

/** The error for quotes that are not as they should be in a row that begins at `line`. */
export function quoteError(path: string, line: number): Error {
  return dataFileError(
    `Expected closed quotes in ${path} but the row at line ${line} has a quote that is never closed, or text behind ` +
      'a closing one: write "" for a quote within quotes',
  );
}

function unknownHeader(path: string, why: string): Error {
  return dataFileError(
    `Cannot tell whether the first line of ${path} has the names of the columns: ${why}. Say so ` +
      '(header: true, or --header), or that it is a row (header: false, or --no-header)',
  );
}

function headerNames(cells: readonly string[], path: string): string[] {
  const unnamed = placeNames(cells.length);
  const names = cells.map((cell, i) => (cell === '' ? unnamed[i] : cell));
  const twice = repeated(names);
  if (twice === undefined) return names;
  throw dataFileError(
    `Expected different names in the first line of ${path} but ${quote(twice)} is there twice: rename one, or, if ` +
      'the line is a row, say so (header: false, or --no-header)',
  );
}
