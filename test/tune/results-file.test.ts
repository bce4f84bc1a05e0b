import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Matrix } from '../../src/data/matrix.js';
import { fingerprint, ResultsFile } from '../../src/tune/results-file.js';
import { combinationsOf, resolveSearch } from '../../src/tune/search.js';
import { makeTrial, type TrialResult } from '../../src/tune/trial.js';
import { rejection } from '../support/training.js';

const search = resolveSearch({ numIters: 10 });
const results: TrialResult[] = combinationsOf(search).map((settings, i) => ({
  ...makeTrial(settings, 0),
  iterations: 10,
  numIters: 10,
  status: 'done',
  valAccuracy: 0.1 * i,
  trainAccuracy: null,
  loss: 2,
  seconds: 0.5,
}));

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'two-layer-net-results-'));
  path = join(folder, 'results.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function written(...of: TrialResult[]): Promise<void> {
  const file = await ResultsFile.create(path, { search, data: 'hash', backend: 'a backend' });
  for (const result of of) void file.add(result);
  await file.close();
}

async function resumed() {
  const { file, saved } = await ResultsFile.resume(path);
  await file.close();
  return saved;
}

describe('a results file', () => {
  it('returns what was written, and can be continued', async () => {
    await written(results[0], results[1]);
    expect(await resumed()).toStrictEqual({
      search,
      data: 'hash',
      backend: 'a backend',
      results: results.slice(0, 2),
    });
    const { file } = await ResultsFile.resume(path);
    await file.add(results[2]);
    await file.close();
    expect((await resumed()).results).toStrictEqual(results.slice(0, 3));
  });

  it('has a line on disk when its promise is resolved, before it is closed', async () => {
    const file = await ResultsFile.create(path, { search, data: 'hash', backend: 'a backend' });
    const added = results.map((result) => file.add(result));
    await added[0];
    expect(readFileSync(path, 'utf8').split('\n').length).toBeGreaterThanOrEqual(3);
    await added[5];
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(8);
    await file.close();
    expect((await resumed()).results).toStrictEqual(results);
  });

  it('has each line, also when one is added as soon as the one before is written', async () => {
    const file = await ResultsFile.create(path, { search, data: 'hash', backend: 'a backend' });
    for (const result of results) await file.add(result);
    await file.close();
    expect((await resumed()).results).toStrictEqual(results);
  });

  it('is of one search at a time', async () => {
    const file = await ResultsFile.create(path, { search, data: 'hash', backend: 'a backend' });
    const second = await rejection(ResultsFile.resume(path));
    expect(second).toMatchObject({ code: 'ERR_LOCKED', message: expect.stringContaining(`(${process.pid})`) });
    await file.add(results[0]);
    await file.close();
    expect((await resumed()).results).toStrictEqual([results[0]]);
    expect(readdirSync(folder)).toEqual(['results.jsonl']);
  });

  it('keeps a last line that lacks only its newline', async () => {
    await written(results[0], results[1]);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, -1));
    const { file, saved, dropped } = await ResultsFile.resume(path);
    await file.add(results[2]);
    await file.close();
    expect(saved.results).toStrictEqual([results[0], results[1]]);
    expect(dropped).toBeUndefined();
    expect((await resumed()).results).toStrictEqual(results.slice(0, 3));
  });

  it('drops an unfinished last line, wherever it was cut', async () => {
    await written(results[0], results[1]);
    const bytes = readFileSync(path);
    const last = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    for (let length = last; length < bytes.length - 1; length += 17) {
      writeFileSync(path, bytes.subarray(0, length));
      const { file, saved, dropped } = await ResultsFile.resume(path);
      await file.close();
      expect(saved.results, `${length} bytes`).toStrictEqual([results[0]]);
      // Never without a word.
      expect(dropped ?? '').toBe(bytes.subarray(last, length).toString());
      expect(readFileSync(path)).toHaveLength(last);
    }
  });

  it('continues after a torn line, and can be continued again', async () => {
    await written(results[0], results[1]);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 30));
    const { file } = await ResultsFile.resume(path);
    void file.add(results[2]);
    void file.add(results[3]);
    await file.close();
    expect((await resumed()).results).toStrictEqual([results[0], results[2], results[3]]);
    expect(readFileSync(path, 'utf8')).not.toContain('\0');
  });

  it('does not overwrite an existing file', async () => {
    await written(results[0]);
    await expect(written()).rejects.toThrow(expect.objectContaining({ code: 'ERR_NOT_WRITABLE' }));
    await expect(written()).rejects.toThrow(/the file exists; continue its search with --resume .*results.jsonl/);
    expect((await resumed()).results).toHaveLength(1);
  });

  it.each<[string, string, RegExp]>([
    ['nothing', '', /expected "two-layer-net sweep" for its format, found undefined/],
    ['another file', 'lr,reg\n1,2\n', /line 1 is not JSON: "lr,reg"/],
    ['other JSON', '[1]\n', /for its format, found undefined/],
    ['a newer version', '{"format":"two-layer-net sweep","version":3}\n', /version 2 .*, found 3: update this package/],
    ['an old version', '{"format":"two-layer-net sweep","version":1}\n', /found 1: start the search again/],
    ['no hash', '{"format":"two-layer-net sweep","version":2,"search":{}}\n', /the hash of the data, found undefined/],
    [
      'no search',
      '{"format":"two-layer-net sweep","version":2,"data":"x","search":{"seeds":0}}\n',
      /it does not describe a valid search: .*seeds/,
    ],
  ])('is refused with %s in it', async (_, text, message) => {
    writeFileSync(path, text);
    await expect(resumed()).rejects.toThrow(message);
    await expect(resumed()).rejects.toThrow(expect.objectContaining({ code: 'ERR_DATA_FILE' }));
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each<[string, object]>([
    ['settings that were changed', { ...results[1], settings: { ...results[1].settings, reg: 7 } }],
    ['no accuracy', { ...results[1], valAccuracy: null }],
    ['no iterations', { ...results[1], iterations: undefined }],
    ['half an iteration', { ...results[1], numIters: 0.5 }],
    ['an accuracy of more than 1', { ...results[1], valAccuracy: 1.5 }],
    ['more iterations than were asked for', { ...results[1], iterations: 1e6 }],
  ])('is refused with a result of %s', async (_, line) => {
    await written(results[0]);
    appendFileSync(path, `${JSON.stringify(line)}\n`);
    await expect(resumed()).rejects.toThrow(/line 3 is not the result of a trial, or was changed/);
  });

  it('is refused with a key that is there twice', async () => {
    await written(results[0]);
    const line = JSON.stringify(results[1]).replace('{', '{"seed":5,');
    appendFileSync(path, `${line}\n`);
    await expect(resumed()).rejects.toThrow(/an object with different keys on line 3, found/);
  });

  it.each<[string, unknown, RegExp]>([
    ['no settings', null, /line 3 does not have valid settings: .* received null/],
    ['a setting out of range', { reg: -1 }, /at least 0 for reg but received -1/],
    ['a setting that this version does not have', { impulse: 0.9 }, /Unknown option "impulse"/],
  ])('is refused with %s in a result', async (_, settings, message) => {
    await written(results[0]);
    appendFileSync(path, `${JSON.stringify({ ...results[1], settings })}\n`);
    await expect(resumed()).rejects.toThrow(message);
    await expect(resumed()).rejects.toThrow(expect.objectContaining({ code: 'ERR_DATA_FILE' }));
  });

  it('holds only the settings that differ from their defaults', async () => {
    await written(results[0], results[1]);
    const [header, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
    expect(JSON.parse(header).search.space).toStrictEqual({ learningRate: [1e-2, 1e-3], reg: [0.4, 0.5, 0.6] });
    // The learning rate of half of them is the default.
    expect(lines.map((line) => JSON.parse(line).settings)).toStrictEqual([
      { learningRate: 0.01, reg: 0.4 },
      { learningRate: 0.01, reg: 0.5 },
    ]);
    expect((await resumed()).results[0].settings).toStrictEqual(results[0].settings);
  });

  it('says what is missing', async () => {
    await expect(resumed()).rejects.toThrow(/the file does not exist; to start a new search, leave out --resume/);
    path = join(folder, 'none', 'results.jsonl');
    await expect(written()).rejects.toThrow(/Cannot write .*results.jsonl: the folder .*none does not exist/);
  });
});

describe('the fingerprint of data', () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const of = (X: Matrix, y: number[] | Uint8Array) => fingerprint({ train: { X, y }, validation: { X, y } });

  it('depends on the numbers and on nothing else', () => {
    const print = of(new Matrix(bytes, 2), [0, 1]);
    expect(print).toMatch(/^[0-9a-f]{64}$/);
    expect(of(new Matrix(bytes.slice(), 2), Uint8Array.of(0, 1))).toBe(print);
    const others = [
      of(new Matrix(Uint8Array.of(1, 2, 3, 5), 2), [0, 1]),
      of(new Matrix(bytes, 2), [1, 1]),
      of(new Matrix(bytes, 4), [0]),
      of(new Matrix(bytes, 2, { mean: Float64Array.of(1, 1) }), [0, 1]),
      of(new Matrix(Float32Array.from(bytes), 2), [0, 1]),
    ];
    expect(new Set([print, ...others]).size).toBe(6);
  });
});
