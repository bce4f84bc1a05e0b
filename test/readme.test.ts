import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, runCli } from './cli/run-cli.js';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The blocks of the README in order, each with its language. */
const blocks = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({ language, text }));

test("the README's program prints what the README says", () => {
  const index = blocks.findIndex(({ language }) => language === 'js');
  // Inside the package, so that its own name resolves.
  const file = join(ROOT, 'dist', 'readme-example.mjs');
  writeFileSync(file, blocks[index].text);
  const printed = execFileSync(process.execPath, [file], { encoding: 'utf8' });
  rmSync(file);
  expect(printed).toBe(blocks[index + 1].text);
});

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
});

test("the README's two commands are the package's scripts", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(readme).toContain('npm run train\nnpm test\n');
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['train', 'test']));
});
