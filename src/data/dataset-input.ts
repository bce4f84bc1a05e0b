import type { ImageShape } from '../validation/image-shape.js';
import type { PartInput } from './part.js';
import type { Column } from './tables/column.js';

export type { ImageShape } from '../validation/image-shape.js';

/** What is fitted on the training rows and applied to all parts. A scale belongs here as well. */
export interface Fitted {
  /** How rows of a table became rows of numbers; undefined for rows that were numbers. */
  readonly columns?: readonly Column[] | undefined;
  /** The mean training row (D), subtracted from each row when it is used. It is also the mean of each part's `X`. */
  readonly mean?: Float64Array | undefined;
}

/** What a {@link Dataset} is made from: plain rows and labels will do. */
export interface DatasetInput {
  /** Rows to train on. */
  readonly train: PartInput;
  /**
   * Rows to choose settings by.
   * @defaultValue none
   */
  readonly validation?: PartInput | undefined;
  /**
   * Rows that neither training nor choosing sees.
   * @defaultValue none
   */
  readonly test?: PartInput | undefined;
  /**
   * D, numbers per row, which a flat array of rows does not tell.
   * @defaultValue that of the training rows, if they are a `Matrix` or an array of rows
   */
  readonly inputSize?: number | undefined;
  /**
   * C, classes.
   * @defaultValue the number of `classNames`, or without them one more than the largest training label, which must then
   * be below 65536 or the number of rows
   */
  readonly numClasses?: number | undefined;
  /**
   * The name of each class (C), by label.
   * @defaultValue the labels: '0', '1', …
   */
  readonly classNames?: readonly string[] | undefined;
  /**
   * How a row is a picture.
   * @defaultValue none: rows are not pictures
   */
  readonly imageShape?: ImageShape | undefined;
  /**
   * The columns of the table that the rows were encoded from. Together they give D numbers.
   * @defaultValue none: rows are numbers
   */
  readonly columns?: readonly Column[] | undefined;
  /**
   * The name of the table's column that has the class, which is none of `columns`. Tables that are written have it too.
   * @defaultValue none
   */
  readonly label?: string | undefined;
  /**
   * What a person should know of the rows, such as a class with a single row; in sentences.
   * @defaultValue none
   */
  readonly warnings?: readonly string[] | undefined;
  /**
   * Where the rows come from, in words, for people.
   * @defaultValue 'unnamed rows'
   */
  readonly source?: string | undefined;
  /**
   * A short name of where the rows come from, for programs.
   * @defaultValue 'rows'
   */
  readonly name?: string | undefined;
}

/** The names of its fields. */
export const DATASET_FIELDS = [
  'train',
  'validation',
  'test',
  'inputSize',
  'numClasses',
  'classNames',
  'imageShape',
  'columns',
  'label',
  'warnings',
  'source',
  'name',
] as const satisfies readonly (keyof DatasetInput)[];
