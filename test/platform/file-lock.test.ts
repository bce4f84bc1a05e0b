import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FileLock } from '../../src/platform/file-lock.js';
import { ownMark } from '../../src/platform/process-mark.js';
import { freshFolder } from '../support/temporary-folder.js';
import { rejection } from '../support/training.js';

const at = freshFolder();
const token = '0123456789abcdef';
/** What the lock of a process that has ended says. */
const dead = {
  ...ownMark(),
  pid: String(spawnSync(process.execPath, ['--version']).pid),
  token,
  thread: 0,
  host: 'here',
};
const elsewhere = { ...dead, place: 'abcdefabcdef', host: 'there' };

const leave = (owner: object, name = 'a.lock') => writeFileSync(at(name), `${JSON.stringify(owner)}\n`);
const age = (name: string, seconds: number) => utimesSync(at(name), new Date(), new Date(Date.now() - seconds * 1000));

describe('the lock of a file', () => {
  it('is one file beside it, which goes when it is released', async () => {
    const lock = await FileLock.take(at('a'));
    expect(readdirSync(at())).toEqual(['a.lock']);
    expect(JSON.parse(readFileSync(at('a.lock'), 'utf8'))).toMatchObject(ownMark());
    await lock.release();
    expect(readdirSync(at())).toEqual([]);
  });

  it('is refused to a second one, also by a symbolic link, with the process that has it', async () => {
    symlinkSync('a', at('link'));
    const lock = await FileLock.take(at('a'));
    for (const name of ['a', 'link']) {
      const error = await rejection(FileLock.take(at(name)));
      expect(error).toMatchObject({ code: 'ERR_LOCKED' });
      expect(error.message).toContain(`this process (${process.pid}) has a training or a search that writes to it`);
    }
    expect(readdirSync(at()).sort()).toEqual(['a.lock', 'link']);
    await lock.release();
    await (await FileLock.take(at('link'))).release();
  });

  it('is given to one of many that ask at the same time', async () => {
    leave(dead);
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => FileLock.take(at('a'))));
    const given = asked.filter((one) => one.status === 'fulfilled');
    expect(given).toHaveLength(1);
    expect(readdirSync(at())).toEqual(['a.lock']);
    await given[0].value.release();
    expect(readdirSync(at())).toEqual([]);
  });

  it('of a process that has ended is taken over, and one that died while it did so does not matter', async () => {
    leave(dead);
    leave({ ...dead, token: 'fedcba9876543210' }, `a.lock.${token}`);
    leave({ ...dead, token: '1111111111111111' }, 'a.lock.2222222222222222');
    const lock = await FileLock.take(at('a'));
    expect(readdirSync(at())).toEqual(['a.lock']);
    await lock.release();
  });

  it('of a process that is just taking it over is refused', async () => {
    leave(dead);
    leave({ ...dead, ...ownMark(), token: 'fedcba9876543210' }, `a.lock.${token}`);
    await expect(FileLock.take(at('a'))).rejects.toMatchObject({ code: 'ERR_LOCKED' });
  });

  it('of a process elsewhere dies a minute after its last sign of life', async () => {
    leave(elsewhere);
    age('a.lock', 50);
    const error = await rejection(FileLock.take(at('a')));
    expect(error).toMatchObject({ code: 'ERR_LOCKED' });
    expect(error.message).toContain(`process ${dead.pid} on there has a training`);
    age('a.lock', 70);
    await (await FileLock.take(at('a'))).release();
  });

  it('of a Worker of a running process dies so too, since the Worker may have ended', async () => {
    leave({ ...dead, ...ownMark(), thread: 7 });
    await expect(FileLock.take(at('a'))).rejects.toMatchObject({ code: 'ERR_LOCKED' });
    age('a.lock', 70);
    await (await FileLock.take(at('a'))).release();
  });

  it('that was damaged counts for a minute', async () => {
    writeFileSync(at('a.lock'), '{"pid": 12');
    await expect(FileLock.take(at('a'))).rejects.toMatchObject({ code: 'ERR_LOCKED' });
    age('a.lock', 70);
    await (await FileLock.take(at('a'))).release();
    expect(readdirSync(at())).toEqual([]);
  });

  it('in a folder that does not exist is refused as a file there would be', async () => {
    await expect(FileLock.take(at('no/a'))).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
  });
});
