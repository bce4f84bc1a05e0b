import { lastingArray } from '../platform/lasting.js';
import type { Pieces } from '../platform/turns.js';
import { isRandomState, type RandomState } from '../random/random-state.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import { withCode, wrongType } from '../validation/errors.js';
import { allocated } from '../validation/system-limits.js';
import { isArrayOf, rowClassOf } from '../validation/typed-arrays.js';
import { Matrix } from './matrix.js';
import type { DatasetPart, Labels, PartName } from './part.js';
import { type PartCounts, stratifiedOrder } from './stratify.js';

/**
 * How many rows each part gets. An integer of at least 1 is a count; a number between 0 and 1 is a share of all rows,
 * rounded to whole rows.
 */
export interface SplitSizes {
  /** @defaultValue all rows that the other parts leave */
  readonly train?: number | undefined;
  /** @defaultValue none */
  readonly validation?: number | undefined;
  /** @defaultValue none */
  readonly test?: number | undefined;
}

/** Options of a split. */
export interface SplitOptions {
  /**
   * A stream to shuffle the rows with before they are divided. Files are often sorted by class: shuffle those.
   * @defaultValue none: the first rows train, the next validate, the last test
   */
  readonly random?: RandomState | undefined;
  /**
   * Whether each part gets each class in the proportion that it has in all rows. Parts are copies then. A class that a
   * part lacks is named in the data set's `warnings`.
   * @defaultValue false
   */
  readonly stratify?: boolean | undefined;
}

/** The parts of a split; those of size undefined are not there. */
export interface SplitParts {
  readonly train: DatasetPart;
  readonly validation?: DatasetPart | undefined;
  readonly test?: DatasetPart | undefined;
}

const PARTS = ['train', 'validation', 'test'] as const satisfies readonly PartName[];

/**
 * Divides rows into parts: training first, then validation, then test. In their given order the parts are views of the
 * same memory; shuffled they are copies.
 *
 * @throws TypeError `ERR_INVALID_TYPE` for sizes or a stream of the wrong type; RangeError `ERR_OUT_OF_RANGE` for sizes
 * that add up to more than the number of rows
 */
export function* splitRows(rows: DatasetPart, sizes: SplitSizes, options: SplitOptions = {}): Pieces<SplitParts> {
  const { random, stratify = false } = checkOptions(options, 'the options of split', ['random', 'stratify']);
  if (random !== undefined && !isRandomState(random)) throw wrongType('a RandomState for random', random);
  if (typeof stratify !== 'boolean') throw wrongType('true or false for stratify', stratify);
  const counts = partCounts(rows.X.rows, sizes);
  const order = yield* orderOf(rows.y, counts, { random, stratify });
  const parts: { -readonly [Name in PartName]?: DatasetPart } = {};
  let from = 0;
  for (const [name, count] of counts) {
    const taken = order?.subarray(from, from + count);
    parts[name] = taken ? yield* takeRows(rows, taken) : viewOf(rows, from, from + count);
    from += count;
  }
  const { train = rows, validation, test } = parts;
  return { train, validation, test };
}

/**
 * The rows of each part, one part after the other; undefined if all rows keep their order.
 *
 * @param y - the class of each row (N)
 */
export function* orderOf(y: Labels, counts: PartCounts, options: SplitOptions): Pieces<Int32Array | undefined> {
  const order = options.random && (yield* options.random.permuting(y.length));
  return options.stratify ? yield* stratifiedOrder(y, counts, order) : order;
}

/**
 * Checks that sizes are an object of parts; the sizes themselves are checked when rows are divided.
 *
 * @throws TypeError `ERR_INVALID_TYPE` or `ERR_UNKNOWN_OPTION`
 */
export function checkSizes(sizes: SplitSizes): SplitSizes {
  return checkOptions(sizes, 'the sizes of split', PARTS);
}

/**
 * Rows of each part that is asked for, training first.
 *
 * @throws as {@link splitRows}
 */
export function partCounts(rows: number, sizes: SplitSizes): PartCounts {
  checkSizes(sizes);
  const count = (name: PartName) => {
    const size = sizes[name];
    return size === undefined ? undefined : countOf(size, rows, name);
  };
  const validation = count('validation');
  const test = count('test');
  const rest = rows - (validation ?? 0) - (test ?? 0);
  const train = count('train') ?? rest;
  if (train >= 1 && train <= rest) {
    const counts = [['train', train] as const, ['validation', validation] as const, ['test', test] as const];
    return counts.flatMap(([name, asked]) => (asked === undefined ? [] : [[name, asked] as const]));
  }
  const asked = [`${sizes.train ?? 'none left'} to train`, `${validation ?? 0} to validate`, `${test ?? 0} to test`];
  throw withCode(
    new RangeError(`Expected parts of ${rows} rows in all, with some to train, but received ${asked.join(', ')}`),
    'ERR_OUT_OF_RANGE',
  );
}

function countOf(size: number, rows: number, name: PartName): number {
  if (typeof size === 'number' && size > 0 && size < 1) return Math.max(1, Math.round(size * rows));
  return checkNumber(size, `the size of ${name}`, { integer: true, min: 1 });
}

function viewOf({ X, y }: DatasetPart, from: number, to: number): DatasetPart {
  return { X: X.slice(from, to), y: y.subarray(from, to) };
}

/** Bytes that are copied between two looks at the clock. */
const PIECE_BYTES = 1 << 18;

/** A copy of some rows, in the order of `indices`. */
export function* takeRows({ X, y }: DatasetPart, indices: ArrayLike<number>): Pieces<DatasetPart> {
  const { columns, mean } = X;
  const piece = Math.max(1, Math.floor(PIECE_BYTES / (columns * X.data.BYTES_PER_ELEMENT)));
  const make = () => lastingArray(rowClassOf(X.data), indices.length * columns);
  const data = allocated(`a copy of ${indices.length} rows`, make);
  const labels = new (isArrayOf(y, 'Uint8Array') ? Uint8Array : Int32Array)(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i];
    data.set(X.data.subarray(row * columns, (row + 1) * columns), i * columns);
    labels[i] = y[row];
    if (i % piece === 0) yield;
  }
  return { X: new Matrix(data, columns, { mean }), y: labels };
}
