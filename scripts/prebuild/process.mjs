// Running other programs, for the scripts here.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Everything that prebuilding makes and fetches, but for the addons themselves. */
export const WORK = join(ROOT, 'build', 'prebuild');

/** Something could not be done; the message says what and why, without a stack. */
export class Failure extends Error {}

/** What it needs from elsewhere is not to be had now: nothing here is wrong. */
export class Unavailable extends Failure {}

export function say(text) {
  process.stderr.write(`[prebuild] ${text}\n`);
}

/** What a command wrote, of standard output; its output is in the error where it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28, ...options });
  if (result.status === 0) return result.stdout;
  const why = result.error?.message ?? `exit code ${result.status ?? result.signal}`;
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`.split('\n').slice(-40).join('\n');
  throw new Failure(`${[command, ...args].join(' ').slice(0, 300)} failed (${why}):\n${output}`);
}

/** Whether a command can be run at all. */
export function works(command, args = ['--version']) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
