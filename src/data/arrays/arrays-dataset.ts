import { largest } from '../../validation/long-lists.js';
import { CHECKED, Dataset } from '../dataset.js';
import type { ImageShape } from '../dataset-input.js';
import { dataFileError } from '../formats/data-file-error.js';
import type { UnlabelledRows } from '../formats/format.js';
import { joinRows } from '../join-rows.js';
import { Matrix } from '../matrix.js';
import type { DatasetPart, PartName } from '../part.js';
import { quote, repeated } from '../tables/column.js';
import { type Pair, type Parts, pairArrays } from './array-roles.js';
import { isText, readLabels, type StoredLabels } from './read-labels.js';
import { countOf, readNumbers, type StoredArray, shapeText } from './stored-array.js';

/** Where a data set comes from. */
export interface Origin {
  /** The path, for error messages. */
  readonly place: string;
  /** In words, for people. */
  readonly source: string;
  /** A short name, for programs. */
  readonly name: string;
  /** The name of each class (C), for labels that are class indices; undefined if the file has none. */
  readonly classNames?: readonly string[] | undefined;
}

const PARTS = ['train', 'validation', 'test'] as const satisfies readonly PartName[];

/**
 * Makes a data set of arrays, which are paired by their names; see `pairArrays`. X is (N, D), or (N, …) with D the
 * product of the further sizes; y is (N) or (N, 1).
 *
 * @throws Error `ERR_DATA_FILE` for arrays that do not fit each other, before any is read, and for damaged ones
 */
export async function readArrays(arrays: readonly StoredArray[], origin: Origin): Promise<Dataset> {
  const { place, source, name } = origin;
  const pairs = pairArrays(arrays, place);
  checkShapes(pairs);
  const parts: { -readonly [Name in PartName]?: DatasetPart } = {};
  const labels: StoredLabels[] = [];
  const inputSize = sizeOfRow(pairs.train.X);
  for (const part of PARTS) {
    const pair = pairs[part];
    if (!pair) continue;
    const stored = await readLabels(pair.y, labels[0]?.classNames);
    labels.push(stored);
    parts[part] = { X: new Matrix(await readNumbers(pair.X), inputSize), y: stored.y };
  }
  const { train, validation, test } = parts as { train: DatasetPart } & typeof parts;
  const classNames = labels[0].classNames ?? origin.classNames;
  const used = 1 + largest(labels.map(({ y }) => largestLabel(y)));
  const numClasses = classNames?.length ?? used;
  checkNames(classNames ?? [], place);
  if (used > numClasses)
    throw dataFileError(
      `Expected a name for each of ${used} classes in ${place}, whose largest label is ${used - 1}, but found ` +
        `${numClasses}`,
    );
  const imageShape = imageShapeOf(pairs.train.X.shape);
  const input = { train, validation, test, numClasses, classNames, imageShape, source, name };
  return new Dataset(input, CHECKED);
}

/**
 * Reads arrays of rows, one below the other.
 *
 * @param arrays - at least one
 * @throws Error `ERR_DATA_FILE` for arrays that are not rows of one size, before any is read, and for damaged ones
 */
export async function readRows(arrays: readonly StoredArray[]): Promise<UnlabelledRows> {
  const D = sizeOfRow(arrays[0]);
  for (const array of arrays) {
    checkRows(array);
    checkSameSize(array, arrays[0]);
  }
  const parts: Matrix[] = [];
  for (const array of arrays) parts.push(new Matrix(await readNumbers(array), D));
  return { X: joinRows(parts), imageShape: imageShapeOf(arrays[0].shape) };
}

/** Classes are told apart by their names. */
function checkNames(classNames: readonly string[], place: string): void {
  const twice = repeated(classNames);
  if (twice !== undefined)
    throw dataFileError(`Expected classes of different names in ${place} but found two of ${quote(twice)}`);
}

function checkShapes(pairs: Parts<StoredArray>): void {
  const text = isText(pairs.train.y);
  for (const part of PARTS) {
    const pair = pairs[part];
    if (!pair) continue;
    checkPair(pair);
    checkSameSize(pair.X, pairs.train.X);
    if (isText(pair.y) !== text) {
      throw dataFileError(
        `Expected labels of one kind but found text in only one of ${pairs.train.y.name}, ${pair.y.name}`,
      );
    }
  }
}

function checkSameSize(X: StoredArray, first: StoredArray): void {
  if (sizeOfRow(X) === sizeOfRow(first)) return;
  const expected = `rows of ${sizeOfRow(first)} numbers, as in ${first.name},`;
  throw dataFileError(`Expected ${expected} in ${X.name} but found the shape ${shapeText(X.shape)}`);
}

function checkRows({ name, shape }: StoredArray): void {
  if (shape.length >= 2 && (countOf(shape) ?? 0) > 0) return;
  throw dataFileError(`Expected rows, as an array of shape (N, D), in ${name} but found ${shapeText(shape)}`);
}

function checkPair({ X, y }: Pair<StoredArray>): void {
  checkRows(X);
  const flat = y.shape.length === 1 || (y.shape.length === 2 && y.shape[1] === 1);
  if (flat && y.shape[0] === X.shape[0]) return;
  const oneHot = y.shape.length === 2 && y.shape[0] === X.shape[0];
  const hint = oneHot ? ': are these one-hot labels? Store the index of each class instead' : '';
  throw dataFileError(
    `Expected ${X.shape[0]} labels, one per row of ${X.name}, in ${y.name} but found ${shapeText(y.shape)}${hint}`,
  );
}

/** D. */
function sizeOfRow({ shape }: StoredArray): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}

/** (N, height, width), with or without 1 or 3 channels at the end, are pictures. */
export function imageShapeOf([, height, width, channels = 1, ...more]: readonly number[]): ImageShape | undefined {
  const pictures = width !== undefined && more.length === 0 && (channels === 1 || channels === 3);
  return pictures ? { height, width, channels } : undefined;
}

function largestLabel(labels: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] > most) most = labels[i];
  return most;
}
