/** Where results go: text to standard output, JSON to a file or, with `-`, to standard output in its place. */
import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkWritable, replaceFile } from '../../platform/replace-file.js';
import { makeFolder, REPORT_FILE } from '../../report/document/make-report.js';
import { withCode } from '../../validation/errors.js';

/** Files that a command reads and writes, by the name of their option or argument. */
export type NamedFiles = Readonly<Record<string, string | undefined>>;

/**
 * Finds out before any work whether the files asked for can be written, and that none of them is another of the
 * command's. `--json -` is standard output; no other file may be called `-`.
 */
export async function checkOutputs(outputs: NamedFiles, inputs: NamedFiles = {}): Promise<void> {
  const taken = new Map<string, string>();
  for (const [name, file] of Object.entries(inputs)) if (file !== undefined) taken.set(await placeOf(file), name);
  for (const [name, file] of Object.entries(outputs)) {
    if (file === undefined || (name === '--json' && file === '-')) continue;
    if (file === '-') throw cannotWrite(`${name} cannot go to standard output: name a file`);
    const place = await placeOf(file);
    const other = taken.get(place);
    if (other) throw cannotWrite(`${name} and ${other} are the same file, ${file}: one would replace the other`);
    taken.set(place, name);
    await checkWritable(file);
  }
}

/** Makes the folder of `--report` and names the file in it, for {@link checkOutputs}. */
export async function checkReport(folder: string | undefined): Promise<NamedFiles> {
  if (folder === undefined) return {};
  await makeFolder(folder);
  return { '--report': join(folder, REPORT_FILE) };
}

function cannotWrite(message: string): Error {
  return withCode(new Error(message), 'ERR_NOT_WRITABLE');
}

/** Where a name leads, also when there is nothing yet. */
async function placeOf(file: string): Promise<string> {
  return realpath(file).catch(() => resolve(file));
}

/** Writes `json` where `--json` says, then prints `lines`: a result must not be lost with its reader. */
export async function printResult(lines: readonly string[], json: object, file: string | undefined): Promise<void> {
  const text = `${JSON.stringify(json)}\n`;
  if (file === '-') {
    process.stdout.write(text);
    return;
  }
  if (file !== undefined) await replaceFile(file, [text]);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** A name from a file as a terminal may show it: without control characters. */
export function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, '�');
}

/** Lines of two columns, the first padded. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

/** A share as the article prints accuracies. */
export function share(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(4);
}
