/** Where results go: text to standard output, JSON to a file or, with `-`, to standard output in its place. */
import { checkWritable, replaceFile } from '../files/replace-file.js';

/** Finds out before any work whether the files asked for can be written. */
export async function checkOutputs(...files: (string | undefined)[]): Promise<void> {
  for (const file of files) if (file !== undefined && file !== '-') await checkWritable(file);
}

/** Prints `lines`, and writes `json` where `--json` says. */
export async function printResult(lines: readonly string[], json: object, file: string | undefined): Promise<void> {
  const text = `${JSON.stringify(json)}\n`;
  if (file === '-') {
    process.stdout.write(text);
    return;
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  if (file !== undefined) await replaceFile(file, [text]);
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

/** What runs, in a few words. */
export function backendWords({
  backend,
  kernels,
  threads,
}: {
  backend: string;
  kernels: string;
  threads: number;
}): string {
  return backend === 'native' ? `native (${kernels} kernels, ${threads} threads)` : 'js (TypeScript)';
}
