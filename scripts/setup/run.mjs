// What every setup step needs: the repository's folder, running commands, file times and messages.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A step failed; the message says why and what to do. */
export class SetupError extends Error {}

export function say(text) {
  process.stderr.write(`[setup] ${text}\n`);
}

/** Runs a command and returns whether it succeeded, with its output. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28, ...options });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  return { ok: result.status === 0, output: result.error ? `${result.error.message}\n${output}` : output };
}

export function works(command, args = ['--version'], options = {}) {
  return run(command, args, options).ok;
}

/** The modification time of the newest file at or below the given paths; 0 if there is none. */
export function newest(...paths) {
  let time = 0;
  for (const path of paths) {
    const entry = join(ROOT, path);
    if (!existsSync(entry)) continue;
    const stat = statSync(entry);
    const inside = stat.isDirectory() ? newest(...readdirSync(entry).map((name) => join(path, name))) : stat.mtimeMs;
    time = Math.max(time, inside);
  }
  return time;
}
