import type { Dataset } from '../dataset.js';
import { loadTable } from '../tables/load-table.js';
import { isTable, openTable } from '../tables/open-table.js';
import type { DatasetFormat, LoadDatasetOptions } from './format.js';

/** Tables in files as one of the formats of `loadDataset`. */
export const TABLE: DatasetFormat = {
  id: 'table',
  name: 'a table',
  looks: 'a text file of rows: CSV or the like, JSON lines, or a JSON array; also as gzip; or a Parquet or Arrow file',
  recognises: isTable,
  load: loadTableFile,
};

async function loadTableFile(path: string, options: LoadDatasetOptions): Promise<Dataset> {
  const source = await openTable(path, options);
  if (options.test === undefined) return loadTable(source, options);
  // Both files have a header, or neither has.
  const header = source.textual ? source.named : undefined;
  return loadTable(source, options, await openTable(options.test, { ...options, header }));
}
