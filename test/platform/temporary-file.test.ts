import { spawnSync } from 'node:child_process';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRunning, ownMark } from '../../src/platform/process-mark.js';
import { removeLeftovers, temporaryName } from '../../src/platform/temporary-file.js';
import { freshFolder } from '../support/temporary-folder.js';

const at = freshFolder();
const own = ownMark();
/** The number of a process that has ended. */
const ended = String(spawnSync(process.execPath, ['--version']).pid);
const dead = { ...own, pid: ended };
const elsewhere = { ...own, place: 'abcdefabcdef' };

/** Creates a temporary file of a.txt as the process of `mark` would. */
function leave({ pid, started, place }: typeof own, target = 'a.txt'): string {
  const name = basename(temporaryName(at(target)))
    .split('.')
    .slice(0, -5)
    .join('.');
  const file = `${name}.${pid}.${started}.${place}.0123456789ab.tmp`;
  writeFileSync(at(file), 'x');
  return file;
}

describe('the mark of a process', () => {
  it('tells a running process from one that has ended, and knows nothing of those elsewhere', () => {
    expect(isRunning(own)).toBe(true);
    expect(isRunning(dead)).toBe(false);
    expect(isRunning(elsewhere)).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('tells a process from a later one of the same number', () => {
    expect(isRunning({ ...own, started: String(Number(own.started) - 1) })).toBe(false);
  });
});

describe('temporary files', () => {
  it('of this process and of others that are running stay', async () => {
    const names = [leave(own), leave({ ...own, pid: String(process.ppid), started: '0' })];
    await removeLeftovers(at('a.txt'));
    expect(readdirSync(at()).sort()).toEqual(names.sort());
  });

  it('of processes that have ended are removed, and only those of the same target', async () => {
    leave(dead);
    const other = leave(dead, 'b.txt');
    writeFileSync(at('.a.txt.tmp'), 'of somebody else');
    await removeLeftovers(at('a.txt'));
    expect(readdirSync(at()).sort()).toEqual(['.a.txt.tmp', other].sort());
  });

  it('of processes elsewhere are removed when nothing was written to them for an hour', async () => {
    const name = leave(elsewhere);
    await removeLeftovers(at('a.txt'));
    expect(readdirSync(at())).toEqual([name]);
    const before = new Date(Date.now() - 3_700_000);
    utimesSync(at(name), before, before);
    await removeLeftovers(at('a.txt'));
    expect(readdirSync(at())).toEqual([]);
  });
});
