import type { Dataset } from '../../data/dataset.js';
import { CIFAR10 } from '../../data/formats/cifar10.js';
import type { LoadDatasetOptions } from '../../data/formats/format.js';
import { checkApplies, findFormat, loadDataset } from '../../data/load-dataset.js';
import { syntheticCifar10 } from '../../data/synthetic/synthetic.js';
import { withCode } from '../../validation/errors.js';
import { printable } from '../output/format.js';
import type { Inputs } from '../output/output-files.js';
import { formatCount } from '../output/table.js';

/** The folder that is searched for data without `--data`. */
const DEFAULT_FOLDER = 'data';

/** The flags that are options of `loadDataset` by the same names. */
const READING_FLAGS = [
  'format',
  'fullTest',
  'labels',
  'resize',
  'label',
  'test',
  'validation',
  'missing',
  'ignore',
  'columns',
  'header',
  'delimiter',
  'decimal',
] as const satisfies readonly (keyof LoadDatasetOptions)[];

/** The flags of `dataOptions`, parsed. */
export interface DataFlags extends Pick<LoadDatasetOptions, (typeof READING_FLAGS)[number]> {
  readonly data?: string;
}

/** What the flags have a command read, for `checkOutputs`. */
export function dataInputs({ data = DEFAULT_FOLDER, test, format }: DataFlags): Inputs {
  return { data: { '--data': data, '--test': test }, format };
}

/** The options of `loadDataset` among the flags. */
export function readingFlags(flags: DataFlags): LoadDatasetOptions {
  return Object.fromEntries(READING_FLAGS.map((flag) => [flag, flags[flag]]));
}

/**
 * The data set that `--data`, `--format` and `--full-test` ask for. Without `--data` it is the one in the default
 * folder, or the synthetic stand-in when there is none.
 *
 * @param command - a command line that reads the real data, for the note about the stand-in
 */
export async function loadData(flags: DataFlags, command: string): Promise<Dataset> {
  const { data, format, fullTest = false } = flags;
  const options = readingFlags(flags);
  if (data !== undefined) {
    const loaded = await loadDataset(data, options);
    printWarnings(loaded.warnings);
    return loaded;
  }
  if (format !== undefined || (await findFormat(DEFAULT_FOLDER))) {
    return loadDataset(DEFAULT_FOLDER, options);
  }
  checkApplies('the synthetic stand-in', CIFAR10, options);
  process.stderr.write(
    `No data set in ${DEFAULT_FOLDER}/: using a synthetic stand-in of the size of CIFAR-10. The real one comes ` +
      `there with\n  two-layer-net data download cifar10\nor pass its folder:\n  ${command}\n`,
  );
  return syntheticCifar10({ fullTest });
}

/**
 * Checks that rows can be held out as `--validation` says: not of data that come with validation rows.
 *
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkHoldOut(validation: number | undefined, data: Dataset): void {
  if (validation === undefined || !data.validation) return;
  const rows = formatCount(data.validation.y.length, 'validation row');
  throw withCode(new TypeError(`Leave out --validation: the data have ${rows} of their own`), 'ERR_CONFLICT');
}

/** Prints what a person should know of the data. */
export function printWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`warning: ${printable(warning)}\n`);
}

/** The data behind a result, in a few words. */
export function dataWords({ source, test }: Dataset): string {
  return test ? `${source}; tested on ${test.X.rows} records` : source;
}
