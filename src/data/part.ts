import type { RowsInput } from '../validation/inputs.js';
import type { LabelsInput } from '../validation/labels.js';
import type { Matrix } from './matrix.js';

/** Labels as they are kept: class indices 0 … C − 1, one per row. */
export type Labels = Uint8Array | Int32Array;

/** The name of a part of a data set. */
export type PartName = 'train' | 'validation' | 'test';

/** Rows with the class of each. */
export interface DatasetPart {
  /** N rows of D numbers. */
  readonly X: Matrix;
  /** The class of each row (N), 0 … C − 1. */
  readonly y: Labels;
}

/** Rows and labels in any form that a data set accepts. */
export interface PartInput {
  /** N rows of D numbers; of a flat array, D must be said: see `inputSize`. */
  readonly X: RowsInput;
  /** The class of each row (N), 0 … C − 1. */
  readonly y: LabelsInput;
}
