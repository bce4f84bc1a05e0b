/** Finds out what a table is written in, by its content. */
import { headOf, withDataFile } from '../files/data-file.js';
import { isGzip } from '../files/gzip.js';
import { inflatedHead } from '../files/inflate.js';
import { whatIsAt } from '../files/what-is-at.js';
import { dataFileError } from '../formats/data-file-error.js';
import { columnarSource } from './columnar/columnar-source.js';
import { columnarKind, KIND_BYTES } from './columnar/kind.js';
import type { ColumnarKind } from './columnar/protocol.js';
import { delimitedSource } from './delimited-source.js';
import { type DelimitedOptions, delimiterCandidates, noDelimiter } from './delimited-text.js';
import { beginningOf, jsonSource, looksLikeJson } from './json-source.js';
import type { TableSource } from './source.js';
import { checkDelimited } from './table-options.js';
import type { ColumnOptions } from './table-scan.js';
import { fileText, type TableText } from './text-blocks.js';

/** Bytes that are looked at; packed ones may become a thousand times as many. */
const SAMPLE_BYTES = 1 << 16;
const PACKED_SAMPLE_BYTES = 1 << 14;

/**
 * Whether the file is a table, judged by its first lines or bytes: delimited values, JSON lines, a JSON array of rows,
 * Parquet or Arrow.
 */
export async function isTable(path: string): Promise<boolean> {
  if (await kindAt(path)) return true;
  const text = await firstLinesOf(path);
  return text !== undefined && (looksLikeJson(text) || delimiterCandidates(text).length > 0);
}

/**
 * Opens a file of delimited values (CSV, TSV and the like), JSON lines or a JSON array of rows, all also as gzip; or of
 * Parquet or Arrow.
 *
 * @throws Error `ERR_DATA_FILE`; RangeError `ERR_COLUMN` for columns that have no name and are not ignored; Error
 * `ERR_MISSING_PEER`
 */
export async function openTable(path: string, options: DelimitedOptions & ColumnOptions): Promise<TableSource> {
  const kind = await kindAt(path);
  if (kind) return columnarSource(path, kind);
  const text = await firstLinesOf(path);
  if (text !== undefined && looksLikeJson(text)) return jsonSource(fileText(path));
  const { label, ignore = [], columns = {} } = options;
  const names = [label, ...ignore, ...Object.keys(columns)].filter((name) => typeof name === 'string');
  const source = await delimitedSource(fileText(path), options, names);
  return source;
}

/**
 * Opens a table to predict its rows: a file as {@link openTable} does, or the text of a stream, which is read once.
 *
 * @param names - the names of its columns, as far as they are known: if the first line has one, it is a header
 * @throws Error `ERR_DATA_FILE`; TypeError `ERR_CONFLICT` for options that do not concern its format
 */
export async function openRows(
  input: string | TableText,
  options: DelimitedOptions,
  names: readonly string[],
): Promise<TableSource> {
  const source = await openInput(input, options, names);
  checkDelimited(options, [source]);
  return source;
}

async function openInput(
  input: string | TableText,
  options: DelimitedOptions,
  names: readonly string[],
): Promise<TableSource> {
  const kind = typeof input === 'string' ? await kindAt(input) : undefined;
  if (kind) return columnarSource(input as string, kind);
  const text = typeof input === 'string' ? fileText(input) : input;
  if (looksLikeJson(await beginningOf(text))) return jsonSource(text);
  for await (const block of text.look()) {
    if (block.text.trim() === '') continue;
    // Rows of one value have no delimiter.
    const single = names.length === 1 && delimiterCandidates(block.text).length === 0;
    return delimitedSource(text, single ? { delimiter: ',', ...options } : options, names);
  }
  throw dataFileError(`Expected rows in ${text.name} but it is empty`);
}

/** Whether a file is text, in any encoding without zeros. */
export async function isText(path: string): Promise<boolean> {
  const text = await firstLinesOf(path);
  return text !== undefined && text.trim() !== '' && !CONTROL.test(text);
}

/** Characters that no text has. */
const CONTROL = /[^\P{Cc}\s]/u;

/** Why a text is not taken for a table; undefined if the file is no text. */
export async function whyNoTable(path: string): Promise<string | undefined> {
  return (await isText(path)) ? noDelimiter((await firstLinesOf(path)) as string) : undefined;
}

/** The kind of a file that is no text; undefined for text, and if there is no file. */
async function kindAt(path: string): Promise<ColumnarKind | undefined> {
  if ((await whatIsAt(path)) !== 'file') return undefined;
  return columnarKind(await withDataFile(path, (file) => headOf(file, KIND_BYTES)));
}

/** The first whole lines of a file, or all of a short one; undefined if it is no file or no text. */
async function firstLinesOf(path: string): Promise<string | undefined> {
  if ((await whatIsAt(path)) !== 'file') return undefined;
  const head = await withDataFile(path, (file) => headOf(file, SAMPLE_BYTES));
  const bytes = isGzip(head) ? await inflatedHead(head.subarray(0, PACKED_SAMPLE_BYTES)) : head;
  // Text of another encoding is recognised too, and refused by its line when it is read.
  if (bytes.includes(0)) return undefined;
  const text = new TextDecoder().decode(bytes).replace(/\r\n?/g, '\n');
  const end = text.lastIndexOf('\n') + 1;
  return end === 0 || head.length < SAMPLE_BYTES ? `${text.trimEnd()}\n` : text.slice(0, end);
}
