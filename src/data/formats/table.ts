import type { Dataset } from '../dataset.js';
import { loadTable } from '../tables/load-table.js';
import { isTable, openTable } from '../tables/open-table.js';
import { checkDelimited, DELIMITED_OPTIONS, TABLE_OPTIONS } from '../tables/table-options.js';
import type { DatasetFormat, LoadDatasetOptions } from './format.js';

/** Tables in files as one of the formats of `loadDataset`. */
export const TABLE: DatasetFormat = {
  id: 'table',
  name: 'a table',
  options: ['test', ...TABLE_OPTIONS, ...DELIMITED_OPTIONS],
  recognises: isTable,
  load: loadTableFile,
};

async function loadTableFile(path: string, options: LoadDatasetOptions): Promise<Dataset> {
  const source = await openTable(path, options);
  if (options.test === undefined) {
    checkDelimited(options, [source]);
    return loadTable(source, options);
  }
  // Both files have a header, or neither has.
  const header = source.textual ? source.named : options.header;
  const test = await openTable(options.test, { ...options, header });
  checkDelimited(options, [source, test]);
  return loadTable(source, options, test);
}
