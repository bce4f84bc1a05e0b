import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const inFolder = (...args: string[]) => runCli([...args, '--backend', 'js'], { cwd: folder });

const rows = Array.from({ length: 60 }, (_, i) => `${i % 3},${i % 3 ? 'big' : 'small'},${'abc'[i % 3]},${i}`);

beforeAll(async () => {
  await writeFile(join(folder, 't.csv'), `size,word,class,id\n${rows.join('\n')}\n`);
});

test('train, with the options for tables', async () => {
  const options = ['--data', 't.csv', '--label', 'class', '--ignore', 'id', '--validation', '0.2', '--test', 't.csv'];
  const { code, stderr } = await inFolder('train', ...options, '--iterations', '20', '--json', 'result.json');
  expect(stderr).not.toMatch(/warning/);
  expect(code).toBe(0);
  const result = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'));
  expect(result).toMatchObject({ data: 't', valAccuracy: expect.any(Number), testAccuracy: expect.any(Number) });
});

test('train, with columns by place, and a warning', async () => {
  const { code, stderr } = await inFolder('train', '--data', 't.csv', '--label', '-2', '--iterations', '2');
  expect(stderr).toMatch(/warning: Column "id" counts the rows/);
  expect(code).toBe(0);
});

test.each([
  [['--label', 'clas', '--header'], /error: Expected one of "size", .* for label but .*: did you mean "class"\?/],
  [['--no-header'], /error: Expected numbers or words in column "column 1"/],
  [['--missing', 'median'], /Allowed choices are mean, drop/],
  [['--validation', '0'], /above 0 for --validation/],
])('train %j says what is wrong', async (options, message) => {
  const { code, stderr } = await inFolder('train', '--data', 't.csv', ...options);
  expect(stderr).toMatch(message);
  expect(code).not.toBe(0);
});
