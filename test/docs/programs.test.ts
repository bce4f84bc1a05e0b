/** Every program in the documents compiles, runs and prints what the document shows. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../support/run-cli.js';
import { blocksOf, documents } from './documents.js';

/** Each program with the output that the document shows after it. */
const programs = documents
  .flatMap((document) => {
    const blocks = blocksOf(document);
    return blocks.flatMap(({ language, text }, i) =>
      language === 'ts' ? [{ path: document.path, program: text, output: blocks[i + 1]?.text }] : [],
    );
  })
  .map((program, i) => ({ ...program, name: `example-${i}` }));

/** A folder inside the package, where the package can import itself by name. Other tests copy dist/ meanwhile. */
const inside = join(ROOT, 'build', 'test-programs');
/** What the compiler says of each error. */
let errors: string[];
beforeAll(() => {
  mkdirSync(inside, { recursive: true });
  copyFileSync(join(ROOT, 'examples', 'fruit.csv'), join(inside, 'fruit.csv'));
  for (const { name, program } of programs) writeFileSync(join(inside, `${name}.ts`), program);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  // Without skipLibCheck and Node's types: the package's own declarations must need neither.
  const options = '--ignoreConfig --strict --module nodenext --target es2022 --lib es2023,dom --types'.split(' ');
  const args = [tsc, ...options, '', ...programs.map(({ name }) => `${name}.ts`)];
  const { stdout } = spawnSync(process.execPath, args, { cwd: inside, encoding: 'utf8' });
  // Further lines of an error are indented.
  errors = stdout.split(/\n(?! )/).filter(Boolean);
});
afterAll(() => rmSync(inside, { recursive: true }));

test('programs are found', () => expect(programs.map(({ path }) => path)).toContain('README.md'));

test('the first program of README.md goes from a CSV file to a saved classifier in eight lines', () => {
  const { program = '' } = programs.find(({ path }) => path === 'README.md') ?? {};
  expect(program).toMatch(/loadDataset\('\w+\.csv'[\s\S]*Classifier\.fit[\s\S]*\.save\(/);
  expect(program.split('\n').filter((line) => line.trim() !== '')).toHaveLength(8);
});

test.each(programs)('a program of $path compiles as strict TypeScript and prints what it shows: $program', (block) => {
  // One that is in no program is in the package's declarations, which concern all.
  const others = programs.filter(({ name }) => name !== block.name).map(({ name }) => `${name}.ts(`);
  expect(errors.filter((line) => !others.some((other) => line.startsWith(other)))).toEqual([]);
  const printed = execFileSync(process.execPath, [`${block.name}.js`], { cwd: inside, encoding: 'utf8' });
  expect(printed).toBe(block.output);
});
