/** Every verb refuses to write over what it reads, before it reads anything. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { RECORD_FILES } from '../../src/data/formats/cifar10-layout.js';
import { runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const data = join(folder, 'd');
const file = join(data, 'data_batch_1.bin');
const table = join(folder, 't.csv');

beforeAll(async () => {
  await mkdir(data);
  for (const name of RECORD_FILES) await writeFile(join(data, name), name);
  await writeFile(table, 'a,b\n1,x\n2,y\n');
  await symlink(table, join(folder, 'link.safetensors'));
  await symlink(table, join(folder, 'link.csv'));
  await mkdir(join(folder, 'r'));
  for (const name of ['report.html', 'search.svg']) await symlink(file, join(folder, 'r', name));
});

test.each([
  ['train', '--data', data, '--save', file],
  ['train', '--data', table, '--log', join(folder, 'link.csv')],
  ['train', '--data', data, '--json', file],
  ['train', '--data', data, '--report', join(folder, 'r')],
  ['train', '--data', table, '--save', join(folder, 'link.safetensors')],
  ['train', '--data', data, '--test', table, '--save', join(folder, 'link.safetensors')],
  ['sweep', '--data', data, '--save', file],
  ['sweep', '--data', data, '--csv', file],
  ['sweep', '--data', data, '--results', table, '--csv', join(folder, 'link.csv')],
  ['sweep', '--resume', table, '--json', join(folder, 'link.csv')],
  ['evaluate', table, '--data', data, '--json', file],
  ['evaluate', table, '--data', data, '--json', join(folder, 'link.csv')],
  ['predict', table, data, '--json', file],
  ['predict', join(folder, 'none'), table, '--json', join(folder, 'link.csv')],
  ['convert', table, join(folder, 'link.safetensors')],
  ['reproduce', '--data', data, '--json', file],
  ['reproduce', '--data', data, '--out', join(folder, 'r')],
  ['data', 'info', data, '--json', file],
  ['data', 'info', table, '--test', file, '--json', file],
  ['data', 'convert', table, join(folder, 'link.csv'), '--force'],
])('%s %s %s %s %s', async (...args) => {
  const { code, stdout, stderr } = await runCli(args, { cwd: folder });
  expect(stderr).toMatch(/^error: .* are the same file, .*: choose different files$/m);
  expect(stdout).toBe('');
  expect(code).toBe(1);
  expect(await readFile(file, 'utf8')).toBe('data_batch_1.bin');
  expect(await readFile(table, 'utf8')).toBe('a,b\n1,x\n2,y\n');
});
