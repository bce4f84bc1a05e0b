import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const MAIN = join(ROOT, 'dist', 'cli', 'main.js');

export interface Finished {
  code: number | null;
  /** The signal that ended the program, if there is no exit code. */
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  done: Promise<Finished>;
  /** Resolves when standard error has shown `text`; rejects if the program ends before that. */
  shows(text: string): Promise<void>;
  /** What standard error has shown. */
  stderr(): string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
}

/** Starts the command line from the built dist/, as a user's shell would. */
export function startCli(args: string[], options: RunOptions = {}): Running {
  return startScript(MAIN, args, options);
}

/** Starts a script of this repository. */
export function startScript(script: string, args: string[], options: RunOptions = {}): Running {
  return startCommand(process.execPath, [script, ...args], options);
}

/** Starts any program. */
export function startCommand(command: string, args: readonly string[], options: RunOptions = {}): Running {
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let look = () => {};
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    look();
  });
  const done = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const shows = (text: string) =>
    new Promise<void>((resolve, reject) => {
      look = () => stderr.includes(text) && resolve();
      look();
      done.then(() => reject(new Error(`ended without ${JSON.stringify(text)}:\n${stderr}`)), reject);
    });
  return { child, done, shows, stderr: () => stderr };
}

export function runCli(...args: Parameters<typeof startCli>): Promise<Finished> {
  return startCli(...args).done;
}
