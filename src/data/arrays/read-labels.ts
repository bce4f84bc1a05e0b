import { isArrayOf } from '../../validation/typed-arrays.js';
import { PIECE_BYTES } from '../files/data-file.js';
import { dataFileError } from '../formats/data-file-error.js';
import { encodeLabels } from '../labels.js';
import type { Labels } from '../part.js';
import { toMachineOrder } from './byte-order.js';
import { readNumbers, type StoredArray, withElements } from './stored-array.js';

/** The largest label that is read from an array of numbers: larger ones are hardly class indices. */
const LARGEST = 65_535;

/** Labels, with the names of the classes if they were text. */
export interface StoredLabels {
  readonly y: Labels;
  readonly classNames?: readonly string[];
}

/**
 * Reads the labels of a part. Numbers are class indices; text is encoded.
 *
 * @param known - the classes of the training part, for the other parts of labels that are text
 * @throws Error `ERR_DATA_FILE` with the byte of a label that is not an integer in 0 … 65 535, besides damage
 */
export async function readLabels(array: StoredArray, known?: readonly string[]): Promise<StoredLabels> {
  if (array.kind === 'U' || array.kind === 'S') return encode(array, await readTexts(array), known);
  const values = await readNumbers(array);
  if (isArrayOf(values, 'Uint8Array')) return { y: values };
  const bad = values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value <= LARGEST));
  if (bad < 0) return { y: Int32Array.from(values) };
  throw dataFileError(
    `Expected class indices from 0 to ${LARGEST} in ${array.name} but found ${values[bad]} ` +
      `at byte ${array.start + bad * array.width}`,
  );
}

function encode(array: StoredArray, texts: readonly string[], known?: readonly string[]): StoredLabels {
  try {
    const { y, classes } = encodeLabels(texts, array.name, known);
    return { y, classNames: classes.map(String) };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_LABEL')) throw error;
    throw dataFileError(error.message, error);
  }
}

/** Reads elements of text: 4 bytes per character if `U`, 1 if `S`, padded with zeros. Equal texts are one string. */
async function readTexts(array: StoredArray): Promise<string[]> {
  const texts: string[] = [];
  const seen = new Map<string, string>();
  const each = Math.max(1, Math.floor(PIECE_BYTES / array.width));
  await withElements(array, async (reader) => {
    for (let done = 0; done < array.shape[0]; done += each) {
      const from = reader.position;
      const piece = await reader.bytes(Math.min(each, array.shape[0] - done) * array.width, 'text');
      for (let at = 0; at < piece.length; at += array.width) {
        const text = decode(piece.subarray(at, at + array.width), array);
        if (text === undefined) throw reader.error('text', 'other numbers', from + at);
        const known = seen.get(text) ?? text;
        seen.set(known, known);
        texts.push(known);
      }
    }
  });
  return texts;
}

/** The text of an element; undefined if it has something else than characters. */
function decode(element: Buffer, { kind, bigEndian }: StoredArray): string | undefined {
  const units = kind === 'S' ? element : characters(element, bigEndian);
  const end = units.findLastIndex((unit) => unit !== 0) + 1;
  let text = '';
  for (let i = 0; i < end; i++) {
    if (units[i] > 0x10ffff) return undefined;
    text += String.fromCodePoint(units[i]);
  }
  return text;
}

function characters(element: Buffer, bigEndian: boolean): Uint32Array {
  const copy = Buffer.from(new Uint8Array(element).buffer);
  toMachineOrder(copy, 4, bigEndian);
  return new Uint32Array(copy.buffer, 0, copy.length / 4);
}
