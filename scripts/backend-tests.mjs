// Finds the tests of arithmetic, which also run on an addon other than the one that was built here.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Long tests whose sample is short: ends in the middle of work, where errors of memory are likely. */
const SHORT_ENOUGH = /^long[\\/](exits|terminate)\./;

/**
 * The fast tests that run on both backends, and some of the long ones, as paths from the repository's folder.
 *
 * @throws Error if there are none: Vitest would run every test instead
 */
export function filesOnBothBackends() {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && (!file.endsWith('.long.test.ts') || SHORT_ENOUGH.test(file)))
    .map((file) => join('test', file))
    .filter((file) => /\bdescribe(OnBackends|InTiers|OnNative)\(/.test(readFileSync(join(ROOT, file), 'utf8')));
  if (files.length === 0) throw new Error('Expected tests that import test/support/backends.ts but found none');
  return files;
}
