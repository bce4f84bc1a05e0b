/** Temporary files beside those that they will become, named so that what a dead process left can be told. */
import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRunning, ownMark } from './process-mark.js';

/*
 * A temporary file of the target NAME is called
 *
 *   .NAME.PID.STARTED.PLACE.RANDOM.tmp
 *
 * where the middle is the mark of the process that writes it (process-mark.ts) and RANDOM twelve hexadecimal digits.
 */

/** A hidden, unused name in the target's folder, so that a rename stays on one file system. */
export function temporaryName(file: string): string {
  const { pid, started, place } = ownMark();
  return join(dirname(file), `${prefixOf(file)}${pid}.${started}.${place}.${randomBytes(6).toString('hex')}.tmp`);
}

/** How names of the target's temporary files begin. */
function prefixOf(file: string): string {
  // Shortened, so that a long name with its suffix stays within the 255 bytes that file systems allow.
  return `.${basename(file).slice(0, 40)}.`;
}

/** Milliseconds after which a temporary file counts as left behind if its process cannot be looked for. */
const FORGOTTEN = 3_600_000;

/**
 * Removes the temporary files of this target whose processes are gone. Those of running ones stay, and so do those of
 * processes that cannot be looked for, such as another container's, unless nothing was written to them for an hour.
 * What cannot be removed stays too: this is never a reason to fail.
 */
export async function removeLeftovers(file: string): Promise<void> {
  const folder = dirname(file);
  const prefix = prefixOf(file);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const mark = name.startsWith(prefix) && MARK.exec(name.slice(prefix.length))?.groups;
    if (!mark) continue;
    const { pid, started, place } = mark;
    const running = isRunning({ pid, started, place });
    if (running || (running === undefined && !(await isForgotten(join(folder, name))))) continue;
    await rm(join(folder, name), { force: true }).catch(() => {});
  }
}

const MARK = /^(?<pid>\d+)\.(?<started>\d+)\.(?<place>[0-9a-f]{12})\.[0-9a-f]{12}\.tmp$/;

async function isForgotten(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  return info !== undefined && Date.now() - info.mtimeMs > FORGOTTEN;
}
