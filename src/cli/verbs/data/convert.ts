import { realpath } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { whatIsAt } from '../../../data/files/what-is-at.js';
import type { PartName } from '../../../data/part.js';
import { DATASET_NAMES, isDatasetName, pathsOf, saveDataset } from '../../../data/save/save-dataset.js';
import { STORAGES, type Storage } from '../../../data/save/stored-as.js';
import { makeFolder } from '../../../platform/make-folder.js';
import { withCode } from '../../../validation/errors.js';
import { readingOptions } from '../../options/data.js';
import { type DataFlags, loadData } from '../../options/load-data.js';
import { announceReplaced, checkOutputs } from '../../output/output-files.js';
import { formatCount } from '../../output/table.js';

/** The options of `data convert`, parsed. */
interface ConvertOptions extends DataFlags {
  part?: PartName;
  storage?: Storage;
  force: boolean;
}

const NAMES = DATASET_NAMES.join(', ');

/** `two-layer-net data convert IN OUT`. */
export function convertDataCommand(): Command {
  const command = new Command('convert')
    .description('Write a data set in another format, by the name of the new file.')
    .argument('<in>', 'file or folder of the data, in any supported format')
    .argument('<out>', `file to write: ${NAMES} (and y.npy beside it)`, checkName);
  const options = [
    new Option('--part <name>', 'the part to write (default: all; a table has one)').choices([
      'train',
      'validation',
      'test',
    ]),
    new Option(
      '--storage <type>',
      'arrays: how numbers are stored; uint8 is for whole numbers from 0 to 255 (default: as they are read)',
    ).choices(STORAGES),
    new Option('--force', 'replace files that are there').default(false),
    ...readingOptions(),
  ];
  for (const option of options) command.addOption(option);
  return command.action(run);
}

function checkName(file: string): string {
  if (isDatasetName(file)) return file;
  throw new InvalidArgumentError(`Expected a name that ends in ${NAMES}.`);
}

async function run(from: string, to: string, { part, storage, force, ...flags }: ConvertOptions): Promise<void> {
  // Arrays have a folder of their own, which may be new.
  if (extname(to) === '.npy') await makeFolder(dirname(to));
  const inputs = { data: { 'the data': from, '--test': flags.test }, format: flags.format };
  await checkArrays(from, to);
  await checkOutputs({ 'the new file': to }, inputs);
  if (!force) await checkAbsent([to]);
  const data = await loadData({ ...flags, data: from }, '');
  const paths = pathsOf(to, data, { part, storage });
  // Arrays are several files, whose names are known with the data.
  await checkOutputs(Object.fromEntries(paths.map((path) => [path, path])), inputs);
  if (!force) await checkAbsent(paths);
  await announceReplaced(paths, () => saveDataset(to, data, { part, storage }));
  const parts = [data.train, data.validation, data.test].filter((each) => each && (!part || each === data[part]));
  const rows = parts.reduce((sum, each) => sum + (each?.y.length ?? 0), 0);
  process.stdout.write(`Wrote ${formatCount(rows, 'row')} to ${paths.join(', ')}\n`);
}

/** @throws Error `ERR_NOT_WRITABLE` if one of these files is there */
async function checkAbsent(files: readonly string[]): Promise<void> {
  for (const file of files) {
    if ((await whatIsAt(file)) === 'nothing') continue;
    throw withCode(new Error(`${file} is there already: pass --force to replace it`), 'ERR_NOT_WRITABLE');
  }
}

/**
 * Checks that arrays are not written over those that are read: all in a folder are one data set.
 *
 * @throws Error `ERR_NOT_WRITABLE`
 */
async function checkArrays(from: string, to: string): Promise<void> {
  if (extname(to) !== '.npy') return;
  const source = (await whatIsAt(from)) === 'folder' ? from : extname(from) === '.npy' ? dirname(from) : undefined;
  if (source === undefined || (await realpath(source)) !== (await realpath(dirname(to)))) return;
  throw withCode(new Error(`${to} is in the folder of the data: choose another folder`), 'ERR_NOT_WRITABLE');
}
