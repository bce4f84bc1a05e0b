/** Checks the options with which tables become data sets. */
import { isRandomState } from '../../random/random-state.js';
import { checkNumber, checkOneOf, isObject } from '../../validation/check.js';
import { wrongType } from '../../validation/errors.js';
import { doesNotApply } from '../does-not-apply.js';
import { DELIMITERS, type DelimitedOptions } from './delimited-text.js';
import type { TableOptions } from './load-table.js';
import type { TableSource } from './source.js';

/** The options of any table. */
export const TABLE_OPTIONS = [
  'label',
  'ignore',
  'columns',
  'missing',
  'validation',
  'random',
] as const satisfies readonly (keyof TableOptions)[];

/** The options of a table in delimited text. */
export const DELIMITED_OPTIONS = [
  'delimiter',
  'header',
  'decimal',
] as const satisfies readonly (keyof DelimitedOptions)[];

/**
 * Checks the values of options for tables.
 *
 * @throws TypeError `ERR_INVALID_TYPE`; RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`
 */
export function checkTableOptions(options: TableOptions & DelimitedOptions & { readonly test?: string | undefined }) {
  const { label, ignore, columns, missing, validation, random, delimiter, header, decimal, test } = options;
  if (label !== undefined) checkReference(label, 'label');
  if (ignore !== undefined) {
    if (!Array.isArray(ignore)) throw wrongType('an array of names or places of columns for ignore', ignore);
    for (const [i, column] of ignore.entries()) checkReference(column, `ignore[${i}]`);
  }
  if (columns !== undefined) {
    if (!isObject(columns)) throw wrongType("an object like { zip: 'category' } for columns", columns);
    for (const [name, type] of Object.entries(columns)) {
      checkOneOf(type, `the column ${JSON.stringify(name)}`, ['number', 'category']);
    }
  }
  if (missing !== undefined) checkOneOf(missing, 'missing', ['mean', 'drop']);
  if (validation !== undefined) checkNumber(validation, 'validation', { min: 0, exclusiveMin: true });
  if (random !== undefined && !isRandomState(random)) throw wrongType('a RandomState for random', random);
  if (delimiter !== undefined) checkOneOf(delimiter, 'delimiter', DELIMITERS);
  if (decimal !== undefined) checkOneOf(decimal, 'decimal', ['.', ',']);
  if (header !== undefined && typeof header !== 'boolean') throw wrongType('true or false for header', header);
  if (test !== undefined && (typeof test !== 'string' || test === ''))
    throw wrongType('the path of a file for test', test);
}

/**
 * Checks that options of delimited text concern one of these tables at least.
 *
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkDelimited(options: DelimitedOptions, sources: readonly TableSource[]): void {
  if (sources.some(({ textual }) => textual)) return;
  const [{ name, format }] = sources;
  const option = DELIMITED_OPTIONS.find((key) => options[key] !== undefined);
  if (option !== undefined) throw doesNotApply(option, 'delimited text, such as CSV', name, format);
}

function checkReference(column: unknown, name: string): void {
  if (typeof column === 'string' || Number.isInteger(column)) return;
  throw wrongType(`the name of a column, or its place as an integer, for ${name}`, column);
}
