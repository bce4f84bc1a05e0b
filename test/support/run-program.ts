import { spawn } from 'node:child_process';

/** The built package, as another program imports it. */
export const DIST = new URL('../../dist/index.js', import.meta.url).href;

/** Runs a program in a new process until it exits. */
export async function runProgram(source: string): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source]);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output, errors })));
}
