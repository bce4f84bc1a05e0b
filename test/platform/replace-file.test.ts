import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownMark } from '../../src/platform/process-mark.js';
import { checkWritable, replaceFile } from '../../src/platform/replace-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replace-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const posix = process.platform !== 'win32';

describe('replaceFile', () => {
  it('writes strings and bytes in order', async () => {
    const file = join(folder, 'a.txt');
    await replaceFile(file, ['ä', new Uint8Array([0, 255]), '', new Uint8Array(0), 'z']);
    expect([...readFileSync(file)]).toEqual([0xc3, 0xa4, 0, 255, 0x7a]);
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('replaces a longer file whole', async () => {
    const file = join(folder, 'a.txt');
    writeFileSync(file, 'something long');
    await replaceFile(file, ['short']);
    expect(readFileSync(file, 'utf8')).toBe('short');
  });

  it('accepts a name of 255 bytes, the longest possible', async () => {
    const file = join(folder, 'n'.repeat(255));
    await replaceFile(file, ['x']);
    expect(readFileSync(file, 'utf8')).toBe('x');
  });

  it.runIf(posix)('keeps the permissions of an existing file', async () => {
    const file = join(folder, 'a.txt');
    writeFileSync(file, 'old');
    chmodSync(file, 0o640);
    await replaceFile(file, ['new']);
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it.runIf(posix)('lets nobody read the temporary file who may not read the old one', async () => {
    const file = join(folder, 'secret.txt');
    writeFileSync(file, 'old');
    for (const mode of [0o600, 0o640, 0o644]) {
      chmodSync(file, mode);
      const modes: number[] = [];
      const look = function* () {
        yield 'ne';
        for (const name of readdirSync(folder)) modes.push(statSync(join(folder, name)).mode & 0o777);
        yield 'w';
      };
      await replaceFile(file, look());
      expect(modes.sort(), mode.toString(8)).toEqual([0o600, mode].sort());
      expect(statSync(file).mode & 0o777).toBe(mode);
    }
  });

  it('removes what a process left that was killed', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const { started, place } = ownMark();
    const left = join(folder, `.a.txt.${pid}.${started}.${place}.0123456789ab.tmp`);
    writeFileSync(left, 'half');
    await replaceFile(join(folder, 'a.txt'), ['new']);
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it.runIf(posix)('follows a symbolic link and leaves it a link', async () => {
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real', 'a.txt'), 'old');
    symlinkSync(join('real', 'a.txt'), join(folder, 'link'));
    await replaceFile(join(folder, 'link'), ['new']);
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real', 'a.txt'), 'utf8')).toBe('new');
    expect(readdirSync(join(folder, 'real'))).toEqual(['a.txt']);
  });

  it.runIf(posix)('creates the file that a dangling symbolic link leads to', async () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync(join('real', 'a.txt'), join(folder, 'link'));
    await replaceFile(join(folder, 'link'), ['new']);
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real', 'a.txt'), 'utf8')).toBe('new');
  });

  it.runIf(posix)('writes into a device or a pipe and does not replace it', async () => {
    await replaceFile('/dev/null', ['x']);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const reader = readFile(fifo, 'utf8');
    await replaceFile(fifo, ['through ', 'the pipe']);
    expect(await reader).toBe('through the pipe');
    expect(statSync(fifo).isFIFO()).toBe(true);
  });
});

describe('a failing replaceFile leaves the old file whole and no temporary file', () => {
  it('when the chunks throw an error, which is passed on unchanged', async () => {
    const file = join(folder, 'a.txt');
    writeFileSync(file, 'old');
    const fault = new Error('injected');
    function* chunks(): Generator<string> {
      yield 'half of the new';
      expect(readdirSync(folder)).toHaveLength(2);
      throw fault;
    }
    await expect(replaceFile(file, chunks())).rejects.toBe(fault);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('when the temporary file vanishes before the rename', async () => {
    const file = join(folder, 'a.txt');
    writeFileSync(file, 'old');
    function* chunks(): Generator<string> {
      yield 'new';
      for (const name of readdirSync(folder)) if (name.endsWith('.tmp')) rmSync(join(folder, name));
    }
    await expect(replaceFile(file, chunks())).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('when the folder is removed meanwhile', async () => {
    mkdirSync(join(folder, 'sub'));
    function* chunks(): Generator<string> {
      yield 'new';
      rmSync(join(folder, 'sub'), { recursive: true });
    }
    await expect(replaceFile(join(folder, 'sub', 'a.txt'), chunks())).rejects.toMatchObject({
      code: 'ERR_NOT_WRITABLE',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('when a folder replaces the target meanwhile', async () => {
    const file = join(folder, 'a.txt');
    function* chunks(): Generator<string> {
      yield 'new';
      mkdirSync(file);
    }
    await expect(replaceFile(file, chunks())).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it.each(['writeFile', 'chmod', 'sync'] as const)('when the disk is full at %s', async (step) => {
    const file = join(folder, 'a.txt');
    writeFileSync(file, 'old');
    const handle = await open(file);
    const prototype: FileHandle = Object.getPrototypeOf(handle);
    await handle.close();
    const full = Object.assign(new Error('injected'), { code: 'ENOSPC', syscall: step });
    const spy = vi.spyOn(prototype, step).mockRejectedValueOnce(full);
    await expect(replaceFile(file, ['new'])).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE', cause: full });
    expect(spy).toHaveBeenCalledOnce();
    spy.mockRestore();
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it.runIf(process.platform === 'linux')('when the device is full', async () => {
    await expect(replaceFile('/dev/full', ['x'])).rejects.toMatchObject({
      code: 'ERR_NOT_WRITABLE',
      message: expect.stringContaining('no space'),
    });
  });
});

describe.each([
  ['checkWritable', (path: string) => checkWritable(path)],
  ['replaceFile', (path: string) => replaceFile(path, ['new'])],
])('%s refuses', (_name, action) => {
  const refusal = async (path: string): Promise<string> => {
    const error = await action(path).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    return (error as Error).message;
  };

  it('a file in a folder that does not exist, and says how to create it', async () => {
    const missing = join(folder, 'no such');
    expect(await refusal(join(missing, 'a.txt'))).toBe(
      `Cannot write ${join(missing, 'a.txt')}: the folder ${missing} does not exist; ` +
        `create it first: mkdir -p '${missing}'`,
    );
  });

  it('a folder, and a name that ends in a separator', async () => {
    expect(await refusal(folder)).toContain('it is a folder');
    expect(await refusal(join(folder, 'new/'))).toContain('it names a folder');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a path under a regular file', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await refusal(join(folder, 'file', 'a.txt'))).toContain('is a file where a folder is needed');
  });

  it('a name that is too long', async () => {
    expect(await refusal(join(folder, 'n'.repeat(256)))).toContain('longer than the file system allows');
  });

  it.runIf(process.platform === 'linux')('a folder that takes no files, even from root', async () => {
    expect(await refusal('/proc/a.txt')).toMatch(/does not accept new files|permission denied|does not permit/);
    expect(await refusal('/sys/a.txt')).toMatch(/permission denied|does not permit|read-only/);
  });

  it.runIf(posix && process.getuid?.() !== 0)('a file that is write-protected (not as root)', async () => {
    writeFileSync(join(folder, 'a.txt'), 'old', { mode: 0o444 });
    expect(await refusal(join(folder, 'a.txt'))).toContain('permission denied');
  });

  it.runIf(posix)('circular symbolic links', async () => {
    symlinkSync('b', join(folder, 'a'));
    symlinkSync('a', join(folder, 'b'));
    expect(await refusal(join(folder, 'a'))).toContain('are circular');
  });

  it('a value that is not a path, with a TypeError', async () => {
    for (const path of ['', 'a\0b', 7 as unknown as string]) {
      await expect(action(path)).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_TYPE' });
    }
  });
});

describe('checkWritable', () => {
  it('leaves a folder as it was', async () => {
    await checkWritable(join(folder, 'a.txt'));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves an existing file as it was', async () => {
    const file = join(folder, 'a.txt');
    writeFileSync(file, 'old');
    await checkWritable(file);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it.runIf(posix)('accepts a device', async () => {
    await checkWritable('/dev/null');
  });
});
