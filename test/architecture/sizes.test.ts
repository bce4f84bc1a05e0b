/** Files that can be read in one sitting, and lines that fit beside another window. */
import { expect, test } from 'vitest';
import { type SourceFile, sourceFiles } from './source-files.js';

/** Lines in a source file and in a test file, and columns in a line of code or documentation. */
const SOURCE_LINES = 300;
const TEST_LINES = 500;
const COLUMNS = 120;

const isTest = (path: string) => path.startsWith('test/');
const code = sourceFiles(/(\.(ts|mjs|cjs|js|h|cpp|c|py|sh|cmake)|CMakeLists\.txt)$/);
const documents = sourceFiles(/\.md$/);

/** The files that are longer, each with its number of lines. */
function longer(files: readonly SourceFile[], limit: number): string[] {
  return files
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > limit)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
}

/** A link or an image alone on its line cannot be broken. */
const UNBREAKABLE = /^\s*(\/\/|\*|#|-)?\s*!?(\[[^\]]*\]\()?https?:\S+$/;

/** The places of lines that are too long, in characters. */
function wideLines({ path, text }: SourceFile): string[] {
  return text
    .split('\n')
    .flatMap((line, i) => ([...line].length > COLUMNS && !UNBREAKABLE.test(line) ? [`${path}:${i + 1}`] : []));
}

test(`no source file is longer than ${SOURCE_LINES} lines`, () => {
  const sources = code.filter(({ path }) => !isTest(path));
  expect(sources.length).toBeGreaterThan(100);
  expect(longer(sources, SOURCE_LINES), 'Split by concern, not by length.').toEqual([]);
});

test(`no test file is longer than ${TEST_LINES} lines`, () => {
  const tests = code.filter(({ path }) => isTest(path));
  expect(tests.length).toBeGreaterThan(50);
  expect(longer(tests, TEST_LINES), 'Split by behaviour.').toEqual([]);
});

test(`no line of code or documentation is longer than ${COLUMNS} columns`, () => {
  expect(documents.length).toBeGreaterThan(5);
  expect([...code, ...documents].flatMap(wideLines), 'Break the line; put a wide table into rows or a list.').toEqual(
    [],
  );
});
