/** Divides rows so that each part gets each class in proportion. */
import type { Pieces } from '../platform/turns.js';
import type { Labels, PartName } from './part.js';
import { quote } from './tables/column.js';

/** Rows between two looks at the clock. */
const PIECE = 1 << 14;

/** Rows of each part, in the order in which parts take them. */
export type PartCounts = readonly (readonly [part: PartName, rows: number])[];

/**
 * The rows of each part, one part after the other. Each class is divided like all rows, rounded by largest remainders
 * (of equal ones, to the class that comes first).
 *
 * @param y - the class of each row (N)
 * @param counts - rows of each part, at most N together
 * @param order - the order in which rows are taken (N), and which rows of a part keep; undefined for their own
 */
export function* stratifiedOrder(y: Labels, counts: PartCounts, order?: Int32Array): Pieces<Int32Array> {
  const sizes = classSizes(y);
  const left = sizes.slice();
  const quotas: Int32Array[] = [];
  // The training rows take what the others leave: of a class with few rows at least one, if that is possible.
  for (const [part, rows] of [...counts].reverse()) {
    const quota = largestRemainders(sizes, { rows, of: y.length, left, spare: part === 'train' ? 0 : 1 });
    for (const [c, count] of quota.entries()) left[c] -= count;
    quotas.unshift(quota);
  }
  const starts = startsOf(counts);
  const taken = new Int32Array(counts.reduce((sum, [, rows]) => sum + rows, 0));
  for (let i = 0; i < y.length; i++) {
    if (i % PIECE === PIECE - 1) yield;
    const row = order ? order[i] : i;
    let part = 0;
    while (part < quotas.length && quotas[part][y[row]] === 0) part++;
    if (part === quotas.length) continue;
    quotas[part][y[row]]--;
    taken[starts[part]++] = row;
  }
  return taken;
}

/** What a person should know of the classes in some parts, in sentences. */
export function classWarnings(
  classNames: readonly string[],
  parts: readonly (readonly [name: string, y: Labels])[],
): string[] {
  const counted = parts.map(([name, y]) => ({ name, sizes: classSizes(y, classNames.length) }));
  const total = classNames.map((_, c) => counted.reduce((sum, { sizes }) => sum + sizes[c], 0));
  const single = classNames.filter((_, c) => total[c] === 1);
  const have = single.length === 1 ? 'has one row' : 'have one row each';
  const warnings = single.length > 0 ? [`${capital(classWords(single))} ${have}, so other parts have none of it`] : [];
  for (const { name, sizes } of counted) {
    const absent = classNames.filter((_, c) => sizes[c] === 0 && total[c] > 1);
    if (absent.length > 0) warnings.push(`No ${name} row is of ${classWords(absent)}`);
  }
  return warnings;
}

function classWords(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(quote).join(', ');
  const more = names.length > 5 ? `, … (${names.length} in all)` : '';
  return `${names.length === 1 ? 'class' : 'the classes'} ${shown}${more}`;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

/** The rows of each class. */
export function classSizes(y: Labels, classes = 0): Int32Array {
  let C = classes;
  for (let i = 0; i < y.length; i++) C = Math.max(C, y[i] + 1);
  const sizes = new Int32Array(C);
  for (let i = 0; i < y.length; i++) sizes[y[i]]++;
  return sizes;
}

interface Share {
  /** Rows that the classes give together, of all rows. */
  readonly rows: number;
  readonly of: number;
  /** Rows of each class that may be taken. */
  readonly left: Int32Array;
  /** Rows of each class that are taken only when there is no other way. */
  readonly spare: number;
}

/** How many rows each class gives to a share of all rows. */
function largestRemainders(sizes: Int32Array, { rows, of, left, spare }: Share): Int32Array {
  const exact = Array.from(sizes, (size) => (size * rows) / of);
  const room = left.map((count) => Math.max(0, count - spare));
  const quota = Int32Array.from(exact, (share, c) => Math.min(Math.floor(share), room[c]));
  let missing = rows - quota.reduce((sum, count) => sum + count, 0);
  const remainder = (c: number) => exact[c] - Math.floor(exact[c]);
  const byRemainder = [...quota.keys()].sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const limit of [room, left]) {
    for (let given = -1; missing > 0 && given !== 0; ) {
      given = 0;
      for (const c of byRemainder) {
        if (missing === 0 || quota[c] >= limit[c]) continue;
        quota[c]++;
        missing--;
        given++;
      }
    }
  }
  return quota;
}

function startsOf(counts: PartCounts): number[] {
  let start = 0;
  return counts.map(([, rows]) => {
    start += rows;
    return start - rows;
  });
}
