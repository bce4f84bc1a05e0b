/** Pictures in folders, one per class. */
import { join } from 'node:path';
import { firstOf } from '../../validation/errors.js';
import { addAll } from '../../validation/long-lists.js';
import { entriesIn, namesIn, whatIsAt } from '../files/what-is-at.js';
import { dataFileError } from '../formats/data-file-error.js';
import type { PartName } from '../part.js';
import { PICTURE_NAME } from './picture-file.js';

/** The pictures of a part, in the order of their classes and names. */
export interface PicturePart {
  readonly name: PartName;
  readonly files: readonly string[];
  /** The class of each. */
  readonly y: Int32Array;
}

/** What is in a folder of pictures. */
export interface PictureFolders {
  /** The names of the folders, sorted. */
  readonly classNames: readonly string[];
  /** The training part first. */
  readonly parts: readonly PicturePart[];
  /** Files that are no pictures by their names. */
  readonly others: readonly string[];
}

/** The folders that are parts. */
const PARTS: Readonly<Record<string, PartName>> = {
  train: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  test: 'test',
};

/** What systems leave in folders, besides names that begin with a dot. */
const LEFT_BEHIND = new Set(['Thumbs.db', 'desktop.ini', '__MACOSX']);

/** Whether `folder` has a folder with a picture, or a folder `train` that has one. */
export async function hasPictureFolders(folder: string): Promise<boolean> {
  for (const name of await namesAt(folder)) {
    const inside = join(folder, name);
    if ((await picturesIn(inside)).length > 0) return true;
    if (name !== 'train') continue;
    for (const deeper of await namesAt(inside)) if ((await picturesIn(join(inside, deeper))).length > 0) return true;
  }
  return false;
}

/** The pictures right in a folder, sorted by their names; none if there is no folder. */
export async function picturesIn(folder: string): Promise<string[]> {
  return (await namesAt(folder)).filter((name) => PICTURE_NAME.test(name)).map((name) => join(folder, name));
}

/**
 * Finds the pictures of all classes and parts.
 *
 * @throws Error `ERR_DATA_FILE` for folders that are neither classes nor parts
 */
export async function findPictures(folder: string): Promise<PictureFolders> {
  const found = await partFolders(folder);
  const others: string[] = [];
  const classNames = await foldersIn(found.train, others);
  if (classNames.length === 0) throw dataFileError(`Expected a folder for each class in ${found.train} but found none`);
  const parts: PicturePart[] = [];
  for (const [name, place] of Object.entries(found) as [PartName, string][]) {
    const part = await readPart(name, place, classNames, others);
    parts.push(part);
  }
  return { classNames, parts, others };
}

/** The folder of each part: the folder itself is the training part, unless it has one called train with folders. */
async function partFolders(folder: string): Promise<{ train: string } & { [Name in PartName]?: string }> {
  const names = await foldersIn(folder, []);
  const train = join(folder, 'train');
  if (!names.includes('train') || (await foldersIn(train, [])).length === 0) return { train: folder };
  const found: { train: string } & { [Name in PartName]?: string } = { train };
  for (const name of names) {
    const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    const place = join(folder, name);
    if (!part)
      throw dataFileError(
        `Expected the folders train, validation and test in ${folder} but found ${name} beside train: move it away`,
      );
    if (part !== 'train' && found[part]) throw dataFileError(`Expected one of ${found[part]} and ${place}: join them`);
    found[part] = place;
  }
  return found;
}

async function readPart(
  name: PartName,
  place: string,
  classNames: readonly string[],
  others: string[],
): Promise<PicturePart> {
  const files: string[] = [];
  const labels: number[] = [];
  for (const folder of await foldersIn(place, name === 'train' ? [] : others)) {
    const label = classNames.indexOf(folder);
    if (label < 0)
      throw dataFileError(
        `Expected folders of the classes of the training part in ${place} but found ${folder}: the classes are ` +
          firstOf(classNames, 8),
      );
    const pictures = await classPictures(join(place, folder), others);
    if (pictures.length === 0 && name === 'train')
      throw dataFileError(
        `Expected pictures (.png, .jpg, .gif or .webp) of a class in ${join(place, folder)} but found none: ` +
          'remove the folder if it is no class',
      );
    addAll(files, pictures);
    for (const _ of pictures) labels.push(label);
  }
  if (files.length === 0) throw dataFileError(`Expected pictures in the folders of ${place} but found none`);
  return { name, files, y: Int32Array.from(labels) };
}

async function classPictures(folder: string, others: string[]): Promise<string[]> {
  const pictures: string[] = [];
  const [nested] = await foldersIn(folder, []);
  if (nested !== undefined)
    throw dataFileError(
      `Expected pictures in the folder of a class, ${folder}, but found the folder ${nested}: move its pictures up`,
    );
  for (const name of await namesAt(folder)) (PICTURE_NAME.test(name) ? pictures : others).push(join(folder, name));
  return pictures;
}

/** The names of the folders in a folder, sorted; the names of other things become part of `others`. */
async function foldersIn(folder: string, others: string[]): Promise<string[]> {
  const names = await namesAt(folder);
  const kinds = new Map((await entriesIn(folder)).map((entry) => [entry.name, entry]));
  const folders: string[] = [];
  for (const name of names) {
    const entry = kinds.get(name);
    const path = join(folder, name);
    const isFolder = entry?.isSymbolicLink() ? (await whatIsAt(path)) === 'folder' : entry?.isDirectory();
    if (isFolder) folders.push(name);
    else others.push(path);
  }
  return folders;
}

/** The names in a folder without those that systems leave there. */
async function namesAt(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => !name.startsWith('.') && !LEFT_BEHIND.has(name));
}
