// Builds the addons that the package contains, inspects each file, and computes with it; then the WebAssembly modules:
// `npm run prebuild`.
//
//   npm run prebuild -- [TARGET...]     (default: every Linux target of scripts/prebuild/targets.mjs)
//
// Needs Linux on x86-64, Debian's apt for the sources and python3-venv for zig. Sources, tools and build results are
// kept in build/prebuild/, so that a second run takes seconds per target. build/prebuild/runs.json lists what was run,
// and what was not and why. Exits 1 if anything failed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAddon } from './prebuild/addon.mjs';
import { checkAddon } from './prebuild/check.mjs';
import { Failure, say, WORK } from './prebuild/process.mjs';
import { LINUX_TARGETS, TARGETS } from './prebuild/targets.mjs';
import { tryAddon } from './prebuild/try.mjs';
import { buildModules } from './prebuild/wasm.mjs';

function prebuild(name) {
  const file = buildAddon(name);
  for (const finding of checkAddon(name, file)) say(`${name}: ${finding}`);
  const runs = tryAddon(name, file);
  for (const { title, outcome, detail } of runs) say(`${name}: ${title}: ${outcome}, ${detail}`);
  return runs;
}

const chosen = process.argv.slice(2);
const names = chosen.length > 0 ? chosen : LINUX_TARGETS;
const results = {};
try {
  const unknown = names.find((name) => !(name in TARGETS));
  if (unknown) throw new Failure(`Expected a target (${Object.keys(TARGETS).join(', ')}) but received ${unknown}`);
  for (const name of names) results[name] = prebuild(name);
  for (const words of await buildModules()) say(words);
  mkdirSync(WORK, { recursive: true });
  writeFileSync(join(WORK, 'runs.json'), `${JSON.stringify(results, null, 2)}\n`);
  const failed = Object.values(results)
    .flat()
    .some(({ outcome }) => outcome === 'failed');
  if (failed) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  say(error.message);
  process.exitCode = 1;
}
