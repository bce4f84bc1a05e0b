import { firstOf } from '../../validation/errors.js';
import { dataFileError } from '../formats/data-file-error.js';
import type { PartName } from '../part.js';

/** Rows and labels of a part. */
export interface Pair<A> {
  readonly X: A;
  readonly y: A;
}

/** Rows and labels of each part. */
export type Parts<A> = { readonly [Name in PartName]?: Pair<A> } & { readonly train: Pair<A> };

const PART_NAMES: { readonly [word: string]: PartName } = {
  train: 'train',
  test: 'test',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
};
const PART = Object.keys(PART_NAMES).join('|');
const ROLE = new RegExp(`^(?:(${PART})_)?(?:(x|data|images)|y|labels|target)(?:_(${PART}))?$`, 'i');

/** Which part an array belongs to by its name, and as what; undefined when the name does not say. */
export function roleOf(key: string): { part: PartName; role: 'X' | 'y' } | undefined {
  const match = ROLE.exec(key);
  if (!match || (match[1] && match[3])) return undefined;
  const part = PART_NAMES[(match[1] ?? match[3] ?? 'train').toLowerCase()];
  return { part, role: match[2] ? 'X' : 'y' };
}

/** The name of the array with the names of the classes, if there is one. */
export const CLASS_NAMES = 'class_names';

/** What an error says the names should be. */
export const EXPECTED_NAMES = 'X and y, or X_train and y_train with X_test and y_test';

/**
 * Pairs arrays by their names; arrays with other names are not used.
 *
 * @param place - where the arrays are, for the error
 * @throws Error `ERR_DATA_FILE` when the training part or half of a part is missing, or two arrays have one role
 */
export function pairArrays<A extends { readonly key: string }>(arrays: readonly A[], place: string): Parts<A> {
  const found: { [Name in PartName]?: { X?: A; y?: A } } = {};
  for (const array of arrays) {
    const { part, role } = roleOf(array.key) ?? {};
    if (!part || !role) continue;
    const pair = found[part] ?? {};
    found[part] = pair;
    const other = pair[role];
    if (other)
      throw dataFileError(`Expected one array of the ${part} ${role} in ${place} but found ${named([other, array])}`);
    pair[role] = array;
  }
  const { train, validation, test } = found;
  if (!train) {
    throw dataFileError(`Expected arrays named ${EXPECTED_NAMES} in ${place} but found ${named(arrays)}`);
  }
  return {
    train: whole(train, 'train', place),
    ...(validation && { validation: whole(validation, 'validation', place) }),
    ...(test && { test: whole(test, 'test', place) }),
  };
}

/**
 * The rows to predict: those of the test part, or of all parts if there is no such part; or the only array, whatever
 * its name. Labels are not needed.
 *
 * @throws Error `ERR_DATA_FILE`
 */
export function rowArrays<A extends { readonly key: string }>(arrays: readonly A[], place: string): A[] {
  const rows = (part: PartName) =>
    arrays.filter(({ key }) => {
      const role = roleOf(key);
      return role?.role === 'X' && role.part === part;
    });
  const test = rows('test');
  const all = test.length > 0 ? test : [...rows('train'), ...rows('validation')];
  if (all.length > 0) return all;
  if (arrays.length === 1) return [...arrays];
  throw dataFileError(`Expected an array named X or X_test, or a single one, in ${place} but found ${named(arrays)}`);
}

function whole<A extends { readonly key: string }>({ X, y }: Partial<Pair<A>>, part: PartName, place: string): Pair<A> {
  if (X && y) return { X, y };
  const [missing, other] = X ? ['labels', X] : ['rows', y];
  throw dataFileError(
    `Expected the ${missing} of the ${part} part in ${place}, beside ${other?.key}, but found none; ` +
      `arrays are named ${EXPECTED_NAMES}`,
  );
}

/** Names that an error shows. */
const SHOWN = 8;

function named(arrays: readonly { readonly key: string }[]): string {
  if (arrays.length === 0) return 'no arrays';
  return firstOf(
    arrays.map(({ key }) => JSON.stringify(key.slice(0, 60))),
    SHOWN,
  );
}
