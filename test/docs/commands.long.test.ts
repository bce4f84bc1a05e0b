/** Every command of the documents runs as it is printed. */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serveFiles } from '../support/file-server.js';
import { ROOT, runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { blocksOf, documents } from './documents.js';

const scratch = sharedFolder();

/** The lines of a document's shell blocks, without comments. */
const commands = documents.flatMap((document) =>
  blocksOf(document)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'))
    .map((line) => ({ path: document.path, command: line.replace(/\s+#.*$/, '') })),
);

/** What reaches the internet. */
const DOWNLOAD = / data download /;

/** The package's commands without a placeholder such as DIR. Later ones use the files of earlier ones. */
const runnable = commands.filter(
  ({ path, command }) =>
    /^(README|docs\/)/.test(path) &&
    command.startsWith('npx two-layer-net') &&
    !/ [A-Z]+$/.test(command) &&
    !DOWNLOAD.test(command),
);
const paths = [...new Set(runnable.map(({ path }) => path))];

/** Tables that the documents read: three kinds of flowers, with a column of numbers and one of words. */
const flowers = Array.from(
  { length: 60 },
  (_, i) => `${(i % 3) * 2 + (i % 7) / 7},${i % 2 ? 'red' : 'white'},${i % 3}`,
);
const TABLES = { 'iris.csv': flowers, 'flowers.csv': flowers };

test('commands are found', () => expect(paths).toEqual(expect.arrayContaining(['README.md', 'docs/searching.md'])));

test.each(paths)(
  'the commands of %s run in order',
  async (document) => {
    const folder = mkdtempSync(join(scratch, 'docs-'));
    for (const [name, rows] of Object.entries(TABLES)) {
      writeFileSync(join(folder, name), `petals,color,species\n${rows.join('\n')}\n`);
    }
    copyFileSync(join(ROOT, 'examples', 'fruit.csv'), join(folder, 'fruit.csv'));
    for (const { command } of runnable.filter(({ path }) => path === document)) {
      const { code, stderr } = await runCli(command.split(' ').slice(2), { cwd: folder });
      expect(code, `${command}\n${stderr}`).toBe(0);
    }
  },
  // A minute on a slow, idle machine.
  400_000,
);

test('downloads would begin: from a server without files they end, saying so', async () => {
  const { url } = await serveFiles({});
  const downloads = commands.map(({ command }) => command).filter((command) => DOWNLOAD.test(command));
  expect(downloads.length).toBeGreaterThan(3);
  for (const command of downloads) {
    const { code, stderr } = await runCli([...command.split(' ').slice(2), '--url', url], { cwd: scratch });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: .*gz answers 404\n$/) });
  }
});
