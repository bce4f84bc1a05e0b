/** Every function that opens a path, with pipes, devices, folders and the like: an error with a code, and no hang. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli, startCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { runWatched, type Said } from '../support/watched-program.js';
import { cases } from './size.js';

const PROGRAM = fileURLToPath(new URL('programs/special-files.mjs', import.meta.url));

/** Ends of names that decide how a path is opened. */
const ENDS = ['', '.npy', '.csv', '.png', '.json', '.jsonl', '.safetensors'].slice(0, cases(7, 4));

/** Milliseconds until a call counts as hanging; a pipe without a reader is waited for, for two seconds. */
const TOO_LONG = 20_000;

interface Call extends Said {
  readonly name: string;
  readonly path: string;
  readonly message: string;
}

/** Devices take everything, and a folder is what these want. */
const MAY_END: Record<string, RegExp> = {
  saveModel: /zero|random|ptmx/,
  'Classifier.save': /zero|random|ptmx/,
  'Picture.save': /zero/,
  historyLog: /zero/,
  saveDataset: /zero|folder/,
  writeReport: /folder/,
  tensorboard: /folder/,
};

const folder = sharedFolder();
const special = (name: string) => `${folder}/special/${name}`;
const server = createServer();

beforeAll(async () => {
  mkdirSync(special(''), { recursive: true });
  const links = { zero: '/dev/zero', full: '/dev/full', pagemap: '/proc/self/pagemap', memory: '/proc/self/mem' };
  for (const end of ENDS) {
    execFileSync('mkfifo', [special(`fifo${end}`)]);
    mkdirSync(special(`folder${end}`));
    symlinkSync(`loop${end}`, special(`loop${end}`));
    symlinkSync('nothing', special(`dangling${end}`));
    for (const [name, target] of Object.entries(links)) symlinkSync(target, special(name + end));
  }
  for (const name of ['random', 'ptmx', 'tty']) symlinkSync(`/dev/${name}`, special(name));
  await new Promise<void>((resolve) => server.listen(special('socket'), resolve));
});
afterAll(() => void server.close());

describe.skipIf(process.platform !== 'linux')('paths that are no regular files (skipped off Linux)', () => {
  test('end every function with a code, soon', { timeout: 600_000 }, async () => {
    const calls = await runWatched<Call>((first) => [PROGRAM, folder, String(first)], TOO_LONG);
    expect(calls.length).toBeGreaterThan(900);
    const wrong = calls.filter(({ name, path, code }) => {
      const what = path.slice(special('').length);
      if (code === 'done') return !(MAY_END[name]?.test(what) || what.startsWith('dangling'));
      return !/^ERR_(DATA_FILE|MODEL_FILE|NOT_WRITABLE|CONFLICT|SHAPE)$/.test(code);
    });
    expect(wrong).toEqual([]);
    console.info(`${calls.length} calls`);
  });
});

const TRAIN = ['train', '--iterations', '3', '--hidden', '4'];

describe.skipIf(process.platform === 'win32')('pipes on the command line (skipped on Windows)', () => {
  test.each([
    ['data', ['train', '--data', special('fifo.csv')], /fifo\.csv/],
    ['a model', ['predict', special('fifo'), special('fifo.csv')], /fifo/],
    ['a search to continue', ['sweep', '--resume', special('fifo')], /expected a file, found a device or a pipe/],
    ['new results', [...TRAIN.with(0, 'sweep').slice(0, 3), '--results', special('fifo')], /fifo/],
    ['a log', [...TRAIN, '--log', special('fifo.csv')], /nothing reads from it/],
  ])('%s: an error', async (_, args, message) => {
    const { code, stderr } = await runCli(args);
    expect(stderr).toMatch(message);
    expect(code).toBeGreaterThan(0);
  });

  test('a model, for a reader that comes late', async () => {
    const reader = spawn('sh', ['-c', `sleep 1; cat '${special('fifo')}' | wc -c`]);
    const [bytes, { code }] = await Promise.all([
      text(reader.stdout),
      startCli([...TRAIN, '--save', special('fifo')]).done,
    ]);
    expect(code).toBe(0);
    // More than a pipe holds: the reader has read while it was written.
    expect(Number(bytes)).toBeGreaterThan(2 ** 16);
  });
});
