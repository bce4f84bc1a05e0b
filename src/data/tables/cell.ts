/** What stands in one cell of a table. */

/** A cell: a word or a number, as text or as a value of JavaScript; null and undefined stand for a missing value. */
export type Cell = string | number | boolean | bigint | null | undefined;

/** Whether `value` may stand in a cell. */
export function isCell(value: unknown): value is Cell {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}

/** What files write for a value that is missing, besides nothing at all. */
const MISSING = new Set(['', 'NA', 'N/A', 'n/a', '#N/A', '<NA>', 'NaN', 'nan', 'NULL', 'null', '?']);

/** Whether the cell says that its value is missing: null, NaN, or what files write for it. */
export function isMissing(cell: Cell): boolean {
  if (typeof cell === 'string') return cell.length <= 4 && MISSING.has(cell);
  return cell === null || cell === undefined || Number.isNaN(cell);
}

/** Powers of ten that a float64 holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Digits whose value a float64 holds exactly. */
const EXACT_DIGITS = 15;

/**
 * The number that a text stands for; NaN if it stands for none, ±Infinity if it says so or is too large.
 *
 * Digits with a point are read here, several times as fast as `Number` does it and to the same bits: the digits and the
 * power of ten are exact, so that their quotient is rounded once. All other forms are left to `Number`.
 */
export function numberOf(text: string): number {
  const { length } = text;
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  if (length - start > EXACT_DIGITS + 1) return slowNumberOf(text);
  let digits = 0;
  let point = -1;
  for (let at = start; at < length; at++) {
    const code = text.charCodeAt(at) - ZERO;
    if (code >= 0 && code <= 9) digits = digits * 10 + code;
    else if (code === POINT && point < 0) point = at;
    else return slowNumberOf(text);
  }
  const count = length - start - (point < 0 ? 0 : 1);
  if (count === 0 || count > EXACT_DIGITS) return slowNumberOf(text);
  const value = point < 0 ? digits : digits / POWERS[length - point - 1];
  return start === 1 ? -value : value;
}

const ZERO = 48;
const MINUS = 45;
const POINT = 46 - ZERO;

function slowNumberOf(text: string): number {
  // Number reads '' as 0, and 0x10, 0b1 and 0o7 as integers.
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : infinityOf(text);
}

function infinityOf(text: string): number {
  const match = /^([+-]?)inf(inity)?$/i.exec(text);
  if (!match) return Number.NaN;
  return match[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** The truth value that a text stands for: true, True and TRUE, and so on; undefined if it stands for none. */
export function booleanOf(text: string): boolean | undefined {
  if (text.length < 4 || text.length > 5) return undefined;
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** The number of a cell that is not missing: true is 1 and false is 0. NaN if it has none. */
export function cellNumber(cell: Cell): number {
  if (typeof cell === 'string') {
    const value = numberOf(cell);
    return Number.isNaN(value) ? Number(booleanOf(cell) ?? Number.NaN) : value;
  }
  return Number(cell);
}

/** Whether `number`, which is finite then, is that of its cell without loss: integers of 64 bits may be too large. */
export function isExact(number: number, cell: Cell): boolean {
  return Number.isFinite(number) && (typeof cell !== 'bigint' || Number.isSafeInteger(number));
}
