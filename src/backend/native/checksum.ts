/** Whether a prebuilt addon is as it was published: what a look at its head (elf.ts) cannot tell. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Beside the folders of platforms, written when the package is packed; lines as sha256sum writes them. */
const LIST = 'SHA256SUMS';

/** The hash of each addon that the package was published with, by `platform/file`; none where there is no list. */
export function publishedHashes(prebuilds: string): ReadonlyMap<string, string> {
  const lines = textOf(join(prebuilds, LIST)).split('\n');
  return new Map(lines.filter((line) => line !== '').map((line) => [line.slice(66), line.slice(0, 64)]));
}

/**
 * What is wrong with an addon that the published package lists, in words to follow its file's name; undefined where
 * nothing is, and for a file of no list, as one that was built here.
 */
export function checksumFault(file: string): string | undefined {
  const platform = dirname(file);
  const expected = publishedHashes(dirname(platform)).get(`${basename(platform)}/${basename(file)}`);
  if (expected === undefined) return undefined;
  const found = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (found === expected) return undefined;
  return `it is damaged: its SHA-256 is ${found.slice(0, 12)}…, and ${LIST} has ${expected.slice(0, 12)}…`;
}

/** Empty where there is no such file, or it cannot be read: then nothing is known of the addons. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
