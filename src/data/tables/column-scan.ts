import { withCode, wrongType } from '../../validation/errors.js';
import { largest } from '../../validation/long-lists.js';
import { booleanOf, type Cell, cellNumber, isExact, isMissing } from './cell.js';
import { type Column, categoryWords, columnError, ignoreWords, quote } from './column.js';
import { missingValue, type Where } from './row-encoder.js';

/** What to do with missing values: fill them with the mean or the most frequent category, or leave their rows out. */
export type MissingRule = 'mean' | 'drop';

/** The most categories of a column, unless it was said to have categories. */
const MAX_CATEGORIES = 100;

/** The most categories of a column that was said to have categories. */
const MAX_ASKED_CATEGORIES = 10_000;

/** Words that all differ are names or texts, if there are this many. */
const MANY_WORDS = 20;

/** What is seen of one column while the rows are read. */
export class ColumnScan {
  readonly name: string;
  readonly #asked: Column['type'] | undefined;
  /** Cells that have a number, true and false included. */
  numbers = 0;
  /** Cells with another word. */
  words = 0;
  missing = 0;
  /** Of the numbers: their mean and bounds. */
  mean = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** How often each category occurs; some are left out when there are too many. */
  readonly counts = new Map<string, number>();
  #tooMany = false;
  /** Whether every number is one more than that of the row before. */
  #counting = true;
  #first: number | undefined;
  #firstWord: { cell: Cell; where: string } | undefined;
  #firstNumber: { cell: Cell; where: string } | undefined;
  #firstInfinite: { cell: Cell; where: string } | undefined;
  #firstMissing: string | undefined;

  /** @param asked - the type that the column was said to have; undefined to find out */
  constructor(name: string, asked: Column['type'] | undefined) {
    this.name = name;
    this.#asked = asked;
  }

  /** Sees the cell of the next row. */
  add(cell: Cell, where: Where): void {
    if (isMissing(cell)) {
      this.#firstMissing ??= where();
      this.missing++;
      return;
    }
    if (this.#asked === 'category') {
      this.#addWord(String(cell), where);
      return;
    }
    const number = cellNumber(cell);
    if (Number.isNaN(number)) this.#addWord(String(cell), where);
    else this.#addNumber(number, cell, where);
  }

  /**
   * The column.
   *
   * @throws RangeError `ERR_COLUMN`, `ERR_MISSING_VALUE` or `ERR_NOT_FINITE`, or TypeError `ERR_INVALID_TYPE`, with the
   * place and the remedy
   */
  column(rule: MissingRule | undefined): Column {
    this.#checkValues();
    if (this.missing > 0 && rule === undefined) {
      const of = `(${this.missing} in all)`;
      const remedy =
        "fill it with the mean (missing: 'mean', or --missing mean), leave such rows out (missing: 'drop', or " +
        `--missing drop), or correct the rows ${of}`;
      throw missingValue(this.name, this.#firstMissing as string, remedy);
    }
    const { name } = this;
    if (this.words === 0) return { name, type: 'number', ...(rule === 'mean' && { fill: this.mean }) };
    const categories = [...this.counts.keys()].sort();
    return { name, type: 'category', categories, ...(rule === 'mean' && { fill: this.mostFrequent(categories) }) };
  }

  /** The category of most rows; of equal ones the first. */
  mostFrequent(categories: readonly string[] = [...this.counts.keys()].sort()): string {
    const most = largest(this.counts.values());
    return categories.find((category) => this.counts.get(category) === most) as string;
  }

  /** Whether the column counts the rows: 0, 1, 2, … or 1, 2, 3, … */
  countsRows(): boolean {
    return this.#counting && this.words === 0 && this.numbers >= MANY_WORDS;
  }

  #addNumber(number: number, cell: Cell, where: Where): void {
    this.#firstNumber ??= { cell, where: where() };
    if (!isExact(number, cell)) this.#firstInfinite ??= { cell, where: where() };
    this.#first ??= number;
    if (this.#counting) this.#counting = number === this.#first + this.numbers;
    this.numbers++;
    this.mean += (number - this.mean) / this.numbers;
    if (number < this.min) this.min = number;
    if (number > this.max) this.max = number;
    // Words such as "maybe" may follow: true and false are two categories then.
    if (typeof cell !== 'number' && booleanOf(String(cell)) !== undefined) this.#count(String(cell));
  }

  #addWord(word: string, where: Where): void {
    this.#firstWord ??= { cell: word, where: where() };
    this.words++;
    this.#count(word);
  }

  #count(word: string): void {
    const count = this.counts.get(word);
    if (count !== undefined || this.counts.size < (this.#asked ? MAX_ASKED_CATEGORIES : MAX_CATEGORIES)) {
      this.counts.set(word, (count ?? 0) + 1);
    } else this.#tooMany = true;
  }

  #checkValues(): void {
    const column = `column ${quote(this.name)}`;
    const remedy = ignoreWords(this.name);
    if (this.numbers + this.words === 0) throw columnError(`Expected values in ${column} but it has none: ${remedy}`);
    if (this.#firstWord && this.#asked === 'number') {
      const { cell, where } = this.#firstWord;
      throw wrongType(`a number in ${column} at ${where}`, cell);
    }
    if (this.#firstInfinite) {
      const { cell, where } = this.#firstInfinite;
      const kind = typeof cell === 'bigint' ? 'integers up to 2⁵³' : 'finite numbers';
      const message = `Expected ${kind} in ${column} but received ${cell} at ${where}: correct it, or ${remedy}`;
      throw withCode(new RangeError(message), 'ERR_NOT_FINITE');
    }
    if (this.#isMixed()) throw this.#mixed(column, remedy);
    const asCategory = `or take it as categories (${categoryWords(this.name)})`;
    if (this.#tooMany) {
      const limit = this.#asked ? MAX_ASKED_CATEGORIES : MAX_CATEGORIES;
      const remedies = this.#asked ? remedy : `${remedy}, ${asCategory}`;
      throw columnError(`Expected at most ${limit} categories in ${column} but it has more: ${remedies}`);
    }
    if (!this.#asked && this.words >= MANY_WORDS && this.counts.size === this.words) {
      throw columnError(`Expected categories in ${column} but each row has its own word: ${remedy}, ${asCategory}`);
    }
  }

  /** Whether there are words beside numbers that are not just true and false. */
  #isMixed(): boolean {
    if (this.words === 0 || this.numbers === 0) return false;
    const booleans = [...this.counts].reduce((sum, [word, n]) => sum + (booleanOf(word) === undefined ? 0 : n), 0);
    return booleans < this.numbers;
  }

  #mixed(column: string, remedy: string): RangeError {
    const word = this.#firstWord as { cell: Cell; where: string };
    const number = this.#firstNumber as { cell: Cell; where: string };
    const [few, other] = this.words <= this.numbers ? [word, number] : [number, word];
    return columnError(
      `Expected numbers or words in ${column} but received ${quote(String(few.cell))} at ${few.where} and ` +
        `${quote(String(other.cell))} at ${other.where}: correct the rows, take it as ` +
        `categories (${categoryWords(this.name)}), or ${remedy}`,
    );
  }
}
