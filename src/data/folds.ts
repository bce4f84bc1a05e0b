/** Divides rows into the folds of a cross-validation. */
import type { RandomState } from '../random/random-state.js';
import type { Labels } from './part.js';
import { classSizes } from './stratify.js';
import { quote } from './tables/column.js';

/**
 * The fold of each row (N), 0 … folds − 1. Folds differ by one row at most, and so do the rows that they have of each
 * class: the rows of a class are dealt to the folds in turn, from where the class before it ended.
 *
 * @param y - the class of each row (N)
 * @param classes - C
 * @param random - draws which rows of a class come to which fold
 */
export function stratifiedFolds(y: Labels, classes: number, folds: number, random: RandomState): Int32Array {
  const ends = classSizes(y, classes);
  for (let c = 1; c < classes; c++) ends[c] += ends[c - 1];
  const folded = new Int32Array(y.length);
  for (const row of random.permutation(y.length)) folded[row] = --ends[y[row]] % folds;
  return folded;
}

/** The rows in a fold and those outside it, both in their order. */
export function foldRows(folds: Int32Array, fold: number): { inside: Int32Array; outside: Int32Array } {
  const rows = Int32Array.from(folds.keys());
  return { inside: rows.filter((row) => folds[row] === fold), outside: rows.filter((row) => folds[row] !== fold) };
}

/** What a person should know of classes with fewer rows than there are folds, in sentences. */
export function foldWarnings(y: Labels, classNames: readonly string[], folds: number): string[] {
  const sizes = classSizes(y, classNames.length);
  return classNames.flatMap((name, c) => {
    if (sizes[c] >= folds) return [];
    const rows = sizes[c] === 1 ? '1 row' : `${sizes[c]} rows`;
    return [`Class ${quote(name)} has ${rows}, fewer than the ${folds} folds: some folds have none to judge by`];
  });
}
