/** The rows that `predict` reads, from files of several kinds. */
import { open } from 'node:fs/promises';
import type { Classifier } from '../../classifier/classifier.js';
import { IMAGE_BYTES, RECORD_BYTES } from '../../data/formats/cifar10-layout.js';
import { readCifarRecords } from '../../data/formats/cifar10-records.js';
import type { DatasetFormatId } from '../../data/formats/format.js';
import type { Matrix } from '../../data/matrix.js';
import { placeColumns, readRowsLike } from '../../data/tables/known-rows.js';
import { isTable, openRows } from '../../data/tables/open-table.js';
import { streamText } from '../../data/tables/text-blocks.js';
import { checkInputSize } from './load-model.js';

/** What decides how a file is read. */
export interface InputFlags {
  readonly format?: DatasetFormatId;
  readonly ignore?: readonly (string | number)[];
  readonly header?: boolean;
}

/** A model with the name of its file. */
export interface NamedModel {
  readonly file: string;
  readonly classifier: Classifier;
}

/** Rows as a classifier reads them, some at a time. */
export interface InputRows {
  readonly kind: 'records' | 'table';
  readonly batches: AsyncIterable<Matrix>;
}

/** Records that are predicted at a time. */
const BATCH_RECORDS = 1024;

/**
 * Opens a file of rows for a model, or standard input for `-`: a table, or CIFAR-10 records.
 *
 * @throws Error `ERR_DATA_FILE`; RangeError `ERR_COLUMN` when columns that the model reads are not there; Error
 * `ERR_MODEL_FILE` when the model is not for such records
 */
export async function openInput(file: string, model: NamedModel, flags: InputFlags): Promise<InputRows> {
  if (await isRecords(file, model, flags)) {
    checkInputSize(model.file, model.classifier.net, IMAGE_BYTES);
    return { kind: 'records', batches: recordBatches(file) };
  }
  const { columns, net } = model.classifier;
  const { ignore, header } = flags;
  const names = columns ? columns.map(({ name }) => name) : (ignore ?? []).filter((name) => typeof name === 'string');
  const text = file === '-' ? streamText(process.stdin, 'standard input') : file;
  const source = await openRows(text, { header }, names);
  const placed = placeColumns(source, { columns, inputSize: net.inputSize }, ignore);
  return { kind: 'table', batches: readRowsLike(source, placed) };
}

/** Whether a file has CIFAR-10 records. A model with columns reads tables; other files are judged by their content. */
async function isRecords(file: string, { classifier }: NamedModel, { format }: InputFlags): Promise<boolean> {
  if (file === '-' || classifier.columns) return false;
  if (format !== undefined) return format === 'cifar-10';
  if (await beginsWithLabel(file)) return true;
  return classifier.net.inputSize === IMAGE_BYTES && !(await isTable(file));
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

async function* recordBatches(file: string): AsyncGenerator<Matrix, void, void> {
  const { X } = await readCifarRecords(file);
  for (let first = 0; first < X.rows; first += BATCH_RECORDS) {
    yield X.slice(first, Math.min(first + BATCH_RECORDS, X.rows));
  }
}
