/** Whether a prebuilt addon is unchanged since it was published. elf.ts only checks the file's headers. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The list beside the platforms' folders, in the format of sha256sum; written when the package is packed. */
const LIST = 'SHA256SUMS';

/** The hash of each addon that the package was published with, by `platform/file`; empty without a list. */
export function publishedHashes(prebuilds: string): ReadonlyMap<string, string> {
  const lines = textOf(join(prebuilds, LIST)).split('\n');
  return new Map(lines.filter((line) => line !== '').map((line) => [line.slice(66), line.slice(0, 64)]));
}

/**
 * Whether the package in `folder` was packed without any addon: its list is there, and is empty. Neither the list nor
 * the licences of what is inside are there if nothing was run when it was packed (`npm pack --ignore-scripts`); what
 * copies only the files that are used leaves CHANGELOG.md out as well.
 */
export function isPackedWithout(folder: string): boolean {
  const list = statSync(join(folder, 'prebuilds', LIST), { throwIfNoEntry: false });
  if (list) return list.size === 0;
  return existsSync(join(folder, 'CHANGELOG.md')) && !existsSync(join(folder, 'THIRD_PARTY_LICENSES'));
}

/**
 * What is wrong with an addon, in words that follow its file's name; undefined if it is as published, or if it is in no
 * list because it was built on this machine.
 */
export function checksumFault(file: string): string | undefined {
  const platform = dirname(file);
  const expected = publishedHashes(dirname(platform)).get(`${basename(platform)}/${basename(file)}`);
  if (expected === undefined) return undefined;
  const found = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (found === expected) return undefined;
  return `it is damaged: its SHA-256 is ${found.slice(0, 12)}…, but ${LIST} has ${expected.slice(0, 12)}…`;
}

/** The file's text; empty if it is missing or cannot be read, so that nothing is known of the addons. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
