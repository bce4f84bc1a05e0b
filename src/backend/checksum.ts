/** Whether a prebuilt addon is as it was published: what a look at its head (elf.ts) cannot tell. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Beside the folders of platforms, written when the package is packed; lines as sha256sum writes them. */
const LIST = 'SHA256SUMS';

/**
 * What is wrong with an addon that the published package lists, in words to follow its file's name; undefined where
 * nothing is, and for a file of no list, as one that was built here.
 */
export function checksumFault(file: string): string | undefined {
  const platform = dirname(file);
  const list = join(dirname(platform), LIST);
  if (!existsSync(list)) return undefined;
  const name = `${basename(platform)}/${basename(file)}`;
  const lines = readFileSync(list, 'utf8').split('\n');
  const expected = lines.find((line) => line.slice(66) === name)?.slice(0, 64);
  if (expected === undefined) return undefined;
  const found = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (found === expected) return undefined;
  return `it is damaged: its SHA-256 is ${found.slice(0, 12)}…, and ${LIST} has ${expected.slice(0, 12)}…`;
}
