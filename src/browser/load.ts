/** Data and models of a page, read by the code that reads files. */

import { Classifier } from '../classifier/classifier.js';
import type { Dataset } from '../data/dataset.js';
import type { ImageShape } from '../data/dataset-input.js';
import { dataFileError } from '../data/formats/data-file-error.js';
import type { LoadDatasetOptions, LoadRowsOptions, UnlabelledRows } from '../data/formats/format.js';
import { loadDataset as loadDatasetFile } from '../data/load-dataset.js';
import { loadRows as loadRowsFile } from '../data/load-rows.js';
import { Matrix } from '../data/matrix.js';
import { loadModel as loadModelFile } from '../model/model.js';
import { modelFileError } from '../model/model-file-error.js';
import type { Model } from '../model/model-types.js';
import type { ComputeOptions } from '../net/options.js';
import { lastingArray } from '../platform/lasting.js';
import { wrongType } from '../validation/errors.js';
import { checkImageShape } from '../validation/image-shape.js';
import { hasCode, messageOf, tagOf } from '../validation/kinds.js';
import { lendFolder } from './files.js';
import { type Drawable, stretched } from './pixels.js';
import { bytesOf, isBlob, type Source, whileLent, withSource } from './sources.js';

/** Files of a folder: those of a file input with `webkitdirectory`, or pictures by the names of their classes. */
export type Folder = FileList | readonly File[] | Readonly<Record<string, readonly Blob[]>>;

/** Options of `loadDataset` in a page. */
export interface LoadSourceOptions extends Omit<LoadDatasetOptions, 'test'> {
  /**
   * A second source with the columns of the first, whose rows become the test part.
   * @defaultValue none
   */
  readonly test?: Source | undefined;
}

/**
 * Reads a data set, as `loadDataset` of Node does: tables in text, CSV or JSON, also packed by gzip; pictures (PNG,
 * JPEG, GIF, WebP and whatever else the browser decodes); arrays of NumPy (`.npy`, `.npz`), safetensors, IDX, and the
 * archives of CIFAR-10 and CIFAR-100. Parquet and Arrow files are not read.
 *
 * @param source - a file, or where one comes from; or a folder of pictures
 * @throws (as a rejection) as in Node: Error `ERR_DATA_FILE` and others; `ERR_DATA_FILE` for an address that cannot be
 * fetched
 * @example
 * const data = await loadDataset(input.files[0], { label: 'species' });
 * const pictures = await loadDataset({ cat: catFiles, dog: dogFiles }, { resize: '32x32' });
 */
export async function loadDataset(source: Source | Folder, options: LoadSourceOptions = {}): Promise<Dataset> {
  const { test, ...rest } = options;
  const load = (path: string, more = {}) => loadDatasetFile(path, { ...rest, ...more });
  if (isFolder(source)) return whileLent(lendFolder('pictures', filesOf(source)), load);
  if (test === undefined) return withSource(source, 'data', load);
  return withSource(source, 'data', (path) => withSource(test, 'test', (other) => load(path, { test: other })));
}

/** Reads rows to predict, as `loadRows` of Node does, from what {@link loadDataset} takes. */
export async function loadRows(source: Source | Folder, options: LoadRowsOptions = {}): Promise<UnlabelledRows> {
  const load = (path: string) => loadRowsFile(path, options);
  if (isFolder(source)) return whileLent(lendFolder('pictures', filesOf(source)), load);
  return withSource(source, 'data', load);
}

/**
 * Pictures as rows: each is stretched to a size.
 *
 * @param pictures - what the page draws or shows: pixels, bitmaps, canvases, images that have loaded, blobs
 * @param imageShape - the size and channels, such as `classifier.net.imageShape`
 * @returns N rows of height · width · channels bytes
 * @throws (as a rejection) TypeError `ERR_INVALID_TYPE`; Error `ERR_DATA_FILE` for a picture that the browser cannot
 * decode, with the name of its file
 * @example
 * const rows = await pictureRows([canvas], classifier.net.imageShape);
 * classifier.predict(rows); // the class of what was drawn
 */
export async function pictureRows(
  pictures: readonly (ImageData | Drawable | Blob)[],
  imageShape: ImageShape,
): Promise<Matrix> {
  if (!Array.isArray(pictures)) throw wrongType('an array of pictures', pictures);
  const { height, width, channels } = imageShape;
  const D = height * width * channels;
  checkImageShape(imageShape, D);
  const data = lastingArray(Uint8Array, pictures.length * D);
  for (const [i, picture] of pictures.entries()) {
    const decoded = isBlob(picture) || tagOf(picture) === 'ImageData';
    const drawable = decoded ? await bitmapOf(picture as Blob | ImageData, i) : (picture as Drawable);
    data.set(stretched(drawable, imageShape), i * D);
    if (decoded) (drawable as ImageBitmap).close();
  }
  return new Matrix(data, D);
}

async function bitmapOf(picture: Blob | ImageData, i: number): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(picture);
  } catch (cause) {
    const name = (picture as Partial<File>).name || `pictures[${i}]`;
    throw dataFileError(`Expected a picture that this browser can decode at ${name}: ${messageOf(cause)}`, cause);
  }
}

/**
 * Reads a model, as `loadModel` of Node does: one that the command line, Node or a page has written, in any format.
 *
 * @throws (as a rejection) as in Node: Error `ERR_MODEL_FILE`
 * @example
 * const classifier = Classifier.fromModel(await loadModel('model.safetensors'));
 */
export async function loadModel(source: Source): Promise<Model> {
  const named = await bytesOf(source, 'model').catch((error) => {
    if (!hasCode(error, 'ERR_DATA_FILE')) throw error;
    throw modelFileError(String(source), `expected a readable file, found: ${error.message}`, error);
  });
  return withSource(new File([named.blob], named.name), 'model', loadModelFile);
}

/** Reads a classifier: see {@link loadModel}. */
export async function loadClassifier(source: Source, options: ComputeOptions = {}): Promise<Classifier> {
  return Classifier.fromModel(await loadModel(source), options);
}

function isFolder(source: Source | Folder): source is Folder {
  return Array.isArray(source) || ['FileList', 'Object'].includes(tagOf(source));
}

/** The files of a folder, by their paths in it. */
function filesOf(folder: Folder): (readonly [string, Blob])[] {
  if (tagOf(folder) === 'Object') {
    return Object.entries(folder as Readonly<Record<string, readonly Blob[]>>).flatMap(([name, blobs]) => {
      const files = new Map<string, Blob>();
      Array.from(blobs, (blob, i) => files.set(fileName(blob, i, files), blob));
      return [...files].map(([file, blob]) => [`${name}/${file}`, blob] as const);
    });
  }
  return Array.from(folder as readonly File[], (file) => [
    (file.webkitRelativePath || file.name).replace(/^[^/]*\/(?=.*\/)/, ''),
    file,
  ]);
}

/** What errors call a picture: its own name, if it has one that no other has. */
function fileName(blob: Blob, i: number, taken: ReadonlyMap<string, Blob>): string {
  const { name = '' } = blob as Partial<File>;
  const end = /\.\w+$/.exec(name)?.[0];
  if (end !== undefined && name !== end && !taken.has(name)) return name;
  const rest = end ?? `.${/^image\/(\w+)$/.exec(blob.type)?.[1] ?? 'png'}`;
  for (let n = i; ; n++) if (!taken.has(`${n}${rest}`)) return `${n}${rest}`;
}
