/** `two-layer-net data download`, from a server on this machine, with data sets of a few kilobytes. */
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { PublishedDataset } from '../../src/data/download/catalogue.js';
import { serveFiles } from '../support/file-server.js';
import { ROOT, runCli, startScript } from '../support/run-cli.js';
import { freshFolder } from '../support/temporary-folder.js';

const place = freshFolder();
const bytes = Buffer.alloc(100_000, 'two-layer-net');
const small: PublishedDataset = {
  title: 'Small',
  sources: [],
  files: [{ name: 'small.gz', bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }],
  folder: 'small',
};

/** Starts the command with a catalogue of one data set. */
function start(...args: string[]) {
  const module = pathToFileURL(join(ROOT, 'dist', 'cli', 'verbs', 'data', 'download.js')).href;
  const program = `import { downloadCommand } from '${module}';
    await downloadCommand({ small: ${JSON.stringify(small)} }).parseAsync();`;
  writeFileSync(place('program.mjs'), program);
  return startScript(place('program.mjs'), ['small', ...args], { cwd: place() });
}

test('downloads into data/, and says so', async () => {
  const { url } = await serveFiles({ 'small.gz': bytes });
  const { code, stdout, stderr } = await start('--url', url).done;
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Downloaded Small to data/small\n' });
  expect(stderr).toBe(`Downloading ${url}small.gz (100.0 kB)\nChecking small.gz\n`);
  expect((await start('--url', url).done).stdout).toBe('Small is in data/small already\n');
});

test('keeps what has arrived on Ctrl-C, and the same command continues', async () => {
  const server = await serveFiles({ 'small.gz': bytes });
  server.behaviours.push((answer, all) => {
    answer.writeHead(200, { 'content-length': all.length }).write(all.subarray(0, 60_000));
  });
  const first = start('.', '--url', server.url);
  await first.shows('Downloading');
  await expect.poll(() => readdirSync(place('small.download'))).toContain('small.gz.version');
  first.child.kill('SIGINT');
  const { code, stdout, stderr } = await first.done;
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr).toContain('Stopping; the same command continues. Ctrl-C again stops at once\n');
  const second = await start('.', '--url', server.url).done;
  expect(second).toMatchObject({ code: 0, stdout: 'Downloaded Small to small\n' });
  expect(readdirSync(place()).sort()).toEqual(['program.mjs', 'small']);
});

test('ends with an error when the server does not have the file, or nobody has the data set', async () => {
  const { url } = await serveFiles({});
  const missing = await runCli(['data', 'download', 'cifar10', place(), '--url', url]);
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`error: ${url}cifar-10-binary.tar.gz answers 404`),
  });
  const unknown = await runCli(['data', 'download', 'cifar11', place()]);
  expect(unknown).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cifar10, cifar100, mnist, fashion-mnist'),
  });
});
