import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { ResultsFile } from '../../src/tune/results-file.js';
import { ROOT } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { cases } from './size.js';

const folder = sharedFolder();
const ROUNDS = cases(200, 20);
const PROCESSES = 2;

it(`two processes on one results file, ${ROUNDS} rounds each: no line is lost, none twice, none torn`, async () => {
  const path = join(folder, 'results.jsonl');
  const program = join(ROOT, 'test/long/programs/two-writers.mjs');
  const started = Array.from({ length: PROCESSES }, (_, i) =>
    promisify(execFile)(process.execPath, [program, join(ROOT, 'dist'), path, String(i + 1), String(ROUNDS)]),
  );
  const outcomes = (await Promise.all(started)).map(({ stdout }) => JSON.parse(stdout));
  expect(outcomes.flatMap(({ wrong }) => wrong)).toEqual([]);
  const { file, saved, dropped } = await ResultsFile.resume(path);
  await file.close();
  expect(dropped).toBeUndefined();
  const lines = saved.results.map(({ id, seconds }) => `${id} ${seconds}`);
  expect(new Set(lines).size).toBe(lines.length);
  expect(lines).toHaveLength(PROCESSES * ROUNDS * 3);
  console.log(`${lines.length} lines; refused ${outcomes.map(({ refused }) => refused).join(' and ')} times`);
  expect(readdirSync(folder)).toEqual(['results.jsonl']);
}, 600_000);
