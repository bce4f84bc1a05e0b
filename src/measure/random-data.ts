import { Matrix } from '../data/matrix.js';
import { SplitMix32 } from '../data/synthetic/split-mix.js';

/** Rows and labels to train on. */
export interface RandomData {
  /** Bytes, with the mean to subtract. */
  readonly X: Matrix;
  readonly y: Int32Array;
}

/** Random bytes with random labels. The time of a step does not depend on the values. */
export function randomData(rows: number, D: number, C: number): RandomData {
  const random = new SplitMix32();
  random.seek(0, 0);
  const words = new Uint32Array(Math.ceil((rows * D) / 4));
  for (let i = 0; i < words.length; i++) words[i] = random.next();
  const bytes = new Uint8Array(words.buffer, 0, rows * D);
  const y = Int32Array.from({ length: rows }, () => random.below(C));
  return { X: new Matrix(bytes, D, { mean: new Float64Array(D).fill(127.5) }), y };
}
