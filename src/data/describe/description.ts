/** What a person asks of data before anything is trained on them. */
import type { ImageShape } from '../dataset-input.js';
import type { PartName } from '../part.js';
import type { Storage } from '../save/stored-as.js';

/** Numbers of a column, or of all rows. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** Numbers of a column of rows. */
export interface NumberSummary extends NumberRange {
  readonly mean: number;
}

/** A column of a table. */
export interface ColumnDescription extends Partial<NumberRange> {
  readonly name: string;
  /** `mixed` has numbers beside words; `unusable` has something else, such as dates. */
  readonly type: 'number' | 'category' | 'mixed' | 'unusable';
  /** Rows without a value; undefined where missing values have been filled. */
  readonly missing?: number | undefined;
  /** The number of its categories; those of a table are counted up to 100. */
  readonly categories?: number | undefined;
}

/** A class, with its rows in each part. */
export interface ClassDescription {
  readonly name: string;
  readonly rows: number;
  readonly parts: { readonly [Name in PartName]?: number };
}

/** What a data set has. */
export interface DatasetDescription {
  /** Where the rows come from, in words. */
  readonly source: string;
  /** Rows of all parts. */
  readonly rows: number;
  /** The rows of each part. */
  readonly parts: { readonly [Name in PartName]?: number };
  /** C classes. */
  readonly classes: readonly ClassDescription[];
  /** D, the numbers of a row. */
  readonly inputSize: number;
  /** How numbers are stored. */
  readonly storage: Storage;
  /** The smallest and largest number of all rows. */
  readonly range: NumberRange;
  /** The mean of all numbers. */
  readonly mean: number;
  /** Columns that have the same number in all rows: they say nothing. */
  readonly constantColumns: number;
  /** Each column (D), if there are at most 100. */
  readonly summary?: readonly NumberSummary[] | undefined;
  /** How a row is a picture; undefined when it is not one. */
  readonly imageShape?: ImageShape | undefined;
  /** The columns of the table that the rows were encoded from; undefined for rows of numbers. */
  readonly columns?: readonly ColumnDescription[] | undefined;
  /** What a person should know of the rows, in sentences. */
  readonly warnings: readonly string[];
}
