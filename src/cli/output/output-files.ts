/** Checks the files that a command writes before any work starts. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFiles } from '../../data/data-files.js';
import { whatIsAt } from '../../data/files/what-is-at.js';
import type { DatasetFormatId } from '../../data/formats/format.js';
import { makeFolder } from '../../platform/make-folder.js';
import { checkWritable } from '../../platform/replace-file.js';
import { identityOf } from '../../platform/same-file.js';
import { REPORT_FILE } from '../../report/document/make-report.js';
import { withCode } from '../../validation/errors.js';

/** Files that a command reads or writes, by the name of their option or argument. */
export type NamedFiles = Readonly<Record<string, string | undefined>>;

/** What a command reads. */
export interface Inputs {
  /** Files that are read as they are: a model, results to continue. */
  readonly files?: NamedFiles;
  /** Data: files, or folders with the files of a data set. */
  readonly data?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The format of the data, if it was asked for. */
  readonly format?: DatasetFormatId | undefined;
}

/**
 * Checks that every requested file can be written, and that no file is used twice, whatever links lead to it: not as
 * two outputs, and not as an output and an input. `--json -` means standard output; no other file may be called `-`.
 *
 * @throws (as a rejection) Error `ERR_NOT_WRITABLE`
 */
export async function checkOutputs(outputs: NamedFiles, inputs: Inputs = {}): Promise<void> {
  const read = await readFiles(inputs, await anyExists(Object.values(outputs)));
  const written = new Map<string, string>();
  for (const [name, file] of Object.entries(outputs)) {
    if (file === undefined || (name === '--json' && file === '-')) continue;
    if (file === '-') throw notWritable(`${name} cannot write to standard output: name a file`);
    const identity = await identityOf(file);
    const other = written.get(identity) ?? read.get(identity);
    if (other) throw notWritable(`${name} and ${other} are the same file, ${file}: choose different files`);
    written.set(identity, name);
    await checkWritable(file);
  }
}

/** What is read, in words, by the identity of each file. */
async function readFiles(
  { files = {}, data = {}, format }: Inputs,
  withFolders: boolean,
): Promise<Map<string, string>> {
  const read = new Map<string, string>();
  for (const [name, file] of Object.entries(files)) if (file !== undefined) read.set(await identityOf(file), name);
  for (const [name, paths] of Object.entries(data)) {
    for (const path of [paths ?? []].flat()) {
      // Standard input. A file that does not exist yet is not one of a data set.
      if (path === '-' || (!withFolders && (await whatIsAt(path)) === 'folder')) continue;
      for (const file of await dataFiles(path, format)) {
        read.set(await identityOf(file), file === path ? name : `a file of ${name}`);
      }
    }
  }
  return read;
}

async function anyExists(files: readonly (string | undefined)[]): Promise<boolean> {
  for (const file of files) if (file !== undefined && (await stat(file).catch(() => undefined))) return true;
  return false;
}

/** Writes files, and says on standard error which of them were there before. */
export async function announceReplaced(files: readonly string[], write: () => Promise<unknown>): Promise<void> {
  const there: string[] = [];
  for (const file of files) if ((await whatIsAt(file)) === 'file') there.push(file);
  await write();
  for (const file of there) process.stderr.write(`Replaced ${file}, which was there already\n`);
}

/** Creates the folder of `--report` and names the report file in it, for {@link checkOutputs}. */
export async function checkReport(folder: string | undefined): Promise<NamedFiles> {
  if (folder === undefined) return {};
  await makeFolder(folder);
  return { '--report': join(folder, REPORT_FILE) };
}

function notWritable(message: string): Error {
  return withCode(new Error(message), 'ERR_NOT_WRITABLE');
}
