import type { Dataset } from '../../data/dataset.js';
import type { DatasetFormatId } from '../../data/formats/format.js';
import { findFormat, loadDataset } from '../../data/load-dataset.js';
import { syntheticCifar10 } from '../../data/synthetic/synthetic.js';

/** The folder that is searched for data without `--data`. */
const DEFAULT_FOLDER = 'data';

/** The flags of `dataOptions`, parsed. */
export interface DataFlags {
  readonly data?: string;
  readonly format?: DatasetFormatId;
  readonly fullTest?: boolean;
}

/**
 * The data set that `--data`, `--format` and `--full-test` ask for. Without `--data` it is the one in the default
 * folder, or the synthetic stand-in when there is none.
 *
 * @param command - a command line that reads the real data, for the note about the stand-in
 */
export async function loadData({ data, format, fullTest = false }: DataFlags, command: string): Promise<Dataset> {
  if (data !== undefined) return loadDataset(data, { format, fullTest });
  if (format !== undefined || (await findFormat(DEFAULT_FOLDER))) {
    return loadDataset(DEFAULT_FOLDER, { format, fullTest });
  }
  process.stderr.write(
    `No data set in ${DEFAULT_FOLDER}/: using a synthetic stand-in of the size of CIFAR-10. For the real one, unpack ` +
      `cifar-10-binary.tar.gz ("CIFAR-10 binary version" on its home page) and pass its folder:\n  ${command}\n`,
  );
  return syntheticCifar10({ fullTest });
}

/** The data behind a result, in a few words. */
export function dataWords({ source, test }: Dataset): string {
  return test ? `${source}; tested on ${test.X.rows} records` : source;
}
