import { whatIsAt } from '../../data/files/what-is-at.js';
import type { DatasetFormat, DatasetFormatId } from '../../data/formats/format.js';
import { IDX } from '../../data/formats/idx.js';
import { NPY } from '../../data/formats/npy.js';
import { NPZ } from '../../data/formats/npz.js';
import { SAFETENSORS } from '../../data/formats/safetensors.js';
import { formatNamed } from '../../data/load-dataset.js';
import { findRows } from '../../data/load-rows.js';
import { type Column, quote } from '../../data/tables/column.js';
import { isText } from '../../data/tables/open-table.js';
import { unrecognised } from '../../data/unrecognised.js';
import { firstOf, withCode } from '../../validation/errors.js';

/** A model that reads tables by the names of their columns. */
interface TableModel {
  readonly file: string;
  readonly columns: readonly Column[];
}

/** The formats of rows of numbers without names. */
const PLAIN: readonly DatasetFormat[] = [NPZ, NPY, SAFETENSORS, IDX];

/**
 * Whether data for a model of tables are rows of numbers without names: the columns are then in the model's order. This
 * needs a model without categories. If not, they are a table.
 *
 * @throws Error `ERR_MODEL_FILE` for data that are neither; `ERR_DATA_FILE` for what is not read at all
 */
export async function isPlainRows(path: string, model: TableModel, asked?: DatasetFormatId): Promise<boolean> {
  const format = asked === undefined ? await findRows(path) : formatNamed(asked);
  if (!format && ((await whatIsAt(path)) !== 'file' || !(await isText(path)))) throw await unrecognised(path);
  if (!format || format.rows === undefined) return false;
  const { file, columns } = model;
  const plain = PLAIN.includes(format);
  const categories = columns.filter(({ type }) => type === 'category').map(({ name }) => quote(name));
  if (plain && categories.length === 0) return true;
  const reads = firstOf(
    columns.map(({ name }) => quote(name)),
    SHOWN,
  );
  const why = plain ? `, and its column ${categories[0]} has categories` : '';
  throw withCode(
    new Error(
      `The model in ${file} reads tables by the names of their columns (${reads})${why}, but ${path} is ` +
        `${format.name}: pass a table with these columns, such as CSV`,
    ),
    'ERR_MODEL_FILE',
  );
}

/** Columns that the error names. */
const SHOWN = 5;
