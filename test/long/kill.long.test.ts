import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { loadModel, saveModel } from '../../src/model/model.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { ResultsFile } from '../../src/tune/results-file.js';
import { ROOT } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { cases } from './size.js';

const root = sharedFolder();
const random = new RandomState(5);
/** Kills in each way to save, and at the same time. */
const KILLS = Math.ceil(cases(1000, 24) / 3);
const AT_ONCE = 2;
/** Temporary files that kills left, in all: the ones that a next save removed. */
let left = 0;
let kills = 0;

/** Starts the program, kills it at some moment of its saving, and returns what it has said. */
function killed(what: string, folder: string, number: number): Promise<string> {
  const program = join(ROOT, 'test/long/programs/saving.mjs');
  const child = spawn(process.execPath, [program, join(ROOT, 'dist'), what, folder, String(number)]);
  let output = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  let begun = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (!begun) setTimeout(() => child.kill('SIGKILL'), random.uniform(0, 60, 1)[0]);
    begun = true;
  });
  return new Promise((resolve, reject) => {
    kills++;
    child.on('close', (code, signal) =>
      signal === 'SIGKILL' ? resolve(output) : reject(new Error(`${what} ended with ${code}: ${errors}`)),
    );
  });
}

/** Kills as often as asked, some at the same time, each in folders of their own. */
async function killOften(what: string, check: (folder: string, output: string, number: number) => Promise<void>) {
  const series = Array.from({ length: AT_ONCE }, async (_, lane) => {
    const folder = join(root, `${what}-${lane}`);
    mkdirSync(folder);
    for (let i = lane; i < KILLS; i += AT_ONCE) await check(folder, await killed(what, folder, i + 1), i + 1);
  });
  await Promise.all(series);
}

const temporaries = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.tmp'));

/** What is left has to be private if the file is, and at most that of one kill. */
function countLeft(folder: string, file: string): void {
  const names = temporaries(folder);
  expect(names.length).toBeLessThanOrEqual(2);
  for (const name of names.filter((one) => one.startsWith('.') && !one.includes('.lock.') && existsSync(file))) {
    const { mode } = statSync(join(folder, name));
    expect(mode & 0o077 & ~statSync(file).mode).toBe(0);
  }
  left += names.length;
}

test(`${KILLS} × kill −9 while a model is saved: old or new, always whole`, async () => {
  await killOften('model', async (folder) => {
    const file = join(folder, 'model.safetensors');
    countLeft(folder, file);
    const { params } = await loadModel(file);
    expect(new Set(Object.values(params).flatMap((array) => [...new Set(array)])).size).toBe(1);
  });
  for (const folder of readdirSync(root)) {
    await saveModel(
      join(root, folder, 'model.safetensors'),
      new TwoLayerNet({ inputSize: 3, hiddenSize: 2, numClasses: 2 }),
    );
    expect(readdirSync(join(root, folder))).toEqual(['model.safetensors']);
  }
}, 900_000);

test(`${KILLS} × kill −9 while checkpoints are written: always whole, and it goes on`, async () => {
  const before = new Map<string, number>();
  await killOften('checkpoint', async (folder) => {
    const file = join(folder, 'run.checkpoint');
    if (!existsSync(file)) return;
    countLeft(folder, file);
    const { state } = await loadCheckpoint(file);
    // No kill loses what was there before.
    const done = state.history.lossHistory.length;
    expect(done).toBeGreaterThanOrEqual(before.get(folder) ?? 1);
    before.set(folder, done);
  });
  expect(before.size).toBeGreaterThan(0);
}, 900_000);

test(`${KILLS} × kill −9 while results are written: each that was told is there, once, and whole`, async () => {
  const told = new Map<string, string[]>();
  await killOften('results', async (folder, output) => {
    const path = join(folder, 'results.jsonl');
    countLeft(folder, path);
    const list = told.get(folder) ?? [];
    list.push(...[...output.matchAll(/^told ([0-9a-f]{12})$/gm)].map(([, id]) => id));
    told.set(folder, list);
    // Killed before it was created.
    if (!existsSync(path) && list.length === 0) return;
    const { file, saved } = await ResultsFile.resume(path);
    await file.close();
    const times = (ids: readonly string[]) =>
      Object.fromEntries([...new Set(ids)].map((id) => [id, ids.filter((one) => one === id).length]));
    const [there, expected] = [times(saved.results.map(({ id }) => id)), times(list)];
    for (const [id, count] of Object.entries(expected)) expect(there[id] ?? 0).toBeGreaterThanOrEqual(count);
    // At most one more for each kill: on the disk, and not told yet.
    const more = saved.results.length - list.length;
    expect(more).toBeGreaterThanOrEqual(0);
    expect(more).toBeLessThanOrEqual(KILLS);
    expect(readdirSync(folder)).toEqual(['results.jsonl']);
    if (readFileSync(path).length > 2_000_000) {
      rmSync(path);
      told.delete(folder);
    }
  });
}, 900_000);

afterAll(() => console.log(`${kills} kills; ${left} temporary files left, all removed by the next save`));
