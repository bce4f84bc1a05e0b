/** The program in JavaScript of docs/serving.md runs and prints what it shows; the other one runs with all of them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createServer } from '../../src/serve/index.js';
import { FLOWERS, flowers } from '../serve/support.js';
import { ROOT } from '../support/run-cli.js';
import { blocksOf, documents } from './documents.js';

/** A folder inside the package, where the package can import itself by name. */
const inside = join(ROOT, 'build', 'test-serving');
afterAll(() => rmSync(inside, { recursive: true, force: true }));

/** The same with the types of values in their places. */
const shapeOf = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.slice(0, 1).map(shapeOf)
    : value && typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]))
      : typeof value;

test('the answer has the form that is shown', async () => {
  const document = documents.find(({ path }) => path === 'docs/serving.md');
  const shown = (document ? blocksOf(document) : []).find(({ language }) => language === 'json')?.text ?? '';
  const server = await createServer({ fruit: await flowers() }, { port: 0 });
  try {
    const url = new URL('/v1/models/fruit:predict', await server.listen());
    const rows = [FLOWERS[0]];
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ rows, top: 2 }) });
    expect(shapeOf(JSON.parse(shown))).toEqual(shapeOf(await answer.json()));
  } finally {
    await server.close();
  }
});

test('the plugin', async () => {
  const document = documents.find(({ path }) => path === 'docs/serving.md');
  const blocks = document ? blocksOf(document) : [];
  const at = blocks.findIndex(({ language }) => language === 'js');
  mkdirSync(inside, { recursive: true });
  await (await flowers()).save(join(inside, 'fruit.safetensors'));
  writeFileSync(join(inside, 'program.mjs'), blocks[at].text);
  expect(execFileSync(process.execPath, ['program.mjs'], { cwd: inside, encoding: 'utf8' })).toBe(blocks[at + 1].text);
});
