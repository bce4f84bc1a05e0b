import { basename } from 'node:path';
import { CHECKED, Dataset } from '../dataset.js';
import { whatIsAt } from '../files/what-is-at.js';
import { Matrix } from '../matrix.js';
import type { DatasetPart, PartName } from '../part.js';
import { PICTURE_NAME } from '../pictures/picture-file.js';
import { findPictures, hasPictureFolders, picturesIn } from '../pictures/picture-folders.js';
import { commonShape, pixelsOf } from '../pictures/picture-rows.js';
import { classWarnings } from '../stratify.js';
import type { DatasetFormat, LoadDatasetOptions } from './format.js';

/** Pictures in a folder per class. */
export const PICTURES: DatasetFormat = {
  id: 'pictures',
  name: 'pictures',
  looks:
    'a folder for each class with PNG, JPEG, GIF or WebP pictures; or train, validation and test with such folders',
  recognises: hasPictureFolders,
  load: loadPictures,
  async lookAlike(path) {
    const single = PICTURE_NAME.test(path) && (await whatIsAt(path)) === 'file';
    if (!single && (await picturesIn(path)).length === 0) return undefined;
    return 'Pictures without classes can be predicted; to be data, they need a folder for each class, with its name';
  },
};

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

function otherFiles(others: readonly string[]): string[] {
  if (others.length === 0) return [];
  const what = others.length === 1 ? 'file is' : 'files are';
  return [`${others.length} ${what} not read, being no pictures by their names, such as ${others[0]}`];
}
