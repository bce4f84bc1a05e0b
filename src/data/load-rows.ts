import { checkPath } from '../platform/replace-file.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import { checkImageShape } from '../validation/image-shape.js';
import { dataFileError } from './formats/data-file-error.js';
import type { DatasetFormat, LoadRowsOptions, UnlabelledRows } from './formats/format.js';
import { checkApplies, FORMATS, formatNamed } from './load-dataset.js';
import { checkPictures } from './pictures/known-pictures.js';
import { parseSize } from './pictures/picture-size.js';
import { unrecognised } from './unrecognised.js';

const OPTIONS = ['format', 'resize', 'inputSize', 'imageShape'] as const;

/**
 * Reads rows to predict from a file or a folder, in any format of `loadDataset` but tables: labels are not needed. Of
 * data in parts these are the rows of the test part, or all rows if there is no such part. A single array (`.npy`) of
 * any name, a single picture, and a folder of pictures without classes have rows, too.
 *
 * @param path - a file or a folder
 * @returns N rows, without a mean; with the file of each row if these are pictures, and their shape if it is known
 * @throws (as a rejection) Error `ERR_DATA_FILE`, also for a table: `loadDataset` and `encodeRows` read those;
 * TypeError for wrong arguments
 *
 * @example
 * const { X, files } = await loadRows('holiday', { imageShape: classifier.net.imageShape });
 * classifier.predict(X); // the class of each picture in the folder
 */
export async function loadRows(path: string, options: LoadRowsOptions = {}): Promise<UnlabelledRows> {
  checkPath(path);
  const { format: id, resize, imageShape, inputSize } = checkOptions(options, 'the options of loadRows', OPTIONS);
  if (resize !== undefined) parseSize(resize, 'resize');
  if (inputSize !== undefined) checkNumber(inputSize, 'inputSize', { integer: true, min: 1 });
  if (imageShape !== undefined) {
    const { height, width, channels } = imageShape;
    checkImageShape(imageShape, inputSize ?? height * width * channels);
  }
  const format = id === undefined ? await findRows(path) : formatNamed(id);
  if (!format) throw await unrecognised(path);
  checkApplies(path, format, { resize });
  if (format.rows) {
    const rows = await format.rows.load(path, options);
    checkPictures(rows.imageShape, imageShape, path);
    return rows;
  }
  throw dataFileError(
    `Expected rows of numbers or pictures at ${path} but found ${format.name}: read its rows with loadDataset, or ` +
      'encode them with encodeRows',
  );
}

/** The format of the rows at `path`; undefined when none recognises them. */
export async function findRows(path: string): Promise<DatasetFormat | undefined> {
  for (const format of FORMATS) {
    const recognised = format.rows?.recognises ? await format.rows.recognises(path) : await format.recognises(path);
    if (recognised) return format;
  }
  return undefined;
}
