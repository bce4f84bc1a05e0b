/**
 * The matrix product of the TypeScript backend: out (m, n) = A (m, depth) · B (depth, n), in plain scalar arithmetic,
 * which is all that a JavaScript engine has. Both operands are copied, a block at a time, into panels of float64. From
 * these, tiles of 2 rows and 3 columns of the product are summed in local variables.
 *
 * The reasons, for V8's optimizing compiler and 16 floating-point registers:
 * - The compiler computes all products of a pass before it adds any of them to its sum. 2 · 3 products and as many sums
 *   just fit beside the operands; a tile of 3 by 3 spills to memory and is a third slower.
 * - Each row and column of a tile is in a separate array, all at the same index, so that five loads need
 *   only two bounds checks. The arrays are constants of the module: their addresses and lengths are compiled in.
 * - Thanks to the copies, the same machine code handles both types of arithmetic and transposed operands.
 *
 * A pass, one term of each sum, is 6 multiplications, 6 additions, 5 loads and about 8 other instructions: two
 * thirds of the peak that `peak.ts` measures.
 */
import type { Reals } from '../../../binding.js';

/** A matrix in memory: entry (r, c) is data[r · rowStride + c · columnStride]. */
export interface Strided {
  readonly data: Reals;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** `data` as a row-major matrix with this number of columns. */
export function rowMajor(data: Reals, columns: number): Strided {
  return { data, rowStride: columns, columnStride: 1 };
}

/** The same numbers with rows and columns exchanged. */
export function transposed({ data, rowStride, columnStride }: Strided): Strided {
  return { data, rowStride: columnStride, columnStride: rowStride };
}

/**
 * Receives a part of a row of the product: entries (row, column) to (row, column + count − 1) are
 * sums[from] to sums[from + count − 1], which are valid only until it returns. It must not call {@link product}.
 */
export type Receiver = (row: number, column: number, count: number, sums: Float64Array, from: number) => void;

/**
 * Rows and columns of the product in a block, multiples of a tile's, and terms of its sums in a panel. The panels of
 * both operands stay in the second-level cache.
 */
const ROWS = 128;
const COLUMNS = 96;
const DEPTH = 256;

/** Panels of A: rows 0, 2, 4 … of a block are in A0, one after the other, and rows 1, 3, 5 … in A1. */
const A0 = new Float64Array((ROWS / 2) * DEPTH);
const A1 = new Float64Array((ROWS / 2) * DEPTH);

/** Panels of B: columns 0, 3, 6 … of a block are in B0, one after the other, columns 1, 4, 7 … in B1, and so on. */
const B0 = new Float64Array((COLUMNS / 3) * DEPTH);
const B1 = new Float64Array((COLUMNS / 3) * DEPTH);
const B2 = new Float64Array((COLUMNS / 3) * DEPTH);

/** A block of the product (ROWS, COLUMNS). */
const SUMS = new Float64Array(ROWS * COLUMNS);

/**
 * Passes A (m, depth) · B (depth, n) to `use`, each entry once. The order in which the terms of an entry are added
 * depends only on `depth`.
 */
export function product(m: number, depth: number, n: number, A: Strided, B: Strided, use: Receiver): void {
  for (let row = 0; row < m; row += ROWS) {
    const rows = Math.min(ROWS, m - row);
    for (let column = 0; column < n; column += COLUMNS) {
      const columns = Math.min(COLUMNS, n - column);
      SUMS.fill(0, 0, rows * COLUMNS);
      for (let k = 0; k < depth; k += DEPTH) {
        const terms = Math.min(DEPTH, depth - k);
        packRows(A, row, rows, k, terms);
        packColumns(B, column, columns, k, terms);
        addBlock(rows, columns, terms);
      }
      for (let r = 0; r < rows; r++) use(row + r, column, columns, SUMS, r * COLUMNS);
    }
  }
}

/** SUMS ← SUMS + the product of the panels. Rows and columns that only fill the last tile add unused sums. */
function addBlock(rows: number, columns: number, terms: number): void {
  for (let c = 0; c < columns; c += 3) {
    for (let r = 0; r < rows; r += 2) {
      addTile((r / 2) * DEPTH, (c / 3) * DEPTH, terms, r * COLUMNS + c);
    }
  }
}

/** Adds the products of two rows, from index `a` of their panels on, and three columns, from `b`, to SUMS at `s`. */
function addTile(a: number, b: number, terms: number, s: number): void {
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  // | 0 tells the compiler that an index cannot overflow.
  const end = (a + terms) | 0;
  for (let i = a, j = b; i < end; i = (i + 1) | 0, j = (j + 1) | 0) {
    const b0 = B0[j];
    const b1 = B1[j];
    const b2 = B2[j];
    const a0 = A0[i];
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    const a1 = A1[i];
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
  }
  SUMS[s] += s00;
  SUMS[s + 1] += s01;
  SUMS[s + 2] += s02;
  SUMS[s + COLUMNS] += s10;
  SUMS[s + COLUMNS + 1] += s11;
  SUMS[s + COLUMNS + 2] += s12;
}

/** A0, A1 ← rows `row` … of A, entries k … k + terms − 1 of each. */
function packRows(
  { data, rowStride, columnStride }: Strided,
  row: number,
  rows: number,
  k: number,
  terms: number,
): void {
  for (let r = 0; r < rows; r += 2) {
    // If there is no second row, the first is read again, like the columns below.
    const second = r + 1 < rows ? rowStride : 0;
    let from = (row + r) * rowStride + k * columnStride;
    let to = (r / 2) * DEPTH;
    for (const end = to + terms; to < end; to = (to + 1) | 0, from += columnStride) {
      A0[to] = data[from];
      A1[to] = data[from + second];
    }
  }
}

/** B0, B1, B2 ← columns `column` … of B, entries k … k + terms − 1 of each. */
function packColumns(
  { data, rowStride, columnStride }: Strided,
  column: number,
  columns: number,
  k: number,
  terms: number,
): void {
  for (let c = 0; c < columns; c += 3) {
    const second = Math.min(1, columns - 1 - c) * columnStride;
    const third = Math.min(2, columns - 1 - c) * columnStride;
    let from = k * rowStride + (column + c) * columnStride;
    let to = (c / 3) * DEPTH;
    for (const end = to + terms; to < end; to = (to + 1) | 0, from += rowStride) {
      B0[to] = data[from];
      B1[to] = data[from + second];
      B2[to] = data[from + third];
    }
  }
}
