// Builds the native addon if it is older than its sources. If that fails, says why the TypeScript backend is used.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { choices, whatFailed } from './build-log.mjs';
import { newest, ROOT, run, SetupError, say } from './run.mjs';
import { hasHighway, installCommand, installHighway, installTools, MissingTools, missingTools } from './tools.mjs';

const ADDON = join(ROOT, 'build', 'Release', 'two_layer_net.node');
/** Why the last build failed. Without this file every run would try again. */
const FAILURE = join(ROOT, 'build', 'native-build-failed.txt');
/** The output of the last build. */
const LOG = join('build', 'native-build.log');

/** The beginning of {@link FAILURE} if tools were missing. */
const MISSING = 'missing tools: ';

/** The requested BLAS by CMake's name; '' for the default. */
function vendorOf(definitions) {
  const vendors = definitions.map((definition) => /^-DBLA_VENDOR(?::\w+)?=(.*)$/.exec(definition)?.[1]);
  return vendors.findLast((vendor) => vendor !== undefined) ?? process.env.BLA_VENDOR ?? '';
}

/** Builds the addon with the given CMake definitions (-DNAME=VALUE). */
function buildAddon(definitions) {
  const vendor = vendorOf(definitions);
  // Definitions usually mean another toolchain or BLAS, so OpenBLAS is not installed.
  const isDefault = definitions.length === 0 && vendor === '';
  const missing = missingTools({ anyBlas: isDefault });
  if (missing.length > 0) installTools(missing, { vendor, withBlas: isDefault });
  else if (!hasHighway()) installHighway({ vendor, withBlas: isDefault });
  say('building the native addon (about half a minute)…');
  const cmakeJs = join(ROOT, 'node_modules', 'cmake-js', 'bin', 'cmake-js');
  const all = [...(process.env.CI ? ['-DTWO_LAYER_NET_WERROR=ON'] : []), ...definitions];
  const env = { ...process.env, CMAKE_BUILD_PARALLEL_LEVEL: String(availableParallelism()) };
  // A cache from another folder or compiler must not affect this build.
  rmSync(join(ROOT, 'build', 'CMakeCache.txt'), { force: true });
  // Not cmake-js's "compile": when that fails, it clears build/ and tries the same again.
  const custom = all.map((definition) => definition.replace(/^-D/, '--CD'));
  const { ok, output } = run(process.execPath, [cmakeJs, 'build', ...custom], { env });
  mkdirSync(join(ROOT, dirname(LOG)), { recursive: true });
  writeFileSync(join(ROOT, LOG), output);
  if (!ok) {
    const lines = [
      `could not build the addon: ${whatFailed(output)}`,
      `To install the tools and the BLAS, run:  ${installCommand(vendor)}`,
      `Full log: ${LOG}`,
    ];
    throw new SetupError(lines.join('\n[setup] '));
  }
  for (const choice of choices(output)) say(choice);
}

/** Whether the last build failed because of missing tools that are installed now. */
function toolsInstalledSince() {
  return readFileSync(FAILURE, 'utf8').startsWith(MISSING) && missingTools().length === 0;
}

/**
 * Builds the addon if it is out of date, or says why the TypeScript backend is used. With `force` it is always rebuilt;
 * with `required` a failed build is an error.
 */
export function ensureAddon({ force, required, definitions }) {
  const sources = newest('CMakeLists.txt', 'cmake', 'native/addon', 'native/engine');
  if (!force && newest('build/Release/two_layer_net.node') > sources) return;
  if (!force && newest('build/native-build-failed.txt') > sources && !toolsInstalledSince()) {
    say('the last build of the native addon failed; the TypeScript backend is used');
    say('to try again: npm run build:native');
    return;
  }
  try {
    buildAddon(definitions);
    rmSync(FAILURE, { force: true });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // An addon built from older sources must not be used instead.
    rmSync(ADDON, { force: true });
    if (required) throw error;
    mkdirSync(dirname(FAILURE), { recursive: true });
    writeFileSync(FAILURE, `${error instanceof MissingTools ? MISSING : ''}${error.message}\n`);
    say(error.message);
    say('continuing with the TypeScript backend');
    say('to try again: npm run build:native');
  }
}
