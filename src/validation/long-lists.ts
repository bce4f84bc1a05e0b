/**
 * What is done with lists of any length. `Math.max(...list)` and `push(...list)` put each value on the stack, which
 * overflows at about a hundred thousand.
 */

/** The largest of some numbers: NaN if one is NaN, −∞ if there are none. */
export function largest(values: Iterable<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** The smallest of some numbers: NaN if one is NaN, ∞ if there are none. */
export function smallest(values: Iterable<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) least = Math.min(least, value);
  return least;
}

/** Appends all of some values to a list. */
export function addAll<T>(list: T[], values: Iterable<T>): void {
  for (const value of values) list.push(value);
}

/** Puts some values in the place of all that a list has. */
export function replaceAll<T>(list: T[], values: Iterable<T>): void {
  list.length = 0;
  addAll(list, values);
}
