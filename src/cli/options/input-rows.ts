/** The rows that `predict` reads, from files of several kinds. */
import { open } from 'node:fs/promises';
import type { Classifier } from '../../classifier/classifier.js';
import { whatIsAt } from '../../data/files/what-is-at.js';
import { CIFAR10 } from '../../data/formats/cifar10.js';
import { IMAGE_BYTES, IMAGE_SHAPE, RECORD_BYTES } from '../../data/formats/cifar10-layout.js';
import { readCifarRecords } from '../../data/formats/cifar10-records.js';
import type { LoadDatasetOptions } from '../../data/formats/format.js';
import { IDX } from '../../data/formats/idx.js';
import { TABLE } from '../../data/formats/table.js';
import { checkApplies, formatNamed } from '../../data/load-dataset.js';
import { findRows, loadRows } from '../../data/load-rows.js';
import type { Matrix } from '../../data/matrix.js';
import { checkPictures } from '../../data/pictures/known-pictures.js';
import { placeColumns, readRowsLike } from '../../data/tables/known-rows.js';
import { isText, openRows } from '../../data/tables/open-table.js';
import { streamText } from '../../data/tables/text-blocks.js';
import { withCode } from '../../validation/errors.js';
import { checkInputSize } from './load-model.js';
import { isPlainRows } from './plain-rows.js';

/** What decides how a file is read. */
export type InputFlags = Pick<LoadDatasetOptions, 'format' | 'resize' | 'ignore' | 'header' | 'delimiter' | 'decimal'>;

/** A model with the name of its file. */
export interface NamedModel {
  readonly file: string;
  readonly classifier: Classifier;
}

/** Rows that follow each other. */
export interface InputBatch {
  readonly X: Matrix;
  /** The file of each row (N), if each has one of its own. */
  readonly files?: readonly string[] | undefined;
}

/** Rows as a classifier reads them, some at a time. */
export interface InputRows {
  readonly kind: 'records' | 'rows';
  readonly batches: AsyncIterable<InputBatch> | Iterable<InputBatch>;
}

/** Rows that are predicted at a time. */
const BATCH_ROWS = 1024;

/**
 * Opens a file or a folder of rows for a model, or standard input for `-`, which is a table.
 *
 * @throws Error `ERR_DATA_FILE`; RangeError `ERR_COLUMN` when columns that the model reads are not there; Error
 * `ERR_MODEL_FILE` when the model is not for such rows; TypeError `ERR_CONFLICT` for options that do not apply
 */
export async function openInput(file: string, model: NamedModel, flags: InputFlags): Promise<InputRows> {
  const { net } = model.classifier;
  const { format, resize, ignore, header, delimiter, decimal } = flags;
  const options = { resize, ignore, header, delimiter, decimal };
  if (file === '-' && format !== undefined && format !== 'table') {
    throw withCode(
      new TypeError(
        `Standard input is read as a table, not as --format ${format}: pass a file, or leave the option out`,
      ),
      'ERR_CONFLICT',
    );
  }
  if (await isRecords(file, model, flags)) {
    checkApplies(file, CIFAR10, options);
    checkPictures(IMAGE_SHAPE, net.imageShape, file);
    checkInputSize(model.file, net, IMAGE_BYTES);
    const { X } = await readCifarRecords(file);
    return { kind: 'records', batches: batchesOf({ X }) };
  }
  if (await isTable(file, model, flags)) {
    checkApplies(file, TABLE, options);
    return { kind: 'rows', batches: tableBatches(file, model, flags) };
  }
  const found = format === undefined ? await findRows(file) : formatNamed(format);
  if (found) checkApplies(file, found, options);
  const rows = await loadRows(file, {
    format: found?.id,
    resize,
    inputSize: net.inputSize,
    imageShape: net.imageShape,
  });
  checkInputSize(model.file, net, rows.X.columns);
  return { kind: 'rows', batches: batchesOf(rows) };
}

/** Whether a file is a table, judged by its content. */
async function isTable(file: string, model: NamedModel, { format }: InputFlags): Promise<boolean> {
  if (file === '-' || format === 'table') return true;
  const { columns } = model.classifier;
  if (columns) return !(await isPlainRows(file, { file: model.file, columns }, format));
  if (format !== undefined) return false;
  const found = await findRows(file);
  // Text of any kind may be rows of a single column.
  return found ? found.rows === undefined : isText(file);
}

async function* tableBatches(
  file: string,
  { classifier: { columns, net } }: NamedModel,
  { ignore, header, delimiter, decimal }: InputFlags,
): AsyncGenerator<InputBatch, void, void> {
  const names = columns ? columns.map(({ name }) => name) : (ignore ?? []).filter((name) => typeof name === 'string');
  const text = file === '-' ? streamText(process.stdin, 'standard input') : file;
  const source = await openRows(text, { header, delimiter, decimal }, names);
  const placed = placeColumns(source, { columns, inputSize: net.inputSize }, ignore);
  for await (const X of readRowsLike(source, placed)) yield { X };
}

/** Whether a file has CIFAR-10 records, plain ones or a batch of the Python version. */
async function isRecords(file: string, { classifier }: NamedModel, { format }: InputFlags): Promise<boolean> {
  if (file === '-' || classifier.columns || (await whatIsAt(file)) !== 'file') return false;
  const fits = classifier.net.inputSize === IMAGE_BYTES;
  if (format === undefined && (await beginsWithLabel(file))) return fits || !(await IDX.recognises(file));
  return (format ?? 'cifar-10') === 'cifar-10' && fits && !(await findRows(file));
}

/** Whether a file has the size of records and begins with a label, which no text does. */
async function beginsWithLabel(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return false;
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, 0);
    return bytesRead === 1 && size % RECORD_BYTES === 0 && buffer[0] < 9;
  } finally {
    await handle.close();
  }
}

function* batchesOf({ X, files }: InputBatch): Generator<InputBatch, void, void> {
  for (let first = 0; first < X.rows; first += BATCH_ROWS) {
    const end = Math.min(first + BATCH_ROWS, X.rows);
    yield { X: X.slice(first, end), files: files?.slice(first, end) };
  }
}
