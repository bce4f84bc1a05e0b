import { basename } from 'node:path';
import { CHECKED, Dataset } from '../dataset.js';
import type { ImageShape } from '../dataset-input.js';
import { fileBegins, whatIsAt } from '../files/what-is-at.js';
import { Matrix } from '../matrix.js';
import type { DatasetPart, PartName } from '../part.js';
import { checkPictures, sizeFor } from '../pictures/known-pictures.js';
import { HEAD_BYTES, isPicture, pictureFacts, picturePixels } from '../pictures/picture-file.js';
import { findPictures, hasPictureFolders, picturesIn } from '../pictures/picture-folders.js';
import { commonShape, pixelsOf } from '../pictures/picture-rows.js';
import { classWarnings } from '../stratify.js';
import { dataFileError } from './data-file-error.js';
import type { DatasetFormat, LoadDatasetOptions } from './format.js';

/** Pictures in a folder per class. */
export const PICTURES: DatasetFormat = {
  id: 'pictures',
  name: 'pictures',
  options: ['resize'],
  recognises: hasPictureFolders,
  load: loadPictures,
  async files(path) {
    if ((await whatIsAt(path)) === 'file') return [path];
    const flat = await picturesIn(path);
    if (flat.length > 0 && !(await hasPictureFolders(path))) return flat;
    const { parts } = await findPictures(path);
    return [...flat, ...parts.flatMap(({ files }) => files)];
  },
  rows: {
    recognises: async (path) =>
      (await fileBegins(path, HEAD_BYTES, isPicture)) || (await picturesIn(path)).length > 0 || hasPictureFolders(path),
    async load(path, { resize, inputSize, imageShape }) {
      const files = await picturesAt(path);
      const natural = await commonShape(files, resize ?? sizeFor(imageShape));
      const shape = imageShape ? likeModel(natural, imageShape, path) : shapeFor(inputSize, natural, files[0]);
      const D = shape.height * shape.width * shape.channels;
      return { X: new Matrix(await pixelsOf(files, shape), D), files, imageShape: shape };
    },
  },
};

/**
 * The row of one picture in memory, for a model that was trained on pictures.
 *
 * @param picture - its bytes, and what error messages call it
 * @param most - the most pixels that are decoded
 * @throws Error `ERR_DATA_FILE` for damage, other bytes, and a picture of another size or of colours where the model
 * reads shades of grey; Error `ERR_MISSING_PEER`
 */
export async function pictureFor(
  picture: { readonly name: string; readonly bytes: Uint8Array },
  wanted: ImageShape,
  most: number,
): Promise<Matrix> {
  const { grey, ...natural } = await pictureFacts(picture);
  if (natural.width * natural.height > most) {
    throw dataFileError(
      `Expected at most ${most} pixels in ${picture.name} but found ${natural.width} × ${natural.height}`,
    );
  }
  const { width, height } = wanted.resized ? wanted : natural;
  const shape = likeModel({ width, height, channels: grey ? 1 : 3 }, wanted, picture.name);
  return new Matrix(await picturePixels(picture, shape), width * height * shape.channels);
}

/** What to do with a picture, or a folder of pictures, that has no class; undefined for anything else. */
export async function picturesWithoutClasses(path: string): Promise<string | undefined> {
  const single = await fileBegins(path, HEAD_BYTES, isPicture);
  if (!single && (await picturesIn(path)).length === 0) return undefined;
  return 'Pictures without classes can be predicted; to train or evaluate, put them in a folder for each class';
}

async function loadPictures(path: string, { resize }: LoadDatasetOptions): Promise<Dataset> {
  const { classNames, parts, others } = await findPictures(path);
  const imageShape = await commonShape(
    parts.flatMap(({ files }) => files),
    resize,
  );
  const D = imageShape.height * imageShape.width * imageShape.channels;
  const read: { -readonly [Name in PartName]?: DatasetPart } = {};
  for (const { name, files, y } of parts) read[name] = { X: new Matrix(await pixelsOf(files, imageShape), D), y };
  const labels = parts.map(({ name, y }) => [name, y] as const);
  const warnings = [...otherFiles(others), ...classWarnings(classNames, labels)];
  const { train, validation, test } = read as { train: DatasetPart } & typeof read;
  const name = basename(path) || 'pictures';
  return new Dataset({ train, validation, test, classNames, imageShape, warnings, source: name, name }, CHECKED);
}

/** The picture at `path`, those right in a folder, or those of its classes. */
async function picturesAt(path: string): Promise<readonly string[]> {
  if ((await whatIsAt(path)) === 'file') return [path];
  const flat = await picturesIn(path);
  if (flat.length > 0) return flat;
  const { parts } = await findPictures(path);
  const test = parts.filter(({ name }) => name === 'test');
  return (test.length > 0 ? test : parts).flatMap(({ files }) => files);
}

/** The shape that gives rows of D numbers: in grey or in colours. */
function shapeFor(D: number | undefined, natural: ImageShape, file: string): ImageShape {
  if (D === undefined) return natural;
  const { width, height } = natural;
  const channels = D / (width * height);
  if (channels === 1 || channels === 3) return { ...natural, channels };
  throw dataFileError(
    `Expected pictures of ${D} numbers, as the model reads, but ${file} has ${width} × ${height} pixels, in grey ` +
      "or in colours: pass the size of the pictures that it was trained on (resize: '32x32', or --resize 32x32)",
  );
}

/**
 * The shape in which a model reads pictures: shades of grey are colours too.
 *
 * @throws Error `ERR_DATA_FILE` for pictures of another size, and colours for a model of shades of grey, before any is
 * decoded
 */
function likeModel(natural: ImageShape, wanted: ImageShape, path: string): ImageShape {
  const shape = { ...natural, channels: Math.max(natural.channels, wanted.channels) };
  checkPictures(shape, wanted, path);
  return shape;
}

function otherFiles(others: readonly string[]): string[] {
  if (others.length === 0) return [];
  const [first] = others;
  if (others.length === 1) return [`${first} was not read: its name is not that of a picture (${PICTURE_KINDS})`];
  return [
    `${others.length} files, such as ${first}, were not read: their names are not those of pictures (${PICTURE_KINDS})`,
  ];
}

const PICTURE_KINDS = '.png, .jpg, .gif or .webp';
