/** Files that are made to do harm, each in another process: a code, and no more memory than the file and 64 MiB. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { npy } from '../support/array-files.js';
import { KINDS } from '../support/file-kinds.js';
import { modelBytes, safetensorsBytes, smallParams } from '../support/model-files.js';
import { Mutator } from '../support/mutants.js';
import { freshFolder } from '../support/temporary-folder.js';
import { cases } from './size.js';

const PROGRAM = fileURLToPath(new URL('programs/hostile-file.mjs', import.meta.url));
const inFolder = freshFolder();
const MIB = 2 ** 20;

/** Reads a file in another process. */
function read(reader: string, file: string) {
  const { stdout, signal, stderr } = spawnSync(process.execPath, [PROGRAM, reader, inFolder(file)], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(signal, stderr).toBeNull();
  return JSON.parse(stdout) as { code: string; message: string; mebibytes: number };
}

/** A header of safetensors with these offsets for W1. */
const offsets = (begin: number, end: number) =>
  safetensorsBytes({ W1: { dtype: 'F32', shape: [2, 3], data_offsets: [begin, end] } }, new Uint8Array(24));
const length = (value: bigint) => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
const table = (text: string | Uint8Array) => Buffer.concat([Buffer.from('a,b,class\n1,2,x\n'), Buffer.from(text)]);
const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

/** A JSON array: of one element again and again, or of different ones; as long as JSON is looked at, if not said. */
const wide = (element: (i: number) => string, count = Math.floor(9_440_000 / (element(0).length + 3))) =>
  `[${Array.from({ length: count }, (_, i) => element(i)).join()}]`;
const word = (i: number) => `"${i.toString(36).padStart(5, '-')}"`;

/** What takes much more memory than it has characters, as far as a file may have of it. */
const VALUES: [what: string, json: () => string][] = [
  ['arrays a million deep', () => deep('[', ']', 1e6)],
  ['objects a million deep', () => deep('{"a":', '}', 1e6).replace(':}', ':1}')],
  ['millions of empty arrays', () => wide(() => '[]')],
  ['millions of empty objects', () => wide(() => '{}')],
  ['objects of other keys each', () => wide((i) => `{${word(i)}:1}`)],
  ['an object of a million keys', () => `{${wide((i) => `${word(i)}:1`).slice(1, -1)}}`],
  ['more than a million texts', () => wide(word)],
  ['a million numbers', () => wide(() => '0.5')],
  // These are just few enough to be parsed.
  ['arrays 60 deep', () => wide(() => deep('[', ']', 60), 2000)],
  ['many objects of other keys', () => wide((i) => `{${word(i)}:1}`, 130_000)],
  ['an object of many keys', () => `{${wide((i) => `${word(i)}:1`, 280_000).slice(1, -1)}}`],
  ['many texts', () => wide(word, 440_000)],
  ['many numbers', () => wide(() => '0.5', 1_000_000)],
];

type Case = [what: string, reader: 'loadModel' | 'loadDataset' | 'resume', file: string, bytes: () => Uint8Array];

const json = VALUES.flatMap(([what, values]): Case[] => [
  [`metadata of ${what}`, 'loadModel', 'm.safetensors', () => modelBytes(smallParams, { columns: values() })],
  [`a header of ${what}`, 'loadModel', 'm.safetensors', () => safetensorsBytes(`{"W1":${values()}}`)],
  [`a JSON model of ${what}`, 'loadModel', 'm.json', () => Buffer.from(`{"format":${values()}}`)],
  [`a JSON table of ${what}`, 'loadDataset', 't.json', () => Buffer.from(`[${values()}]`)],
  [`a line of ${what}`, 'loadDataset', 't.jsonl', () => Buffer.from(`{"a":1,"y":2}\n{"a":${values()}}\n`)],
  [`results of ${what}`, 'resume', 'r.jsonl', () => Buffer.from(`${values()}\n`)],
]);

describe.each<Case>([
  ['a header of 2⁶³ bytes', 'loadModel', 'm.safetensors', () => length(2n ** 63n)],
  ['a header of 4 GB', 'loadModel', 'm.safetensors', () => length(2n ** 32n)],
  ['negative offsets', 'loadModel', 'm.safetensors', () => offsets(-24, 0)],
  ['offsets behind the end', 'loadModel', 'm.safetensors', () => offsets(2 ** 52, 2 ** 52 + 24)],
  [
    'offsets of 1e999',
    'loadModel',
    'm.safetensors',
    () => {
      const text = '{"W1":{"dtype":"F32","shape":[2,3],"data_offsets":[0,1e999]}}';
      return safetensorsBytes(text, new Uint8Array(24));
    },
  ],
  [
    'overlapping tensors',
    'loadModel',
    'm.safetensors',
    () => {
      const one = { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] };
      return safetensorsBytes({ W1: one, W2: one }, new Uint8Array(24));
    },
  ],
  ...json,
  ['numbers of 1e999', 'loadDataset', 't.csv', () => table('1e999,1,y\n')],
  ['invalid UTF-8', 'loadDataset', 't.csv', () => table(Buffer.from([0x31, 0x2c, 0xff, 0xfe, 0x2c, 0x78, 0x0a]))],
  ['UTF-16', 'loadDataset', 't.csv', () => Buffer.from('\ufeffa,b,class\n1,2,x\n', 'utf16le')],
  ['a line without an end in gzip', 'loadDataset', 't.csv.gz', () => gzipSync(Buffer.alloc(512 * MIB, 'a'))],
  ['a shape of 10¹⁸', 'loadDataset', 'X.npy', () => npy('<f4', [1e9, 1e9], Float32Array.of(1))],
  ['a shape of -1', 'loadDataset', 'X.npy', () => npy('<f4', [-1, 1], Float32Array.of(1))],
])('%s', (_, reader, file, bytes) => {
  test('is refused with a code, in little memory', () => {
    const content = bytes();
    writeFileSync(inFolder(file), content);
    if (file === 'X.npy') writeFileSync(inFolder('y.npy'), npy('<i4', [1], Int32Array.of(0)));
    const { code, message, mebibytes } = read(reader, file);
    expect(code, message).toMatch(/^ERR_(DATA_FILE|MODEL_FILE|NOT_FINITE|COLUMN|LABEL|INVALID_TYPE)$/);
    expect(message).toContain(file);
    expect(mebibytes).toBeLessThan(content.length / MIB + 64);
  });
});

/** Damaged files of Parquet and of Arrow: with 255 in four bytes on end, which claims much, or damaged at random. */
const COLUMNAR = cases(400, 30);

test.skipIf(process.platform !== 'linux').each([
  ['Parquet', 't.parquet'],
  ['Arrow', 't.arrow'],
])('%s that is damaged takes at most 64 MiB more than its library (skipped off Linux)', async (kind, name) => {
  const intact = await KINDS[kind].bytes();
  writeFileSync(inFolder(name), intact);
  const mutator = new Mutator();
  const files = Array.from({ length: COLUMNAR }, (_, number) => {
    mutator.seek(0, number);
    const bytes = number % 2 ? Buffer.from(mutator.mutant(intact)) : Buffer.from(intact);
    const at = Math.floor((number / COLUMNAR) * (intact.length - 4));
    if (number % 2 === 0) bytes.fill(255, at, at + 4);
    const file = inFolder(`${number}-${name}`);
    writeFileSync(file, bytes);
    return file;
  });
  const program = fileURLToPath(new URL('programs/hostile-columnar.mjs', import.meta.url));
  const { stdout, stderr, signal } = spawnSync(process.execPath, [program, inFolder(name), ...files], {
    encoding: 'utf8',
  });
  expect(signal, stderr).toBeNull();
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.length).toBe(COLUMNAR);
  for (const { file, code, mebibytes } of lines) {
    expect(code, file).toMatch(/^(done|ERR_(DATA_FILE|COLUMN|MISSING_VALUE|NOT_FINITE|LABEL|SHAPE|CATEGORY))$/);
    expect(mebibytes, file).toBeLessThan(64);
  }
  const most = Math.max(...lines.map(({ mebibytes }) => mebibytes));
  console.info(`${kind}: library ${Math.round(lines[0].library)} MiB, a file ${Math.round(most)} MiB at most`);
});

test('a byte order mark is skipped, and the word NaN is a missing number', () => {
  writeFileSync(inFolder('t.csv'), '\ufeffa,b,class\n1,2,x\n2,1,y\n1,1,x\n');
  expect(read('loadDataset', 't.csv')).toMatchObject({ code: 'done' });
  writeFileSync(inFolder('n.csv'), 'a,b,class\n1,NaN,x\n2,1,y\n1,1,x\n');
  expect(read('loadDataset', 'n.csv')).toMatchObject({ code: 'ERR_MISSING_VALUE' });
});
