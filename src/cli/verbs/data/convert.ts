import { extname } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { whatIsAt } from '../../../data/files/what-is-at.js';
import type { PartName } from '../../../data/part.js';
import { DATASET_EXTENSIONS, saveDataset } from '../../../data/save/save-dataset.js';
import { withCode } from '../../../validation/errors.js';
import { readingOptions } from '../../options/data.js';
import { type DataFlags, loadData } from '../../options/load-data.js';
import { checkOutputs } from '../../output/output-files.js';
import { formatCount } from '../../output/table.js';

/** The options of `data convert`, parsed. */
interface ConvertOptions extends DataFlags {
  part?: PartName;
  force: boolean;
}

const EXTENSIONS = DATASET_EXTENSIONS.join(', ');

/** `two-layer-net data convert IN OUT`. */
export function convertDataCommand(): Command {
  const command = new Command('convert')
    .description('Write a data set in another format, which the end of its name says.')
    .argument('<in>', 'file or folder of the data, in any format that is read')
    .argument('<out>', `file to write: ${EXTENSIONS}`, checkName);
  const options = [
    new Option('--part <name>', 'the part to write (default: all; a table has one)').choices([
      'train',
      'validation',
      'test',
    ]),
    new Option('--force', 'write over a file that is there').default(false),
    ...readingOptions(),
  ];
  for (const option of options) command.addOption(option);
  return command.action(run);
}

function checkName(file: string): string {
  if (DATASET_EXTENSIONS.includes(extname(file).toLowerCase())) return file;
  throw new InvalidArgumentError(`Expected a name that ends in ${EXTENSIONS}.`);
}

async function run(from: string, to: string, { part, force, ...flags }: ConvertOptions): Promise<void> {
  await checkOutputs({ 'the new file': to }, { 'the data': from, '--test': flags.test });
  if (!force && (await whatIsAt(to)) !== 'nothing') {
    throw withCode(new Error(`${to} is there already: pass --force to write over it`), 'ERR_NOT_WRITABLE');
  }
  const data = await loadData({ ...flags, data: from }, '');
  await saveDataset(to, data, { part });
  const parts = [data.train, data.validation, data.test].filter((each) => each && (!part || each === data[part]));
  const rows = parts.reduce((sum, each) => sum + (each?.y.length ?? 0), 0);
  process.stdout.write(`Wrote ${formatCount(rows, 'row')} to ${to}\n`);
}
