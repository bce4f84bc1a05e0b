import { parseJson } from '../../platform/parse-json.js';
import { dataFileError } from '../formats/data-file-error.js';
import { type RowReader, rowReader } from './row-reader.js';
import type { RowBatch, TableSource } from './source.js';
import { MAX_LINE, type TableText, type TextBlock } from './text-blocks.js';

/** The text of one JSON value, and where it is. */
interface JsonText {
  readonly text: string;
  /** The number of the line where it begins. */
  readonly line: number;
  /** Its number among the elements of an array, from 1; undefined if each line is a value. */
  readonly row?: number;
}

/**
 * Opens a text with one JSON value per line, or with a JSON array: of objects by column name, or of arrays of cells. An
 * array may be a single line: it is read element by element.
 *
 * @throws Error `ERR_DATA_FILE` when it cannot be read or is not JSON
 */
export async function jsonSource(source: TableText): Promise<TableSource> {
  const { name } = source;
  const whole = isJsonArray(await beginningOf(source));
  const valuesOf = (open: TableText['read']) => (whole ? elementsOf(open('pieces'), name) : linesOf(open('lines')));
  for await (const [first] of valuesOf(source.look)) {
    if (first === undefined) continue;
    const reader = rowReader(parse(first, name), () => place(first, name));
    return {
      name,
      columns: reader.columns,
      named: reader.named,
      textual: false,
      format: whole ? 'a JSON array' : 'JSON lines',
      batches: () => batchesOf(valuesOf(source.read), reader, name),
    };
  }
  throw dataFileError(`Expected rows in ${name} but it has none`);
}

/** Whether a text begins like JSON lines or a JSON array of rows. */
export function looksLikeJson(text: string): boolean {
  return /^\s*(\[\s*[[{]|[[{])/.test(text);
}

/** The beginning of a text: enough to see whether it is JSON, and of which kind. */
export async function beginningOf(source: TableText): Promise<string> {
  let text = '';
  for await (const piece of source.look('pieces')) {
    text += piece.text;
    if (/^\s*(\[\s*[^\s]|[^[\s])/.test(text) || text.length > MAX_LINE) break;
  }
  return text;
}

async function* batchesOf(
  texts: AsyncIterable<readonly JsonText[]>,
  reader: RowReader,
  path: string,
): AsyncGenerator<RowBatch, void, void> {
  for await (const values of texts) {
    const rows = values.map((value) => reader.cells(parse(value, path), () => place(value, path)));
    yield { rows, where: (index) => place(values[index], path) };
  }
}

function place({ line, row }: Omit<JsonText, 'text'>, path: string): string {
  return row === undefined ? `line ${line} of ${path}` : `row ${row} (line ${line}) of ${path}`;
}

function parse(value: JsonText, path: string): unknown {
  try {
    return parseJson(value.text);
  } catch (error) {
    throw dataFileError(`Expected JSON at ${place(value, path)}: ${(error as Error).message}`, error);
  }
}

/** Whether a text is one JSON array of rows, judged by its beginning. If not, each line is a value of its own. */
function isJsonArray(text: string): boolean {
  return /^\s*\[(\s*[[{]|[^\S\n]*\n)/.test(text);
}

/** Each line that is not empty. */
async function* linesOf(blocks: AsyncIterable<TextBlock>): AsyncGenerator<JsonText[], void, void> {
  for await (const block of blocks) {
    const texts = block.text.split('\n').map((text, i) => ({ text, line: block.line + i }));
    yield texts.filter(({ text }) => text.trim() !== '');
  }
}

/** The elements of an array, without reading it whole. */
async function* elementsOf(blocks: AsyncIterable<TextBlock>, name: string): AsyncGenerator<JsonText[], void, void> {
  const scanner = new ArrayScanner(name);
  for await (const { text } of blocks) yield scanner.add(text);
  scanner.end();
}

/** Finds where the elements of a JSON array end: objects and arrays, which a comma or the end of the array follows. */
class ArrayScanner {
  readonly #path: string;
  /** Text that no element has been taken from. */
  #rest = '';
  #line = 1;
  #depth = 0;
  #count = 0;
  #inString = false;
  #escaped = false;
  #ended = false;

  constructor(path: string) {
    this.#path = path;
  }

  add(text: string): JsonText[] {
    const found: JsonText[] = [];
    const all = this.#rest + text;
    let from = 0;
    for (let at = this.#rest.length; at < all.length; at++) {
      const boundary = this.#step(all[at]);
      if (!boundary) continue;
      const element = all.slice(from, at);
      if (boundary === 'begin') this.#line += countNewlines(element);
      else found.push(this.#take(element));
      from = at + 1;
    }
    this.#rest = all.slice(from);
    if (this.#rest.length > MAX_LINE)
      throw longRow(place({ line: this.#lineOf(this.#rest), row: this.#count + 1 }, this.#path));
    return found.filter(({ text: element }) => element !== '');
  }

  /** @throws Error `ERR_DATA_FILE` if the array has not ended, or text follows it */
  end(): void {
    if (this.#ended && this.#rest.trim() === '') return;
    const problem = this.#ended ? 'more text follows its end' : 'it does not end';
    throw dataFileError(`Expected one JSON array in ${this.#path} but ${problem}: is the file cut off or damaged?`);
  }

  #take(element: string): JsonText {
    const text = element.trim();
    const line = this.#lineOf(element);
    this.#line += countNewlines(element);
    // An array may be empty, but has no empty place.
    if (text === '' && !(this.#ended && this.#count === 0)) {
      throw dataFileError(`Expected a row before and after each comma at line ${line} of ${this.#path}`);
    }
    this.#count++;
    return { text, line, row: this.#count };
  }

  /** The line where an element begins that may have empty lines before it. */
  #lineOf(element: string): number {
    return this.#line + countNewlines(element.slice(0, element.length - element.trimStart().length));
  }

  /** What the next character is: the beginning of the array, the end of an element, or neither. */
  #step(character: string): 'begin' | 'end' | undefined {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (character === '\\') this.#escaped = true;
      else if (character === '"') this.#inString = false;
      return undefined;
    }
    if (character === '"') this.#inString = true;
    else if (character === '[' || character === '{') return this.#depth++ === 0 && !this.#ended ? 'begin' : undefined;
    else if (character === ']' || character === '}') {
      this.#depth--;
      if (this.#depth > 0 || this.#ended) return undefined;
      this.#ended = true;
      return 'end';
    } else if (character === ',' && this.#depth === 1) return 'end';
    return undefined;
  }
}

function longRow(where: string): Error {
  return dataFileError(
    `Expected rows of at most ${MAX_LINE} characters but ${where} is longer: is a quote or a bracket never closed, ` +
      'or is it another kind of file?',
  );
}

function countNewlines(text: string): number {
  return text.split('\n').length - 1;
}
