import type { Dataset } from '../dataset.js';
import type { ImageShape } from '../dataset-input.js';
import type { Matrix } from '../matrix.js';
import type { PictureSize } from '../pictures/picture-size.js';
import type { DelimitedOptions } from '../tables/delimited-text.js';
import type { TableOptions } from '../tables/load-table.js';
import type { CifarLabels } from './cifar/version.js';

/** What the option `format` of `loadDataset` calls each format. */
export type DatasetFormatId = 'cifar-10' | 'cifar-100' | 'idx' | 'npz' | 'npy' | 'safetensors' | 'pictures' | 'table';

/**
 * Options of `loadDataset`. Most are for tables, in files of delimited values (CSV, TSV and the like) or of JSON; those
 * that do not concern the format of the data are refused.
 */
export interface LoadDatasetOptions extends TableOptions, DelimitedOptions {
  /**
   * A second file with the columns of the first, whose rows become the test part.
   * @defaultValue none
   */
  readonly test?: string | undefined;
  /**
   * The format, for data that could be of several or are not recognised.
   * @defaultValue the first format that recognises what is there
   */
  readonly format?: DatasetFormatId | undefined;
  /**
   * All test rows, instead of those that the format's usual split takes: of CIFAR-10, 10 000 instead of 1000.
   * @defaultValue false
   */
  readonly fullTest?: boolean | undefined;
  /**
   * Which classes of CIFAR-100: its 100, or the 20 that these belong to.
   * @defaultValue 'fine': 100
   */
  readonly labels?: CifarLabels | undefined;
  /**
   * The size of pictures in pixels, such as `'32x24'` for a width of 32: they are stretched to it.
   * @defaultValue their own size, which must be the same
   */
  readonly resize?: PictureSize | undefined;
}

/** Rows without labels. */
export interface UnlabelledRows {
  /** N rows of D numbers. */
  readonly X: Matrix;
  /** The file of each row (N), if each has one of its own, as pictures have. */
  readonly files?: readonly string[] | undefined;
  /** How a row is a picture; undefined if it is none, or the data do not say. */
  readonly imageShape?: ImageShape | undefined;
}

/** How rows are read without labels. */
export interface RowsReader {
  /**
   * Whether `path` has such rows.
   * @defaultValue whether it has a data set of the format
   */
  recognises?(path: string): Promise<boolean>;
  /**
   * Reads the rows of the test part, or all rows if there is no such part.
   *
   * @throws Error `ERR_DATA_FILE`
   */
  load(path: string, options: LoadRowsOptions): Promise<UnlabelledRows>;
}

/** Options of `loadRows`. */
export interface LoadRowsOptions extends Pick<LoadDatasetOptions, 'format' | 'resize'> {
  /**
   * D, the numbers of a row that are wanted. It decides whether pictures are read in grey or in colours.
   * @defaultValue as the rows are
   */
  readonly inputSize?: number | undefined;
  /**
   * The pictures that a model was trained on, `net.imageShape`. Others are refused, or stretched if those were; shades
   * of grey are read as colours for a model of these.
   * @defaultValue pictures may have any size
   */
  readonly imageShape?: ImageShape | undefined;
}

/** A format in which data sets are stored. */
export interface DatasetFormat {
  /** What the option `format` calls it. */
  readonly id: DatasetFormatId;
  /** What data of this format are called: `a NumPy archive`. */
  readonly name: string;
  /** The options of `loadDataset` that concern it, besides `format`. */
  readonly options: readonly (keyof LoadDatasetOptions)[];
  /**
   * Whether `path` is of this format, whole or not, judged by what is there.
   *
   * @throws Error `ERR_DATA_FILE` when something exists and cannot be read
   */
  recognises(path: string): Promise<boolean>;
  /**
   * Reads a data set of this format.
   *
   * @throws Error `ERR_DATA_FILE`
   */
  load(path: string, options: LoadDatasetOptions): Promise<Dataset>;
  /**
   * The files that `load` and `rows.load` read of what is at `path`.
   * @defaultValue `path` itself
   */
  files?(path: string): Promise<readonly string[]>;
  /** How rows are read that need no labels; undefined for tables, whose columns only a model knows. */
  readonly rows?: RowsReader;
}
