/** Rows of a data set as lines of a table. */
import { turnTaker } from '../../platform/turns.js';
import type { Dataset } from '../dataset.js';
import type { DatasetPart } from '../part.js';
import { cellNumber } from '../tables/cell.js';
import { type Column, columnError, columnWidth, quote } from '../tables/column.js';

/** Cells that are written at a time: a millisecond or two. */
const PIECE_CELLS = 2 ** 13;

/**
 * CSV as RFC 4180 describes it, with a header.
 *
 * @throws RangeError `ERR_COLUMN` for a column whose name is a number
 */
export function csvLines(data: Dataset, part: DatasetPart): AsyncGenerator<string, void, void> {
  const { columns, head } = tableOf(data);
  const number = head.find((name) => !Number.isNaN(cellNumber(name)));
  if (number !== undefined)
    throw columnError(
      `Expected names of columns that are no numbers for CSV but received ${quote(number)}: readers would take the ` +
        'names for a row. Rename it, or save as .jsonl, .npz or .safetensors',
    );
  const line = (cells: readonly (string | number)[]) => `${cells.map(csvCell).join(',')}\n`;
  return linesOf(data, part, columns, line, line(head));
}

/** An object per line, by column name. */
export function jsonLines(data: Dataset, part: DatasetPart): AsyncGenerator<string, void, void> {
  const { columns, head } = tableOf(data);
  // Written by hand: keys that look like integers would move to the front of an object.
  const keys = head.map((name) => JSON.stringify(name));
  const line = (cells: readonly (string | number)[]) =>
    `{${cells.map((cell, i) => `${keys[i]}:${JSON.stringify(cell)}`).join(',')}}\n`;
  return linesOf(data, part, columns, line, '');
}

/** The columns of a data set, and their names with that of the class, which is none of them. */
function tableOf({ columns, label: known = 'class', inputSize }: Dataset): {
  columns: readonly Column[];
  head: string[];
} {
  const numbers = (_: unknown, d: number): Column => ({ name: `x${d + 1}`, type: 'number' });
  const all = columns ?? Array.from({ length: inputSize }, numbers);
  const names = all.map(({ name }) => name);
  let label = known;
  while (names.includes(label)) label += '_';
  return { columns: all, head: [...names, label] };
}

async function* linesOf(
  { classNames, inputSize }: Dataset,
  { X, y }: DatasetPart,
  columns: readonly Column[],
  line: (cells: readonly (string | number)[]) => string,
  head: string,
): AsyncGenerator<string, void, void> {
  yield head;
  const turn = turnTaker();
  const piece = Math.ceil(PIECE_CELLS / columns.length);
  for (let first = 0; first < y.length; first += piece) {
    let text = '';
    for (let row = first; row < Math.min(y.length, first + piece); row++) {
      text += line([...cellsOf(X.data, row * inputSize, columns), classNames[y[row]]]);
    }
    yield text;
    await turn();
  }
}

/** The cells of the row whose numbers begin at `at`: numbers, and the category that has the 1. */
function cellsOf(numbers: ArrayLike<number>, at: number, columns: readonly Column[]): (string | number)[] {
  let next = at;
  return columns.map((column) => {
    const from = next;
    next += columnWidth(column);
    if (column.type === 'number') return numbers[from];
    return column.categories.find((_, i) => numbers[from + i] !== 0) ?? '';
  });
}

function csvCell(cell: string | number): string {
  const text = String(cell);
  // What may also be a delimiter is quoted, too, so that a reader that looks for one finds commas alone.
  return /[",;\t|\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
