import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeFolder, makeFolderSync } from '../../src/platform/make-folder.js';
import { freshFolder } from '../support/temporary-folder.js';

const at = freshFolder();

describe.each([
  ['makeFolder', makeFolder],
  ['makeFolderSync', async (folder: string) => makeFolderSync(folder)],
])('%s', (_, make) => {
  it('makes a folder with its parents, and takes one that is there, or a link to one', async () => {
    await make(at('a/b/c'));
    await make(at('a/b/c'));
    await make(at('a/x/'));
    symlinkSync(at('a/b'), at('link'));
    await make(at('link'));
    await make(at('link/d'));
    await make('.');
    await make('/');
    for (const folder of ['a/b/c', 'a/x', 'a/b/d']) expect(statSync(at(folder)).isDirectory()).toBe(true);
  });

  it('refuses a file in its way, and a link to nothing', async () => {
    writeFileSync(at('file'), '');
    symlinkSync(at('nothing'), at('dangling'));
    for (const folder of ['file', 'file/inside', 'dangling']) {
      await expect(make(at(folder))).rejects.toMatchObject({
        code: 'ERR_NOT_WRITABLE',
        message: `Cannot create the folder ${at(folder)}: a file exists where a folder is needed`,
      });
    }
    expect(existsSync(at('nothing'))).toBe(false);
  });

  it.skipIf(!existsSync('/proc/self'))('ends where the system finds no parent although there is one', async () => {
    for (const folder of ['/proc/nowhere', '/proc/nowhere/inside']) {
      await expect(make(folder)).rejects.toMatchObject({
        code: 'ERR_NOT_WRITABLE',
        message: expect.stringMatching(/^Cannot create the folder \/proc\/nowhere.*: ENOENT/),
      });
    }
  });

  it('is not confused by another program that makes the same folders', async () => {
    await Promise.all(Array.from({ length: 20 }, () => make(at('p/q/r/s/t'))));
    mkdirSync(at('p/q/r/s/t/u'));
  });
});
