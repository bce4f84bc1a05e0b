import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { cases } from './size.js';

const folder = sharedFolder();
const shim = join(folder, 'failing-calls.so');

/** Why this cannot be tried here; undefined if it can. */
function missing(): string | undefined {
  if (process.platform !== 'linux') return 'LD_PRELOAD is needed';
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', shim, join(ROOT, 'test/fixtures/failing-calls.c'), '-ldl'], {
      stdio: 'pipe',
    });
    return undefined;
  } catch (error) {
    return `cc cannot compile the shim: ${(error as Error).message}`;
  }
}

const why = missing();
const title =
  'every call of the system that fails while something is saved gives a coded error and leaves the old file';

/** What the program prints at the end. */
interface Found {
  readonly points: number;
  readonly wrong: string[];
}

test.skipIf(why !== undefined)(
  why === undefined ? title : `${title} (skipped: ${why})`,
  async () => {
    mkdirSync(join(folder, 'files'));
    const program = join(ROOT, 'test/long/programs/write-faults.mjs');
    const child = spawn(process.execPath, [program, join(ROOT, 'dist'), String(cases(1, 0) === 1)], {
      // What cannot be written where it should be is written here.
      cwd: folder,
      env: { ...process.env, LD_PRELOAD: shim, FAULT_FOLDER: join(folder, 'files'), UV_USE_IO_URING: '0' },
    });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stdout.resume();
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code, output).toBe(0);
    // Commands warn where they write elsewhere.
    const { points, wrong } = JSON.parse(output.trimEnd().split('\n').at(-1) as string) as Found;
    console.log(`${points} points`);
    expect(wrong).toEqual([]);
    // Each of 14 ways to save has at least a few calls.
    expect(points).toBeGreaterThan(100);
  },
  600_000,
);
