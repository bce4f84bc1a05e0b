import { hasCode } from '../../validation/kinds.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { dataFileError } from '../formats/data-file-error.js';
import { encodeLabels } from '../labels.js';
import type { Labels } from '../part.js';
import { readTexts } from './read-texts.js';
import { readNumbers, type StoredArray, shapeText } from './stored-array.js';

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
  if (isText(array)) return encode(array, await readTexts(array), known);
  const values = await readNumbers(array);
  if (isArrayOf(values, 'Uint8Array')) return { y: values };
  const bad = values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value <= LARGEST));
  if (bad < 0) return { y: Int32Array.from(values) };
  throw dataFileError(
    `Expected class indices from 0 to ${LARGEST} in ${array.name} but found ${values[bad]} ` +
      `at byte ${array.start + bad * array.width}`,
  );
}

/**
 * Reads the names of classes.
 *
 * @throws Error `ERR_DATA_FILE` when they are not a list of texts, besides damage
 */
export async function readClassNames(array: StoredArray): Promise<string[]> {
  if (isText(array) && array.shape.length === 1) return readTexts(array);
  throw dataFileError(`Expected a list of texts in ${array.name} but found ${array.kind} ${shapeText(array.shape)}`);
}

/** Whether the elements of an array are texts. */
export function isText({ kind }: StoredArray): boolean {
  return kind === 'U' || kind === 'S';
}

function encode(array: StoredArray, texts: readonly string[], known?: readonly string[]): StoredLabels {
  try {
    const { y, classes } = encodeLabels(texts, array.name, known);
    return { y, classNames: classes.map(String) };
  } catch (error) {
    if (!hasCode(error, 'ERR_LABEL')) throw error;
    throw dataFileError(error.message, error);
  }
}
