// Runs other programs, for the scripts of prebuild/ and release/.
import { execFile, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

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
  throw failed([command, ...args], result.error?.message ?? `exit code ${result.status ?? result.signal}`, result);
}

/** The same while other commands run. */
export async function runBeside(command, args) {
  try {
    return (await promisify(execFile)(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28 })).stdout;
  } catch (error) {
    throw failed([command, ...args], `exit code ${error.code ?? error.signal}`, error);
  }
}

function failed(words, why, { stdout, stderr }) {
  const output = `${stdout ?? ''}${stderr ?? ''}`.split('\n').slice(-40).join('\n');
  return new Failure(`${words.join(' ').slice(0, 300)} failed (${why}):\n${output}`);
}

/** Whether a command runs successfully. */
export function works(command, args = ['--version']) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
