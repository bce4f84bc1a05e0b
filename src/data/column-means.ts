import type { Pieces } from '../platform/turns.js';
import { isArrayOf, type RowData } from '../validation/typed-arrays.js';
import { LITTLE_ENDIAN } from './arrays/byte-order.js';
import type { Matrix } from './matrix.js';

/** Numbers that are summed between two looks at the clock. */
const PIECE = 1 << 18;

/**
 * The mean of each column over all rows, in float64; the matrix's own mean is ignored. Sums of bytes are exact, so the
 * order of the rows does not matter.
 */
export function* columnMeans({ data, columns }: Pick<Matrix, 'data' | 'columns'>): Pieces<Float64Array> {
  const rows = data.length / columns;
  const whole = data.byteOffset % 4 === 0 && columns % 4 === 0 && rows % 4 === 0;
  const sums = yield* isArrayOf(data, 'Uint8Array') && whole ? sumsOfWords(data, columns) : sumsOf(data, columns);
  return sums.map((sum) => sum / rows);
}

function* sumsOf(data: RowData, columns: number): Pieces<Float64Array> {
  const sums = new Float64Array(columns);
  const rows = rowsOfPiece(columns);
  for (let start = 0, row = 1; start < data.length; start += columns, row++) {
    for (let column = 0; column < columns; column++) sums[column] += data[start + column];
    if (row % rows === 0) yield;
  }
  return sums;
}

/** Rows that are summed in 16-bit lanes before the lanes are emptied: at most 257, since 257 · 255 = 2¹⁶ − 1. */
const LANE_ROWS = 256;

/**
 * Sums bytes, four rows of four columns at a time, with the columns in the 16-bit lanes of two words. Several times as
 * fast as byte by byte.
 *
 * @param bytes - rows · columns bytes, row-major, whose start in the buffer is a multiple of 4; rows a multiple of 4
 * @param columns - a multiple of 4
 */
function* sumsOfWords(bytes: Uint8Array, columns: number): Pieces<Float64Array> {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const rowWords = columns / 4;
  const rows = bytes.length / columns;
  const sums = new Float64Array(columns);
  const low = new Uint32Array(rowWords);
  const high = new Uint32Array(rowWords);
  const piece = 4 * Math.ceil(rowsOfPiece(columns) / 4);
  for (let from = 0; from < rows; from += LANE_ROWS) {
    low.fill(0);
    high.fill(0);
    const end = Math.min(from + LANE_ROWS, rows);
    for (let row = from; row < end; row += 4) {
      addFourRows(words, row * rowWords, low, high);
      if (row % piece === 0) yield;
    }
    addLanes(sums, low, high);
  }
  return sums;
}

function rowsOfPiece(columns: number): number {
  return Math.max(1, Math.floor(PIECE / columns));
}

const LANES = 0x00ff00ff;

/** Adds bytes 0 and 2 of each word of four rows to the lanes of `low`, bytes 1 and 3 to those of `high`. */
function addFourRows(words: Uint32Array, first: number, low: Uint32Array, high: Uint32Array): void {
  const rowWords = low.length;
  for (let word = 0; word < rowWords; word++) {
    const a = words[first + word];
    const b = words[first + word + rowWords];
    const c = words[first + word + 2 * rowWords];
    const d = words[first + word + 3 * rowWords];
    low[word] += (a & LANES) + (b & LANES) + (c & LANES) + (d & LANES);
    high[word] += ((a >>> 8) & LANES) + ((b >>> 8) & LANES) + ((c >>> 8) & LANES) + ((d >>> 8) & LANES);
  }
}

function addLanes(sums: Float64Array, low: Uint32Array, high: Uint32Array): void {
  const lanes = LITTLE_ENDIAN ? [low, high, low, high] : [high, low, high, low];
  const shifts = LITTLE_ENDIAN ? [0, 0, 16, 16] : [16, 16, 0, 0];
  for (let column = 0; column < sums.length; column++) {
    const byte = column % 4;
    sums[column] += (lanes[byte][(column - byte) / 4] >>> shifts[byte]) & 0xffff;
  }
}
