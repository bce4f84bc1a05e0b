/** Files that can be read in one sitting, and lines that fit beside another window. */
import { expect, test } from 'vitest';
import { differences, type SourceFile, sourceFiles } from './source-files.js';

/** Lines in a source file and in a test file, and columns in a line of code or documentation. */
const SOURCE_LINES = 300;
const TEST_LINES = 500;
const COLUMNS = 120;

const isTest = (path: string) => path.startsWith('test/');
const code = sourceFiles(/(\.(ts|mjs|cjs|js|h|cpp|c|py|sh|cmake)|CMakeLists\.txt)$/);
const documents = sourceFiles(/\.md$/);

function longer(files: readonly SourceFile[], limit: number): string[] {
  return files.filter(({ text }) => text.trimEnd().split('\n').length > limit).map(({ path }) => path);
}

/**
 * The longest line of a text, in characters. A link or an image alone on its line cannot be broken, and does not count.
 */
function width(text: string): number {
  const lines = text.split('\n').filter((line) => !/^\s*(\/\/|\*|#|-)?\s*!?(\[[^\]]*\]\()?https?:\S+$/.test(line));
  return Math.max(...lines.map((line) => [...line].length));
}

test(`no source file is longer than ${SOURCE_LINES} lines`, () => {
  const sources = code.filter(({ path }) => !isTest(path));
  expect(sources.length).toBeGreaterThan(100);
  expect(differences(longer(sources, SOURCE_LINES), 'longSources'), 'Split by concern, not by length.').toEqual([]);
});

test(`no test file is longer than ${TEST_LINES} lines`, () => {
  const tests = code.filter(({ path }) => isTest(path));
  expect(tests.length).toBeGreaterThan(50);
  expect(differences(longer(tests, TEST_LINES), 'longTests'), 'Split by behaviour.').toEqual([]);
});

test(`no line of code or documentation is longer than ${COLUMNS} columns`, () => {
  const wide = [...code, ...documents].filter(({ text }) => width(text) > COLUMNS).map(({ path }) => path);
  expect(documents.length).toBeGreaterThan(5);
  expect(differences(wide, 'wide'), 'Break the line; put a wide table into rows or a list.').toEqual([]);
});
