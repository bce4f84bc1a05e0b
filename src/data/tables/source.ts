import type { Cell } from './cell.js';

/** A table that can be read from its first row to its last as often as needed. */
export interface TableSource {
  /** What the table is, for error messages: the path of a file, or words. */
  readonly name: string;
  /** The name of every column, also of those that are not used. */
  readonly columns: readonly string[];
  /** Whether the columns have names of their own; otherwise they are `column 1`, `column 2`, … */
  readonly named: boolean;
  /** Whether cells are texts, of which some are numbers. */
  readonly textual: boolean;
  /** What the table is written in, for people: `CSV with ;`. */
  readonly format: string;
  /** What columns have that cannot be used, by place: `dates or times`. Their cells are missing values. */
  readonly refused?: ReadonlyMap<number, string>;
  /** Reads all rows, some at a time. */
  batches(): AsyncIterable<RowBatch>;
}

/** Some rows that follow each other. */
export interface RowBatch {
  /** Rows of one cell per column. */
  readonly rows: readonly (readonly Cell[])[];
  /** Where row `index` of these stands, for error messages: `line 5 of iris.csv`. */
  where(index: number): string;
}

/** Names for columns that have none, by place. */
export function placeNames(count: number): string[] {
  return Array.from({ length: count }, (_, place) => `column ${place + 1}`);
}
