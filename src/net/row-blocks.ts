/** Predictions on JavaScript's thread, in blocks of rows: a Worker that is terminated ends between two of them. */
import type { Net, Rows } from '../../binding.js';

/** Multiplications of a block: some hundredths of a second. */
const BLOCK = 2 ** 30;

/**
 * Blocks begin at multiples of so many rows, and have as many at least. With fewer, a net may compute another way, and
 * the BLAS gets rows by the 128: both give other last digits.
 */
const ROWS = 256;

/**
 * The first row and the rows of each block, the last of which is the longest. Their results are, bit for bit, those of
 * all rows together.
 */
export function* rowBlocks(
  { inputSize, hiddenSize, numClasses }: Net['shape'],
  { data, count, mean }: Rows,
): Generator<{ readonly first: number; readonly end: number; readonly part: Rows }> {
  const each = ROWS * Math.ceil(BLOCK / ((inputSize + numClasses) * hiddenSize) / ROWS);
  const blocks = Math.max(1, Math.floor(count / each));
  for (let block = 0, first = 0; block < blocks; block++) {
    const end = block === blocks - 1 ? count : first + each;
    const part = { data: data.subarray(first * inputSize, end * inputSize), count: end - first, mean };
    yield { first, end, part };
    first = end;
  }
}
