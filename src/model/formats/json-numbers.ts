/**
 * The long arrays of numbers of a JSON file, apart from the rest of it. `JSON.parse` takes fifty bytes for a number of
 * an array; here each takes eight.
 */
import type { Pieces } from '../../platform/turns.js';

/** Bytes that are parsed at a time: a millisecond. */
const PIECE = 2 ** 14;

/** Whether an array is long, by the characters between its brackets. Others stay in the text. */
export function isLong(characters: number): boolean {
  return characters >= PIECE;
}

const [QUOTE, COMMA, BACKSLASH] = Buffer.from('",\\');
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const BRACKETS = new Set(Buffer.from('[]{}'));

/** A JSON file whose long arrays are apart. */
export interface ApartNumbers {
  /** The bytes of the file, with a text in the place of each array. */
  readonly rest: Buffer;
  /** The arrays, by the texts in their places. */
  readonly arrays: ReadonlyMap<unknown, Float64Array>;
  /** Numbers in all arrays. */
  readonly count: number;
}

/**
 * Takes the long arrays out of a JSON file that have only numbers, and the texts "NaN", "Infinity" and "-Infinity".
 * What is not JSON stays where it is.
 *
 * @param most - numbers in all; an array that has more stays where it is
 */
export function* numbersApart(bytes: Buffer, most: number): Pieces<ApartNumbers> {
  // Nobody can write a file that has the text of an array in the place of another.
  const secret = crypto.getRandomValues(new Uint32Array(4)).join('-');
  const arrays = new Map<unknown, Float64Array>();
  const kept: Buffer[] = [];
  let [from, count] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    if (at % PIECE === 0) yield;
    if (bytes[at] === QUOTE) at = endOfText(bytes, at);
    if (bytes[at] !== OPEN_ARRAY) continue;
    const { end, commas } = endOfFlat(bytes, at);
    if (!isLong(end - at - 1) || bytes[end] !== CLOSE_ARRAY || count + commas >= most) continue;
    const numbers = yield* parseNumbers(bytes, at + 1, end, commas + 1);
    if (!numbers) continue;
    const name = `${secret} ${arrays.size}`;
    arrays.set(name, numbers);
    kept.push(bytes.subarray(from, at), Buffer.from(JSON.stringify(name)));
    count += numbers.length;
    from = end + 1;
    at = end;
  }
  kept.push(bytes.subarray(from));
  return { rest: Buffer.concat(kept), arrays, count };
}

/** The next bracket behind `begin`, and the commas before it. */
function endOfFlat(bytes: Buffer, begin: number): { end: number; commas: number } {
  let commas = 0;
  let end = begin + 1;
  for (; end < bytes.length && !BRACKETS.has(bytes[end]); end++) if (bytes[end] === COMMA) commas++;
  return { end, commas };
}

/** The numbers between `from` and `end`; undefined if there is something else. */
function* parseNumbers(bytes: Buffer, from: number, end: number, count: number): Pieces<Float64Array | undefined> {
  const numbers = new Float64Array(count);
  let filled = 0;
  for (let begin = from; begin < end; ) {
    const comma = begin + PIECE < end ? bytes.indexOf(COMMA, begin + PIECE) : end;
    const stop = comma < 0 || comma > end ? end : comma;
    const values = stop - begin > 2 * PIECE ? undefined : flatValues(bytes.toString('latin1', begin, stop));
    if (!values || filled + values.length > count) return undefined;
    numbers.set(values, filled);
    filled += values.length;
    begin = stop + 1;
    yield;
  }
  return filled === count ? numbers : undefined;
}

function flatValues(text: string): number[] | undefined {
  try {
    const values = JSON.parse(`[${text}]`) as unknown[];
    const numbers = values.map(numberOf);
    return numbers.includes(undefined) ? undefined : (numbers as number[]);
  } catch {
    return undefined;
  }
}

/** A number of a file of this package; undefined for what is none. */
export function numberOf(value: unknown): number | undefined {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  return typeof value === 'number' ? value : undefined;
}

/** Where the text ends that begins at `begin`; the length if nowhere. */
function endOfText(bytes: Buffer, begin: number): number {
  for (let end = bytes.indexOf(QUOTE, begin + 1); end >= 0; end = bytes.indexOf(QUOTE, end + 1)) {
    let first = end;
    while (bytes[first - 1] === BACKSLASH) first--;
    if ((end - first) % 2 === 0) return end;
  }
  return bytes.length;
}
