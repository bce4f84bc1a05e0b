/** The program in JavaScript of docs/serving.md runs and prints what it shows; the other one runs with all of them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { flowers } from '../serve/support.js';
import { ROOT } from '../support/run-cli.js';
import { blocksOf, documents } from './documents.js';

/** A folder inside the package, where the package can import itself by name. */
const inside = join(ROOT, 'build', 'test-serving');
afterAll(() => rmSync(inside, { recursive: true, force: true }));

test('the plugin', async () => {
  const document = documents.find(({ path }) => path === 'docs/serving.md');
  const blocks = document ? blocksOf(document) : [];
  const at = blocks.findIndex(({ language }) => language === 'js');
  mkdirSync(inside, { recursive: true });
  await (await flowers()).save(join(inside, 'fruit.safetensors'));
  writeFileSync(join(inside, 'program.mjs'), blocks[at].text);
  expect(execFileSync(process.execPath, ['program.mjs'], { cwd: inside, encoding: 'utf8' })).toBe(blocks[at + 1].text);
});
