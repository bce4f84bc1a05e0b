import { execFileSync, spawnSync } from 'node:child_process';
import { describe } from 'vitest';

/** Python with the packages of other programs: `TWO_LAYER_NET_PYTHON`, or `python3`. */
const PYTHON = process.env.TWO_LAYER_NET_PYTHON ?? 'python3';

/** A suite that needs these modules of Python. Without them it is skipped, and the title says why. */
export function describeWithPython(title: string, modules: readonly string[], tests: () => void): void {
  const missing = spawnSync(PYTHON, ['-c', `import ${modules.join(', ')}`]).status !== 0;
  const why = `skipped: ${PYTHON} cannot import ${modules.join(', ')}; set TWO_LAYER_NET_PYTHON to one that can`;
  describe.skipIf(missing)(missing ? `${title} (${why})` : title, tests);
}

/** Runs a program, and returns the JSON that it prints last. */
export function python<R>(program: string, ...args: string[]): R {
  const output = execFileSync(PYTHON, ['-c', program, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as R;
}
