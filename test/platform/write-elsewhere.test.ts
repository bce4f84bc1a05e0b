import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { replaceFile } from '../../src/platform/replace-file.js';
import { streamSomewhere, writeSomewhere } from '../../src/platform/write-elsewhere.js';
import { withCode } from '../../src/validation/errors.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();
const write = (path: string) => replaceFile(path, ['result']);

beforeEach(() => {
  for (const name of ['current', 'home', 'temporary']) mkdirSync(inFolder(name));
  vi.spyOn(process, 'cwd').mockImplementation(() => inFolder('current'));
  vi.stubEnv('HOME', inFolder('home'));
  vi.stubEnv('TMPDIR', inFolder('temporary'));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('a result that can be written is where it should be', async () => {
  expect(await writeSomewhere(inFolder('m.json'), write)).toEqual({ path: inFolder('m.json') });
  expect(readFileSync(inFolder('m.json'), 'utf8')).toBe('result');
});

test.each([
  [['gone'], 'current'],
  [['gone', 'current'], 'home'],
  [['gone', 'current', 'home'], 'temporary'],
])('a result that cannot be written to %j is in %s, by a similar name', async (bad, where) => {
  const attempt = async (path: string) => {
    if (bad.some((name) => path.startsWith(`${inFolder(name)}/`))) {
      throw withCode(new Error(`Cannot write ${path}`), 'ERR_NOT_WRITABLE');
    }
    await write(path);
  };
  const { path, failure } = await writeSomewhere(inFolder('gone/model.safetensors'), attempt);
  expect(failure?.message).toContain(`Cannot write ${inFolder('gone/model.safetensors')}`);
  expect(path.slice(inFolder(where).length)).toMatch(/^\/model\.rescued-[0-9a-f]{8}\.safetensors$/);
  expect(readFileSync(path, 'utf8')).toBe('result');
  expect(readdirSync(inFolder(where))).toHaveLength(1);
});

test('a result that can be written nowhere names every place', async () => {
  const nowhere = async (path: string) => {
    throw withCode(new Error(`Cannot write ${path}: full`), 'ERR_NOT_WRITABLE');
  };
  const error = await writeSomewhere(inFolder('m.json'), nowhere).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'ERR_NOT_WRITABLE' });
  for (const name of ['m.json', 'current/m.rescued-', 'home/m.rescued-', 'temporary/m.rescued-']) {
    expect((error as Error).message).toContain(inFolder(name));
  }
});

test('a current folder that is gone is passed over', async () => {
  vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw new Error('ENOENT: uv_cwd');
  });
  expect((await writeSomewhere(inFolder('gone/m.json'), write)).path).toContain(inFolder('home/m.rescued-'));
});

test('want of descriptors is waited out', async () => {
  let attempts = 0;
  const late = async (path: string) => {
    const cause = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE', syscall: 'open' });
    if (attempts++ < 3) throw withCode(new Error(`Cannot write ${path}`, { cause }), 'ERR_NOT_WRITABLE');
    await write(path);
  };
  expect(await writeSomewhere(inFolder('m.json'), late)).toEqual({ path: inFolder('m.json') });
});

test('other errors are not taken for failed writes', async () => {
  const wrong = async () => {
    throw withCode(new RangeError('not finite'), 'ERR_NOT_FINITE');
  };
  await expect(writeSomewhere(inFolder('m.json'), wrong)).rejects.toMatchObject({ code: 'ERR_NOT_FINITE' });
  expect(existsSync(inFolder('m.json'))).toBe(false);
});

/** What a full disk says. */
const full = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' });

/** Lets the writes fail whose numbers, from 0, are `failing`, each after half of its text. */
async function fullDisk(failing: readonly number[]): Promise<void> {
  const handle = await open(inFolder('any'), 'w');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  rmSync(inFolder('any'));
  const { writeFile } = prototype;
  let written = 0;
  vi.spyOn(prototype, 'writeFile').mockImplementation(async function (this: FileHandle, data) {
    const text = Buffer.from(data as Uint8Array);
    const fails = failing.includes(written++);
    await writeFile.call(this, fails ? text.subarray(0, text.length / 2) : text);
    if (fails) throw full();
  });
}

/** A result that is made once. */
async function* made(): AsyncGenerator<string> {
  for (let i = 0; i < 8; i++) yield `line ${i} €\n`;
}
const whole = Array.from({ length: 8 }, (_, i) => `line ${i} €\n`).join('');

test.each([
  ['the first', [0], 'current'],
  ['the fourth', [3], 'current'],
  ['the last', [7], 'current'],
  // The second attempt writes what there is in one piece, and then the fourth piece again.
  ['the fourth, and then the fifth elsewhere,', [3, 6], 'home'],
  ['the fourth, and then the first elsewhere,', [3, 4], 'home'],
])('a result whose piece is %s to find no space is elsewhere as a whole', async (_, failing, where) => {
  await fullDisk(failing);
  const { path, failure } = await streamSomewhere(inFolder('r.json'), made());
  expect(failure?.message).toMatch(/^Cannot write .*r\.json: no space is left on the device/);
  expect(path.slice(inFolder(where).length)).toMatch(/^\/r\.rescued-[0-9a-f]{8}\.json$/);
  expect(readFileSync(path, 'utf8')).toBe(whole);
  const left = ['.', 'current', 'home', 'temporary'].flatMap((folder) => readdirSync(inFolder(folder)));
  expect(left.filter((name) => name.includes('r.'))).toEqual([path.split('/').at(-1)]);
});

test('a streamed result is where it should be, or elsewhere if that is gone; its own error is passed on', async () => {
  expect(await streamSomewhere(inFolder('r.json'), made())).toEqual({ path: inFolder('r.json') });
  expect(readFileSync(inFolder('r.json'), 'utf8')).toBe(whole);
  const { path } = await streamSomewhere(inFolder('gone/r.json'), made());
  expect(readFileSync(path, 'utf8')).toBe(whole);
  async function* failing(): AsyncGenerator<string> {
    yield 'line';
    throw new Error('no such row');
  }
  await expect(streamSomewhere(inFolder('s.json'), failing())).rejects.toThrow('no such row');
  expect(readdirSync(inFolder('current'))).toHaveLength(1);
});
