import { Matrix } from '../data/matrix.js';
import { SplitMix32 } from '../data/synthetic/split-mix.js';

/** The type of the numbers in a data set's rows: bytes with a mean to subtract, or numbers that are centred already. */
export type RowType = 'bytes' | 'float32';

/** All types of rows. */
export const ROW_TYPES: readonly RowType[] = ['bytes', 'float32'];

/** Rows and labels to train on. */
export interface RandomData {
  readonly X: Matrix;
  readonly y: Int32Array;
}

/**
 * Random rows with random labels: the time of a step does not depend on the values. Both types of rows stand for the
 * same numbers.
 */
export function randomData(rows: number, D: number, C: number, type: RowType = 'bytes'): RandomData {
  const random = new SplitMix32();
  random.seek(0, 0);
  const words = new Uint32Array(Math.ceil((rows * D) / 4));
  for (let i = 0; i < words.length; i++) words[i] = random.next();
  const bytes = new Uint8Array(words.buffer, 0, rows * D);
  const y = Int32Array.from({ length: rows }, () => random.below(C));
  return {
    X: type === 'bytes' ? new Matrix(bytes, D, { mean: new Float64Array(D).fill(MEAN) }) : centred(bytes, D),
    y,
  };
}

const MEAN = 127.5;

function centred(bytes: Uint8Array, D: number): Matrix {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < values.length; i++) values[i] = bytes[i] - MEAN;
  return new Matrix(values, D);
}
