/** Every command of the documents runs as it is printed. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSyntheticCifar10 } from '../../src/index.js';
import { serveFiles } from '../support/file-server.js';
import { pickle } from '../support/pickles.js';
import { png, put } from '../support/pictures.js';
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

/** What needs a queue: many-machines.long.test.ts runs these. */
const QUEUE = 'docs/many-machines.md';

/** What ends by a signal only: test/serve runs it. */
const SERVER = /^npx two-layer-net serve /;

/** What trains for half a minute: test/cli/reproduce.long.test.ts runs it. */
const REPRODUCTION = /^npx two-layer-net reproduce /;

/** The package's commands without a placeholder such as DIR. Later ones use the files of earlier ones. */
const runnable = commands.filter(
  ({ path, command }) =>
    /^(README|docs\/)/.test(path) &&
    command.startsWith('npx two-layer-net') &&
    !/ [A-Z]+$/.test(command) &&
    path !== QUEUE &&
    !DOWNLOAD.test(command) &&
    !SERVER.test(command) &&
    !REPRODUCTION.test(command),
);
const paths = [...new Set(runnable.map(({ path }) => path))];

/** Tables that the documents read: three kinds of flowers, with a column of numbers and one of words. */
const flowers = Array.from(
  { length: 60 },
  (_, i) => `${(i % 3) * 2 + (i % 7) / 7},${i % 2 ? 'red' : 'white'},${i % 3}`,
);
const TABLES = { 'iris.csv': flowers, 'flowers.csv': flowers };

/** The archives of CIFAR as they are downloaded, with made-up pictures. */
async function writeArchives(folder: string): Promise<void> {
  const made = join(folder, 'made');
  await writeSyntheticCifar10(join(made, 'cifar-10-batches-bin'));
  const hundred = join(made, 'cifar-100-python');
  mkdirSync(hundred);
  const names = (count: number) => Array.from({ length: count }, (_, i) => `class ${i}`);
  const labels = (count: number, classes: number) => Array.from({ length: count }, (_, i) => i % classes);
  for (const [name, count] of Object.entries({ train: 50_000, test: 10_000 })) {
    const data = Uint8Array.from({ length: count * 3072 }, (_, i) => (Math.floor(i / 3072) * 5 + i) % 256);
    const all = { fine_labels: labels(count, 100), coarse_labels: labels(count, 20), data };
    writeFileSync(join(hundred, name), pickle(all));
  }
  writeFileSync(join(hundred, 'meta'), pickle({ fine_label_names: names(100), coarse_label_names: names(20) }));
  for (const [archive, files] of Object.entries(ARCHIVES)) {
    execFileSync('tar', ['-C', made, '-I', 'gzip -1', '-cf', join(folder, archive), files]);
  }
}

/** Folders of pictures: of two classes, and without classes. */
async function writePictures(folder: string): Promise<void> {
  for (let i = 0; i < 40; i++) {
    const shades = [i % 2 ? 200 : 20, i % 2 ? 20 : 200, 100];
    const pixels = Array.from({ length: 9 }, (_, at) => shades.map((shade) => shade + ((i + at) % 20))).flat();
    put(join(folder, 'photos', i % 2 ? 'red' : 'green', `${i}.png`), await png(3, 3, pixels));
    if (i < 3) put(join(folder, 'new', `${i}.png`), await png(3, 3, pixels));
  }
}

const ARCHIVES = { 'cifar-10-binary.tar.gz': 'cifar-10-batches-bin', 'cifar-100-python.tar.gz': 'cifar-100-python' };

test('commands are found', () => expect(paths).toEqual(expect.arrayContaining(['README.md', 'docs/searching.md'])));

test.each(paths)(
  'the commands of %s run in order',
  async (document) => {
    const folder = mkdtempSync(join(scratch, 'docs-'));
    for (const [name, rows] of Object.entries(TABLES)) {
      writeFileSync(join(folder, name), `petals,color,species\n${rows.join('\n')}\n`);
    }
    copyFileSync(join(ROOT, 'examples', 'fruit.csv'), join(folder, 'fruit.csv'));
    const ofDocument = runnable.filter(({ path }) => path === document);
    if (ofDocument.some(({ command }) => command.includes('.tar.gz'))) await writeArchives(folder);
    if (ofDocument.some(({ command }) => command.includes('photos'))) await writePictures(folder);
    for (const { command } of ofDocument) {
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
