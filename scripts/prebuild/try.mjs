// Computes with a prebuilt addon, on every runtime for it that can be had here: the doctor's self-test compares it with
// the TypeScript backend.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, WORK } from './process.mjs';
import { runtimesOf } from './runtimes.mjs';
import { prebuiltFile } from './targets.mjs';

/**
 * One line for each runtime: `passed`, `failed` or `not run`, and what is to be said of it.
 *
 * @param options.quick - this machine's own Node alone
 */
export function tryAddon(name, file, { quick = false } = {}) {
  // A folder that holds this addon alone, so that no other can serve in its place.
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

/** What `two-layer-net doctor` tells, as its JSON. */
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
    const outcome = addon.file === null && /older than/.test(addon.reasons.join()) ? 'passed' : 'failed';
    return { outcome, detail: `${where}: ${addon.reasons.join('; ')}` };
  }
  if (addon.file !== file) return { outcome: 'failed', detail: `${where}: ${addon.reasons.join('; ')}` };
  const products = `own kernels ${backend.simdTarget}, OpenBLAS ${backend.products}`;
  const problems = verdict.problems.map(({ what }) => what).join('; ');
  const passed = verdict.ok && selfTest !== null;
  return { outcome: passed ? 'passed' : 'failed', detail: `${where}: ${products}${problems && `: ${problems}`}` };
}
