/** Parquet and Arrow files are not read in a page: their decoders are several times the size of this package. */

import { dataFileError } from '../../../../../data/formats/data-file-error.js';
import type * as Original from '../../../../../data/tables/columnar/columnar-source.js';

export const columnarSource: typeof Original.columnarSource = async (path, kind) => {
  const name = { parquet: 'a Parquet', arrow: 'an Arrow' }[kind];
  throw dataFileError(
    `Expected a table in text, CSV or JSON, in ${path} but found ${name} file, which is not read in a web page: ` +
      'save it as CSV, or read it with its own package and pass the rows to datasetFromRecords',
  );
};
