import { withCode } from '../../validation/errors.js';
import { encodeLabels, type Label, labelName } from '../labels.js';
import { type Cell, isMissing, numberOf } from './cell.js';
import { columnError, LABEL_WORDS, quote } from './column.js';
import { missingValue, oneOf, type Where } from './row-encoder.js';

/** The most classes. */
const MAX_CLASSES = 1000;

/** Labels that mostly differ are no classes, if there are this many. */
const MANY_LABELS = 20;

const LABEL_REMEDY = "it is the class: leave such rows out (missing: 'drop', or --missing drop), or correct it";

/** The class of a row that was left out. */
export const LEFT_OUT = -1;

/** The classes of all rows. */
export interface ScannedLabels {
  /** The class of each row, {@link LEFT_OUT} for a row that was left out. */
  readonly y: Int32Array;
  /** The label of each class (C), sorted. */
  readonly classes: readonly Label[];
  /** The rows of each class (C). */
  readonly counts: readonly number[];
}

/** What is seen of the labels while the rows are read. */
export class LabelScan {
  readonly #name: string;
  readonly #known: readonly Label[] | undefined;
  /** A number for each label, in the order in which they came. */
  readonly #numbers = new Map<Label, number>();
  #codes = new Int32Array(1024);
  #rows = 0;

  /**
   * @param name - the name of the column
   * @param known - the label of each class, if no others are allowed
   */
  constructor(name: string, known?: readonly Label[]) {
    this.#name = name;
    this.#known = known;
    // Texts of a file may stand for the numbers or booleans that are known, and are compared as texts.
    for (const label of known ?? []) this.#numbers.set(labelName(label), this.#numbers.size);
  }

  /** The rows so far, with those that were left out. */
  get rows(): number {
    return this.#rows;
  }

  /** The labels so far, in the order in which they came. */
  get labels(): readonly Label[] {
    return [...this.#numbers.keys()];
  }

  /** Sees the label of the next row. */
  add(cell: Cell, where: Where): void {
    this.#push(this.#codeOf(cell, where));
  }

  /** The next row is left out. */
  leaveOut(): void {
    this.#push(LEFT_OUT);
  }

  /**
   * The classes of all rows.
   *
   * @param textual - whether labels are texts, which may stand for numbers
   * @throws RangeError `ERR_COLUMN` when these are no classes; TypeError `ERR_INVALID_TYPE` for labels of several types
   */
  finish(textual: boolean): ScannedLabels {
    const codes = this.#codes.subarray(0, this.#rows);
    const { classes, of } = this.#known ? { classes: this.#known, of: undefined } : this.#classes(textual);
    const counts = new Array<number>(classes.length).fill(0);
    const y = new Int32Array(codes.length);
    for (let row = 0; row < codes.length; row++) {
      const code = codes[row];
      y[row] = code === LEFT_OUT || !of ? code : of[code];
      if (code !== LEFT_OUT) counts[y[row]]++;
    }
    if (!this.#known) this.#checkClasses(classes, counts);
    return { y, classes, counts };
  }

  /** The sorted classes, and the class of each number. */
  #classes(textual: boolean): { classes: readonly Label[]; of: Int32Array } {
    const labels = [...this.#numbers.keys()];
    const numbers = textual ? labels.map((label) => numberOf(String(label))) : [];
    const asNumbers = textual && numbers.every(Number.isFinite);
    const { classes, y } = encodeLabels(asNumbers ? numbers : ofOneType(labels), `column ${quote(this.#name)}`);
    return { classes, of: y };
  }

  #checkClasses(classes: readonly Label[], counts: readonly number[]): void {
    const rows = counts.reduce((sum, count) => sum + count, 0);
    if (classes.length <= MANY_LABELS || classes.length <= rows / 2) return;
    throw columnError(
      `Expected classes in column ${quote(this.#name)} but it has ${classes.length} different values in ${rows} ` +
        `rows: ${LABEL_WORDS}`,
    );
  }

  #codeOf(cell: Cell, where: Where): number {
    const known = this.#numbers.get(this.#known ? String(cell) : (cell as Label));
    if (known !== undefined) return known;
    if (isMissing(cell)) throw missingValue(this.#name, where(), LABEL_REMEDY);
    if (this.#known) {
      const number = typeof cell === 'string' ? numberOf(cell) : Number.NaN;
      const same = this.#known.indexOf(number);
      if (same < 0) throw unknownClass(cell, this.#known, this.#name, where());
      return same;
    }
    if (this.#numbers.size === MAX_CLASSES) {
      throw columnError(
        `Expected at most ${MAX_CLASSES} classes in column ${quote(this.#name)} but it has more: ${LABEL_WORDS}`,
      );
    }
    this.#numbers.set(cell as Label, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  #push(code: number): void {
    if (this.#rows === this.#codes.length) {
      const longer = new Int32Array(2 * this.#rows);
      longer.set(this.#codes);
      this.#codes = longer;
    }
    this.#codes[this.#rows++] = code;
  }
}

/** Integers of 64 bits are BigInts only where a number is too short: of such a column, all are BigInts. */
function ofOneType(labels: readonly Label[]): readonly Label[] {
  if (!labels.some((label) => typeof label === 'bigint')) return labels;
  return labels.map((label) => (Number.isSafeInteger(label) ? BigInt(label) : label));
}

function unknownClass(cell: Cell, known: readonly Label[], name: string, where: string): RangeError {
  return withCode(
    new RangeError(
      `Expected ${oneOf(known.map(labelName))}, the classes of the training rows, in column ${quote(name)} at ` +
        `${where} but received ${quote(String(cell))}`,
    ),
    'ERR_LABEL',
  );
}
