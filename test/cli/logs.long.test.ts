/** `train --log` and `--tensorboard`. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { MAIN, runCli, startCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const inFolder = (...args: string[]) => runCli([...args, '--backend', 'js'], { cwd: folder });
const text = (name: string) => readFileSync(join(folder, name), 'utf8');

const TABLE = ['--data', 't.csv', '--label', 'class'];

beforeAll(async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 3},${i % 3 ? 'big' : 'small'},${'abc'[i % 3]}`);
  await writeFile(join(folder, 't.csv'), `size,word,class\n${rows.join('\n')}\n`);
});

test('train writes the history that --json has, as CSV and JSON lines', async () => {
  const options = [...TABLE, '--epochs', '3', '--json', 'result.json'];
  for (const log of ['run.csv', 'run.jsonl']) {
    const { code, stderr } = await inFolder('train', ...options, '--log', log);
    expect(code, stderr).toBe(0);
  }
  const { lossHistory, trainAccHistory, valAccHistory, valLossHistory } = JSON.parse(text('result.json'));
  const rows = text('run.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map(({ loss }) => loss)).toEqual(lossHistory);
  const epochs = rows.filter((row) => 'train_accuracy' in row);
  expect(epochs.map(({ train_accuracy }) => train_accuracy)).toEqual(trainAccHistory);
  expect(epochs.map(({ validation_accuracy }) => validation_accuracy)).toEqual(valAccHistory);
  expect(epochs.map(({ validation_loss }) => validation_loss)).toEqual(valLossHistory);
  expect(epochs.map(({ learning_rate }) => learning_rate)).toEqual([0.005, 0.005, 0.005]);
  const [head, ...lines] = text('run.csv').trimEnd().split('\n');
  expect(lines.map((line) => Number(line.split(',')[1]))).toEqual(lossHistory);
  expect(head.split(',').slice(0, 2)).toEqual(['iteration', 'loss']);
});

test('train writes an event file, with pictures of weights where rows are pictures', async () => {
  const options = ['--iterations', '20', '--hidden', '4', '--batch-size', '20'];
  const { code, stderr } = await inFolder('train', ...options, '--tensorboard', 'runs/a');
  expect(code, stderr).toBe(0);
  const bytes = text(join('runs/a', readdirSync(join(folder, 'runs/a'))[0]));
  expect(bytes).toContain('validation_loss');
  expect(bytes).toContain('\x89PNG'.slice(1));
  // A classifier of a table has none.
  await inFolder('train', ...TABLE, '--epochs', '2', '--tensorboard', 'runs/b');
  const table = text(join('runs/b', readdirSync(join(folder, 'runs/b'))[0]));
  expect(table).toContain('validation_loss');
  expect(table).not.toContain('PNG');
});

test("train draws a classifier's weights once they are known", async () => {
  // Two pictures as MNIST stores them, 2 by 2.
  await mkdir(join(folder, 'idx'));
  const images = Buffer.from([
    0,
    0,
    8,
    3,
    0,
    0,
    0,
    4,
    0,
    0,
    0,
    2,
    0,
    0,
    0,
    2,
    ...Array(8).fill(9),
    ...Array(8).fill(200),
  ]);
  await writeFile(join(folder, 'idx/train-images-idx3-ubyte'), images);
  await writeFile(join(folder, 'idx/train-labels-idx1-ubyte'), Buffer.from([0, 0, 8, 1, 0, 0, 0, 4, 0, 0, 1, 1]));
  const { code, stderr } = await inFolder('train', '--data', 'idx', '--epochs', '2', '--tensorboard', 'runs/c');
  expect(code, stderr).toBe(0);
  const bytes = text(join('runs/c', readdirSync(join(folder, 'runs/c'))[0]));
  expect(bytes.match(/PNG/g)).toHaveLength(1);
});

describe('names', () => {
  test.each([
    [['--log', 'run.txt'], /error: Expected a file ending in \.csv or \.jsonl for a log but received "run\.txt"/],
    [['--log', '-'], /error: --log cannot write to standard output: name a file/],
    [['--log', 't.csv'], /error: --log and --data are the same file, t\.csv: choose different files/],
    [['--save', 'm.pt'], /error: Expected a file ending in \.safetensors, .* for a model, .* received "m\.pt"/],
    [['--save', 't.csv'], /error: --save and --data are the same file, t\.csv/],
    [['--log', 'x.jsonl', '--json', 'x.jsonl'], /error: --log and --json are the same file, x\.jsonl/],
    [['--log', 'none/run.csv'], /error: Cannot write none\/run\.csv: the folder none does not exist; create it first/],
    [['--tensorboard', 't.csv'], /error: Cannot create the folder t\.csv: a file exists where a folder is needed/],
  ])('%j say what is wrong before any work', async (options, message) => {
    const before = text('t.csv');
    const { code, stderr } = await inFolder('train', ...TABLE, ...options);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    expect(text('t.csv')).toBe(before);
    expect(existsSync(join(folder, 'x.jsonl'))).toBe(false);
  });
});

test('Ctrl-C leaves whole rows, all of them', async () => {
  const long = ['--epochs', '1000000', '--patience', '0', '--backend', 'js', '--json', 'stopped.json'];
  const { child, done, shows } = startCli(['train', ...TABLE, ...long, '--log', 'stopped.jsonl'], { cwd: folder });
  await shows('iteration 100 ');
  child.kill('SIGINT');
  expect((await done).code).toBe(130);
  const rows = text('stopped.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map(({ loss }) => loss)).toEqual(JSON.parse(text('stopped.json')).lossHistory);
});

test('a log that cannot grow any more ends with a whole row; the training goes on, and fails at its end', () => {
  // No file may be longer than 1 KiB.
  const train = `"${process.execPath}" "${MAIN}" train ${TABLE.join(' ')} --epochs 20 --backend js`;
  const command = `ulimit -f 1; ${train} --log limited.csv --tensorboard limited 2>&1; echo "code $?"`;
  const printed = execFileSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
  expect(printed.match(/warning: Cannot write limited\.csv: EFBIG/g)).toHaveLength(1);
  expect(printed.match(/warning: Cannot write limited.events\S+: EFBIG/g)).toHaveLength(1);
  expect(printed).toMatch(/\nvalidation accuracy +\d/);
  expect(printed).toMatch(/\nerror: Cannot write limited\S+: EFBIG.*\ncode 1\n$/);
  expect(statSync(join(folder, 'limited.csv')).size).toBeLessThanOrEqual(1024);
  const [head, ...lines] = text('limited.csv').split('\n');
  expect(lines.pop(), 'a newline ends the file').toBe('');
  for (const line of lines) expect(line.split(',')).toHaveLength(head.split(',').length);
});
