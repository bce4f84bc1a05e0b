/** Checks the files that a command writes before any work starts. */
import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { whatIsAt } from '../../data/files/what-is-at.js';
import { makeFolder } from '../../platform/make-folder.js';
import { checkWritable } from '../../platform/replace-file.js';
import { REPORT_FILE } from '../../report/document/make-report.js';
import { withCode } from '../../validation/errors.js';

/** Files that a command reads or writes, by the name of their option or argument. */
export type NamedFiles = Readonly<Record<string, string | undefined>>;

/**
 * Checks that every requested file can be written, and that no file is used twice. `--json -` means standard output;
 * no other file may be called `-`.
 *
 * @throws (as a rejection) Error `ERR_NOT_WRITABLE`
 */
export async function checkOutputs(outputs: NamedFiles, inputs: NamedFiles = {}): Promise<void> {
  const taken = new Map<string, string>();
  for (const [name, file] of Object.entries(inputs)) if (file !== undefined) taken.set(await realPathOf(file), name);
  for (const [name, file] of Object.entries(outputs)) {
    if (file === undefined || (name === '--json' && file === '-')) continue;
    if (file === '-') throw notWritable(`${name} cannot write to standard output: name a file`);
    const path = await realPathOf(file);
    const other = taken.get(path);
    if (other) throw notWritable(`${name} and ${other} are the same file, ${file}: choose different files`);
    taken.set(path, name);
    await checkWritable(file);
  }
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

/** The file that a name leads to, links resolved; works for files that do not exist yet. */
async function realPathOf(file: string): Promise<string> {
  return realpath(file).catch(() => resolve(file));
}
