import type { Cell } from '../cell.js';

/**
 * The cell of a value: a number, a text without spaces around it, a boolean, or null. Integers of 64 bits are numbers
 * if a number holds them without loss.
 *
 * @throws Error for anything else, and for what a damaged file does not have
 */
export function cellOf(value: unknown): Cell {
  if (typeof value === 'number' || value === null || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : value;
  if (typeof value === 'string' && value.length <= MOST_CHARACTERS) return value.trim();
  throw new Error(
    `expected a number, a text or a boolean, found ${typeof value === 'string' ? 'a long text' : typeof value}`,
  );
}

/** The longest text, as in a table of text. */
const MOST_CHARACTERS = 2 ** 20;

function isSafe(value: bigint): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
}
