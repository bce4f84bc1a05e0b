import { checkOptions } from '../validation/check.js';
import type { Dataset } from './dataset.js';
import { loadTable, type TableOptions } from './tables/load-table.js';
import { type Records, recordSource } from './tables/record-source.js';
import { checkTableOptions, TABLE_OPTIONS } from './tables/table-options.js';

/**
 * Makes a data set of records, which are the rows of a table: objects by column name, or arrays of numbers and words.
 * Columns of numbers, true and false become one number each, columns of words one number per category; see `encodeRows`
 * for later rows. The class of a row is the value of its last column, or of the one that `label` names.
 *
 * @param records - N records: an array, or another iterable (also an asynchronous one), which is read once
 * @throws (as a rejection) RangeError `ERR_COLUMN`, `ERR_MISSING_VALUE`, `ERR_NOT_FINITE` or `ERR_SHAPE`, TypeError
 * `ERR_INVALID_TYPE`, with the row, counted from 0, and the column
 *
 * @example
 * const flowers = [{ petals: 5, color: 'red', species: 'rose' }, { petals: 3, color: 'white', species: 'lily' }];
 * const data = await datasetFromRecords(flowers, { label: 'species' });
 * net.predict(encodeRows(data.columns, [{ petals: 4, color: 'red' }]));
 */
export async function datasetFromRecords(records: Records, options: TableOptions = {}): Promise<Dataset> {
  checkOptions(options, 'the options of datasetFromRecords', TABLE_OPTIONS);
  checkTableOptions(options);
  return loadTable(await recordSource(records, 'records'), options);
}
