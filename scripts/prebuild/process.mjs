// Runs other programs, for the scripts of prebuild/ and release/.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Everything that prebuilding makes and downloads, except the addons themselves. */
export const WORK = join(ROOT, 'build', 'prebuild');

/** An expected failure. Its message says what failed and why, and is printed without a stack trace. */
export class Failure extends Error {}

/** Something from elsewhere is unavailable at the moment. Nothing is wrong with the project. */
export class Unavailable extends Failure {}

export function say(text) {
  process.stderr.write(`[prebuild] ${text}\n`);
}

/** Runs a command and returns its standard output. If it fails, the error contains the output. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28, ...options });
  if (result.status === 0) return result.stdout;
  const why = result.error?.message ?? `exit code ${result.status ?? result.signal}`;
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`.split('\n').slice(-40).join('\n');
  throw new Failure(`${[command, ...args].join(' ').slice(0, 300)} failed (${why}):\n${output}`);
}

/** Whether a command runs successfully. */
export function works(command, args = ['--version']) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
