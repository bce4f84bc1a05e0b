// Finds the tests that run on both backends, to run them on another addon than the one that was built here.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The test files that run on both backends, relative to the repository's folder. */
export function filesOnBothBackends() {
  return readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('test', file))
    .filter((file) => /from '[./]*\/backends\.js'/.test(readFileSync(join(ROOT, file), 'utf8')));
}
