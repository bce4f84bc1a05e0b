/** Every command of the documents runs as it is printed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { blocksOf, documents } from './documents.js';

/** The lines of a document's shell blocks, without comments. */
const commands = documents.flatMap((document) =>
  blocksOf(document)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'))
    .map((line) => ({ path: document.path, command: line.replace(/\s+#.*$/, '') })),
);

/** Those of the package that name no place of the reader's, such as DIR; later ones use the files of earlier ones. */
const runnable = commands.filter(
  ({ path, command }) =>
    /^(README|docs\/)/.test(path) && command.startsWith('npx two-layer-net') && !/ [A-Z]+$/.test(command),
);
const paths = [...new Set(runnable.map(({ path }) => path))];

test('commands are found', () => expect(paths).toEqual(expect.arrayContaining(['README.md', 'docs/searching.md'])));

test.each(paths)(
  'the commands of %s run in order',
  async (document) => {
    const folder = mkdtempSync(join(tmpdir(), 'two-layer-net-docs-'));
    for (const { command } of runnable.filter(({ path }) => path === document)) {
      const { code, stderr } = await runCli(command.split(' ').slice(2), { cwd: folder });
      expect(code, `${command}\n${stderr}`).toBe(0);
    }
    rmSync(folder, { recursive: true });
  },
  // A minute on a slow machine of its own.
  400_000,
);
