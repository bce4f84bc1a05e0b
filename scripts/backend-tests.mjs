// Finds the tests of arithmetic, which also run on an addon other than the one that was built here.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Fast ones that compute much, and reach nothing that others do not. */
const LEFT_OUT = /^doctor[\\/]self-test\./;

/** Long tests whose sample is short: ends in the middle of work, where errors of memory are likely. */
const SHORT_ENOUGH = /^long[\\/](exits|terminate)\./;

/** The paths from the repository's folder of the tests that run on several backends and that `choose` takes. */
function onBackends(choose) {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && choose(file))
    .map((file) => join('test', file))
    .filter((file) => /\bdescribe(OnBackends|InTiers|OnNative)\(/.test(readFileSync(join(ROOT, file), 'utf8')));
  if (files.length === 0) throw new Error('Expected tests that import test/support/backends.ts but found none');
  return files;
}

/**
 * Vitest's arguments for the fast tests that run on several backends, and for some of the long ones: each is for a run
 * of its own, since some files are in both tiers.
 *
 * @throws Error if there are none: Vitest would run every test instead
 */
export function testsOnBackends() {
  const fast = onBackends((file) => !file.endsWith('.long.test.ts') && !LEFT_OUT.test(file));
  return [
    ['--project', 'fast', '--project', 'fast-alone', ...fast],
    ['--project', 'long', ...onBackends((file) => SHORT_ENOUGH.test(file))],
  ];
}
