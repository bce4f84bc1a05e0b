import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built package, as another program imports it. */
export const DIST = new URL('../../dist/index.js', import.meta.url).href;

/** The path of a program of the long tests. */
export function program(name: string): string {
  return fileURLToPath(new URL(`../long/programs/${name}`, import.meta.url));
}

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program in a new process until it exits. */
export async function runProgram(source: string): Promise<Omit<Ended, 'signal'>> {
  const { signal: _, ...ended } = await run(['--input-type=module', '--eval', source]);
  return ended;
}

/** What to do with the process of a program while it runs. */
export interface Running {
  /** Variables of its environment besides this process's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Is sent {@link delay} ms after it has printed something. */
  readonly signal?: NodeJS.Signals | undefined;
  readonly delay?: number;
}

/** Runs a program that is a file. */
export function runFile(file: string, args: readonly string[], running: Running = {}): Promise<Ended> {
  return run([file, ...args], running);
}

function run(args: readonly string[], { env, signal, delay = 0 }: Running = {}): Promise<Ended> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  if (signal) child.stdout.once('data', () => setTimeout(() => child.kill(signal), delay));
  return new Promise((resolve) => child.on('close', (code, by) => resolve({ code, signal: by, output, errors })));
}
