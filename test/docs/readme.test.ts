import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT, runCli } from '../support/run-cli.js';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The blocks of the README in order, each with its language. */
const blocks = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({ language, text }));

const programs = blocks.flatMap(({ language, text }, i) =>
  language === 'ts' ? [{ program: text, output: blocks[i + 1].text }] : [],
);

/** A folder inside the package, where its own name resolves. */
const inside = join(ROOT, 'dist', 'readme');
beforeAll(() => mkdirSync(inside));
afterAll(() => rmSync(inside, { recursive: true }));

test.each(programs)(
  "the README's program $# compiles as strict TypeScript and prints what the README says",
  (block) => {
    writeFileSync(join(inside, 'example.ts'), block.program);
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    // Without skipLibCheck and Node's types: the package's own declarations must need neither.
    const options = '--ignoreConfig --strict --module nodenext --target es2022 --lib es2023,dom --types'.split(' ');
    execFileSync(process.execPath, [tsc, ...options, '', 'example.ts'], { cwd: inside, encoding: 'utf8' });
    const printed = execFileSync(process.execPath, ['example.js'], { cwd: inside, encoding: 'utf8' });
    expect(printed).toBe(block.output);
  },
);

test('the README has its programs', () => expect(programs).toHaveLength(3));

test("the README's commands run in order, as they stand", async () => {
  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'))
    .filter((line) => line.startsWith('npx '));
  expect(commands.length).toBeGreaterThan(3);
  const folder = mkdtempSync(join(tmpdir(), 'two-layer-net-readme-'));
  for (const command of commands) {
    const [npx, name, ...args] = command.split(' ');
    expect([npx, name]).toEqual(['npx', 'two-layer-net']);
    const { code, stderr } = await runCli(args, { cwd: folder });
    expect(code, `${command}\n${stderr}`).toBe(0);
  }
  rmSync(folder, { recursive: true });
  // A minute on a slow machine of its own.
}, 400_000);

test("the README's two commands are the package's scripts", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(readme).toContain('npm run train\nnpm test\n');
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['train', 'test']));
});
