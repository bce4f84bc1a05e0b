/** The rows that `predict` reads, from files of several kinds. */
import { open } from 'node:fs/promises';
import type { Classifier } from '../../classifier/classifier.js';
import { whatIsAt } from '../../data/files/what-is-at.js';
import { IMAGE_BYTES, RECORD_BYTES } from '../../data/formats/cifar10-layout.js';
import { readCifarRecords } from '../../data/formats/cifar10-records.js';
import type { DatasetFormatId, LoadRowsOptions } from '../../data/formats/format.js';
import { IDX } from '../../data/formats/idx.js';
import { findRows, loadRows } from '../../data/load-rows.js';
import type { Matrix } from '../../data/matrix.js';
import { placeColumns, readRowsLike } from '../../data/tables/known-rows.js';
import { openRows } from '../../data/tables/open-table.js';
import { streamText } from '../../data/tables/text-blocks.js';
import { checkInputSize } from './load-model.js';

/** What decides how a file is read. */
export interface InputFlags extends Pick<LoadRowsOptions, 'resize'> {
  readonly format?: DatasetFormatId;
  readonly ignore?: readonly (string | number)[];
  readonly header?: boolean;
}

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
 * `ERR_MODEL_FILE` when the model is not for such rows
 */
export async function openInput(file: string, model: NamedModel, flags: InputFlags): Promise<InputRows> {
  const { net } = model.classifier;
  if (await isRecords(file, model, flags)) {
    checkInputSize(model.file, net, IMAGE_BYTES);
    const { X } = await readCifarRecords(file);
    return { kind: 'records', batches: batchesOf({ X }) };
  }
  if (await isTable(file, model, flags)) return { kind: 'rows', batches: tableBatches(file, model, flags) };
  const { format, resize } = flags;
  const rows = await loadRows(file, { format, resize, inputSize: net.inputSize });
  checkInputSize(model.file, net, rows.X.columns);
  return { kind: 'rows', batches: batchesOf(rows) };
}

/** Whether a file is a table. A model with columns reads tables; other files are judged by their content. */
async function isTable(file: string, { classifier }: NamedModel, { format }: InputFlags): Promise<boolean> {
  if (file === '-' || format === 'table') return true;
  if (format !== undefined) return false;
  if (classifier.columns) return true;
  const found = await findRows(file);
  // What is nothing else is refused as text is, by its line.
  return found ? found.rows === undefined : (await whatIsAt(file)) !== 'folder';
}

async function* tableBatches(
  file: string,
  { classifier: { columns, net } }: NamedModel,
  { ignore, header }: InputFlags,
): AsyncGenerator<InputBatch, void, void> {
  const names = columns ? columns.map(({ name }) => name) : (ignore ?? []).filter((name) => typeof name === 'string');
  const text = file === '-' ? streamText(process.stdin, 'standard input') : file;
  const source = await openRows(text, { header }, names);
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
