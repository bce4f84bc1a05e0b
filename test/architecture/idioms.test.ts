/** Idioms that the sources do without, each with what takes its place. */
import { expect, test } from 'vitest';
import { sourceFiles } from './source-files.js';

const sources = sourceFiles(/^src\/.*\.ts$/);
const allCode = sourceFiles(/\.(ts|mts|mjs|cjs)$/);

/** The files in which the pattern occurs outside of comments. */
function having(pattern: RegExp, files = sources): string[] {
  return files.filter(({ text }) => pattern.test(text.replace(/^\s*(\/\/|\/?\*).*$/gm, ''))).map(({ path }) => path);
}

test('only src/backend and the parsing of options compare the name of the backend', () => {
  const allowed = /^src\/(backend|browser\/instead\/backend|cli\/options)\//;
  const comparing = having(/[!=]== '(js|native)'/).filter((path) => !allowed.test(path));
  expect(comparing, 'Ask for a capability: src/backend/capabilities.ts.').toEqual([]);
});

test('no literal is spread into another', () => {
  expect(having(/\.\.\.\{/, allCode), 'Write its properties where it is spread.').toEqual([]);
});
