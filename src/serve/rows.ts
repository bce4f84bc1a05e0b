/** The rows of a request, from a body of any of the types that are read. */
import { Readable } from 'node:stream';
import type { ClassPredictions } from '../classifier/class-predictions.js';
import type { ImageShape } from '../data/dataset-input.js';
import { pictureFor } from '../data/formats/pictures.js';
import { Matrix } from '../data/matrix.js';
import { placeColumns, readRowsLike } from '../data/tables/known-rows.js';
import { openRows } from '../data/tables/open-table.js';
import { streamText } from '../data/tables/text-blocks.js';
import { checkNumber, nearest } from '../validation/check.js';
import { describe, withCode, wrongShape, wrongType } from '../validation/errors.js';
import type { RowData } from '../validation/typed-arrays.js';
import { Refusal } from './refusal.js';

/** What rows are for. */
export interface RowsReader {
  readonly predictor: ClassPredictions;
  /** D. */
  readonly inputSize: number;
  readonly imageShape: ImageShape | undefined;
  /** The type of numbers that loses nothing on the way to the net. */
  readonly numbers: Float32ArrayConstructor | Float64ArrayConstructor;
}

/** What a request asks. */
export interface Asked {
  readonly X: Matrix;
  /** How many classes of each row. */
  readonly top: number;
}

/** What the query of a request may say. */
export interface Query {
  readonly top?: unknown;
  readonly type?: unknown;
}

/** The types of numbers in raw bytes. */
export const NUMBERS = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array } as const;

/** The types of pictures. */
export const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;

/** The types of bodies. */
export const TYPES = ['application/json', 'text/csv', 'application/octet-stream', ...PICTURES] as const;

const THE_BODY = 'the body';

/** The most pixels of a picture: Node decodes four at a time, each in up to 4 bytes of memory for a pixel. */
const MOST_PIXELS = 2 ** 24;

/**
 * Reads what a request asks.
 *
 * @param type - the header `Content-Type`
 * @throws (as a rejection) Refusal; the package's errors about rows
 */
export async function readAsked(
  reader: RowsReader,
  body: Buffer,
  type: string | undefined,
  query: Query,
  maxRows: number,
): Promise<Asked> {
  checkQuery(query);
  const kind = (type ?? '').split(';', 1)[0].trim().toLowerCase();
  const given = query.top === undefined ? undefined : Number(query.top);
  const top = (value: unknown) => (value === undefined ? 1 : checkNumber(value, 'top', { integer: true, min: 1 }));
  if (kind === 'application/json') {
    const { rows, top: inBody } = objectIn(body);
    return { X: jsonRows(reader, rows, maxRows), top: top(given ?? inBody) };
  }
  return { X: await otherRows(reader, body, kind, query, maxRows), top: top(given) };
}

async function otherRows(
  reader: RowsReader,
  body: Buffer,
  kind: string,
  { type = 'float32' }: Query,
  maxRows: number,
): Promise<Matrix> {
  if (kind === 'text/csv') return tableRows(reader, body, maxRows);
  if (kind === 'application/octet-stream') return rawRows(reader, body, type, maxRows);
  if (!(PICTURES as readonly string[]).includes(kind)) {
    throw new Refusal(
      415,
      'ERR_MEDIA_TYPE',
      `Expected a body of type ${TYPES.join(', ')} but received ${describe(kind)}`,
    );
  }
  if (reader.imageShape) return pictureFor({ name: THE_BODY, bytes: body }, reader.imageShape, MOST_PIXELS);
  throw new Refusal(415, 'ERR_MEDIA_TYPE', 'Expected rows of numbers, since the model was not trained on pictures');
}

function checkQuery(query: Query): void {
  for (const name of Object.keys(query)) {
    if (name === 'top' || name === 'type') continue;
    const meant = nearest(name, ['top', 'type']);
    const hint = meant ? `: did you mean ${meant}?` : '';
    throw withCode(new TypeError(`Unknown parameter ${describe(name)} in the query${hint}`), 'ERR_UNKNOWN_OPTION');
  }
}

function objectIn(body: Buffer): { readonly rows: unknown; readonly top?: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new Refusal(400, 'ERR_INVALID_BODY', `Expected JSON but the body is not: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'rows')) return value as { rows: unknown };
  throw new Refusal(400, 'ERR_INVALID_BODY', 'Expected an object with rows, such as {"rows":[[5.1,3.5]]}');
}

/** Rows of numbers, or objects by column name. */
function jsonRows({ predictor, inputSize: D, numbers }: RowsReader, rows: unknown, maxRows: number): Matrix {
  if (!Array.isArray(rows) || rows.length === 0) throw wrongType('an array of at least one row for rows', rows);
  checkRowCount(rows.length, maxRows);
  if (predictor.columns || !Array.isArray(rows[0])) return predictor.inputs(rows);
  const data = new numbers(rows.length * D);
  for (let i = 0, at = 0; i < rows.length; i++) {
    const row: unknown = rows[i];
    if (!Array.isArray(row) || row.length !== D) throw wrongShape(`${D} numbers for row ${i}`, row);
    for (let d = 0; d < D; d++, at++) {
      const value: unknown = row[d];
      if (typeof value !== 'number') throw wrongType(`a number at ${d} of row ${i}`, value);
      data[at] = value;
    }
  }
  return new Matrix(finite(data, D), D);
}

/** A table with the columns of the model, among others; or without names, if there are just as many. */
async function tableRows({ predictor, inputSize }: RowsReader, body: Buffer, maxRows: number): Promise<Matrix> {
  const { columns } = predictor;
  const text = streamText(Readable.from([body]), THE_BODY);
  const source = await openRows(text, {}, columns?.map(({ name }) => name) ?? []);
  const parts: Matrix[] = [];
  let count = 0;
  for await (const part of readRowsLike(source, placeColumns(source, { columns, inputSize }))) {
    count += part.rows;
    checkRowCount(count, maxRows);
    parts.push(part);
  }
  if (count === 0) throw wrongType('at least one row in the body', []);
  return joined(parts);
}

/** Numbers as they are in memory, little endian. */
function rawRows({ inputSize: D, predictor }: RowsReader, body: Buffer, type: unknown, maxRows: number): Matrix {
  if (typeof type !== 'string' || !Object.hasOwn(NUMBERS, type)) {
    throw wrongType(`one of ${Object.keys(NUMBERS).join(', ')} for type`, type);
  }
  const category = predictor.columns?.find((column) => column.type === 'category');
  if (category) throw wrongType('JSON or CSV, since the model reads columns with categories,', body);
  const Numbers = NUMBERS[type as keyof typeof NUMBERS];
  const bytes = D * Numbers.BYTES_PER_ELEMENT;
  const rows = body.length / bytes;
  if (rows === 0 || !Number.isInteger(rows)) {
    throw wrongShape(`${bytes} bytes for each row, ${D} numbers of type ${type},`, body);
  }
  checkRowCount(rows, maxRows);
  const aligned = body.byteOffset % Numbers.BYTES_PER_ELEMENT === 0 ? body : Uint8Array.from(body);
  return new Matrix(finite(new Numbers(aligned.buffer as ArrayBuffer, aligned.byteOffset, rows * D), D), D);
}

function checkRowCount(count: number, most: number): void {
  if (count > most) throw new Refusal(413, 'ERR_TOO_LARGE', `Expected at most ${most} rows but received more`);
}

/** Rows that are computed together must all be finite. */
function finite<T extends RowData>(data: T, D: number): T {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    const where = `at ${i % D} of row ${Math.floor(i / D)}`;
    throw withCode(new RangeError(`Expected a finite number ${where} but received ${data[i]}`), 'ERR_NOT_FINITE');
  }
  return data;
}

/** The rows of all parts: of their type if it is the same for all. */
export function joined(parts: readonly Matrix[]): Matrix {
  if (parts.length === 1) return parts[0];
  const [{ columns, data: first }] = parts;
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const same = parts.every(({ data }) => data.constructor === first.constructor);
  const data = same ? new (first.constructor as Float64ArrayConstructor)(length) : new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return new Matrix(data, columns);
}
