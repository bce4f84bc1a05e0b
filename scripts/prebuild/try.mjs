// Computes with a prebuilt addon on every runtime that is available here: the doctor's self-test compares it with the
// TypeScript backend.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, WORK } from './process.mjs';
import { runtimesOf } from './runtimes.mjs';
import { prebuiltFile } from './targets.mjs';

/**
 * Tests the addon on each runtime.
 *
 * @param options.quick - only this machine's own Node
 * @returns for each runtime its title, the outcome (`passed`, `failed` or `not run`) and details
 */
export function tryAddon(name, file, { quick = false } = {}) {
  // A folder with only this addon, so that no other can be loaded instead.
  const home = join(WORK, `${name}-alone`);
  const alone = join(home, prebuiltFile(name));
  rmSync(home, { recursive: true, force: true });
  mkdirSync(dirname(alone), { recursive: true });
  copyFileSync(file, alone);
  return runtimesOf(name, quick).map((runtime) => {
    if (runtime.missing) return { title: runtime.title, outcome: 'not run', detail: runtime.missing };
    return { title: runtime.title, ...judge(runtime, alone, diagnosis(runtime, home)) };
  });
}

/** Runs `two-layer-net doctor` and returns its JSON. */
function diagnosis({ command: [program, ...words], env: more = {} }, home) {
  const doctor = [join(ROOT, 'dist', 'cli', 'main.js'), 'doctor', '--no-speed', '--json', '-'];
  const env = { ...process.env, ...more, TWO_LAYER_NET_PREBUILD: home };
  const options = { env, encoding: 'utf8', maxBuffer: 2 ** 26, timeout: 900_000 };
  const { stdout, stderr, status, signal } = spawnSync(program, [...words, ...doctor], options);
  try {
    return JSON.parse(stdout);
  } catch {
    return { ended: `ended with ${signal ?? status}: ${stderr.slice(-600)}` };
  }
}

function judge({ refused = false }, file, found) {
  if (found.ended) return { outcome: 'failed', detail: found.ended };
  const { addon, system, backend, selfTest, verdict } = found;
  const where = `Node ${system.node}, ${system.arch}, ${system.libc} ${system.libcVersion ?? ''}`;
  if (refused) {
    const isRefused = addon.file === null && addon.tried.some((trial) => trial.outcome === 'refused');
    return { outcome: isRefused ? 'passed' : 'failed', detail: `${where}: ${addon.reasons.join('; ')}` };
  }
  if (addon.file !== file) return { outcome: 'failed', detail: `${where}: ${addon.reasons.join('; ')}` };
  const kernels = `SIMD kernels ${backend.simdTarget}, OpenBLAS ${backend.blasCore}`;
  const problems = verdict.problems.map(({ what }) => what).join('; ');
  const passed = verdict.ok && selfTest !== null;
  return { outcome: passed ? 'passed' : 'failed', detail: `${where}: ${kernels}${problems && `: ${problems}`}` };
}
