/** Every program in the documents compiles, runs and prints what the document shows. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../support/run-cli.js';
import { blocksOf, documents } from './documents.js';

/** Each program with the output that the document shows after it. */
const programs = documents.flatMap((document) => {
  const blocks = blocksOf(document);
  return blocks.flatMap(({ language, text }, i) =>
    language === 'ts' ? [{ path: document.path, program: text, output: blocks[i + 1]?.text }] : [],
  );
});

/** A folder inside the package, where the package can import itself by name. Other tests copy dist/ meanwhile. */
const inside = join(ROOT, 'build', 'test-programs');
beforeAll(() => {
  mkdirSync(inside, { recursive: true });
  copyFileSync(join(ROOT, 'examples', 'fruit.csv'), join(inside, 'fruit.csv'));
});
afterAll(() => rmSync(inside, { recursive: true }));

test('programs are found', () => expect(programs.map(({ path }) => path)).toContain('README.md'));

test('the first program of README.md goes from a CSV file to a saved classifier in eight lines', () => {
  const { program = '' } = programs.find(({ path }) => path === 'README.md') ?? {};
  expect(program).toMatch(/loadDataset\('\w+\.csv'[\s\S]*Classifier\.fit[\s\S]*\.save\(/);
  expect(program.split('\n').filter((line) => line.trim() !== '')).toHaveLength(8);
});

test.each(programs)('a program of $path compiles as strict TypeScript and prints what it shows: $program', (block) => {
  writeFileSync(join(inside, 'example.ts'), block.program);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  // Without skipLibCheck and Node's types: the package's own declarations must need neither.
  const options = '--ignoreConfig --strict --module nodenext --target es2022 --lib es2023,dom --types'.split(' ');
  execFileSync(process.execPath, [tsc, ...options, '', 'example.ts'], { cwd: inside, encoding: 'utf8' });
  const printed = execFileSync(process.execPath, ['example.js'], { cwd: inside, encoding: 'utf8' });
  expect(printed).toBe(block.output);
});
