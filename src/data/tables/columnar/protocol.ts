/** What the thread that decodes a file says to the one that asked for it. */
import type { Cell } from '../cell.js';

/** Which kind of file. */
export type ColumnarKind = 'parquet' | 'arrow';

/** What the thread is started with. */
export interface DecoderData {
  readonly path: string;
  readonly kind: ColumnarKind;
}

/** A column of a file. */
export interface StoredColumn {
  readonly name: string;
  /** What it has, if that cannot be used: `dates or times`. */
  readonly refused?: string;
}

/** The cells of one column in some rows; undefined for a column that cannot be used. */
export type ColumnCells = readonly Cell[] | undefined;

/** Some rows that follow each other. */
export interface DecodedRows {
  readonly count: number;
  readonly cells: readonly ColumnCells[];
}

/** Answers, in this order: the columns, and for each question some rows, until there are none left. */
export type Answer =
  | { readonly kind: 'columns'; readonly columns: readonly StoredColumn[] }
  | ({ readonly kind: 'rows' } & DecodedRows)
  | { readonly kind: 'end' }
  /** `missing` names packages that are not installed. */
  | { readonly kind: 'error'; readonly message: string; readonly missing?: string };

/** A file that is being decoded. */
export interface Decoder {
  readonly columns: readonly StoredColumn[];
  /** Rows, some at a time. */
  rows(): AsyncIterable<DecodedRows>;
}

/**
 * The most bytes that a page of Parquet, or the blocks of a batch of Arrow in all, may inflate to in a file of `size`
 * bytes: few bytes may claim any number. Those that are written usually have a sixteenth of it.
 */
export const mostInflated = {
  page: (size: number) => Math.min(2 ** 26, 2 ** 24 + 2 * size),
  batch: (size: number) => 2 ** 25 + 2 * size,
};

/** A package that is needed and cannot be loaded. */
export class MissingPackage extends Error {}

/** Loads a package. */
export async function load<T>(name: string, importing: () => Promise<T>): Promise<T> {
  try {
    return await importing();
  } catch (cause) {
    throw new MissingPackage(name, { cause });
  }
}
