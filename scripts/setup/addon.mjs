// The native addon: built where it is older than its sources, or a word why TypeScript serves instead.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { choices, whatFailed } from './build-log.mjs';
import { newest, ROOT, run, SetupError, say } from './run.mjs';
import { hasHighway, installCommand, installHighway, installTools, MissingTools, missingTools } from './tools.mjs';

const ADDON = join(ROOT, 'build', 'Release', 'two_layer_net.node');
/** Why the addon was not built the last time; without it every start would try again. */
const FAILURE = join(ROOT, 'build', 'native-build-failed.txt');
/** All that the last build wrote. */
const LOG = join('build', 'native-build.log');

/** How a failure that only lacked tools begins. */
const MISSING = 'missing tools: ';

/** The BLAS that is asked for, by CMake's name; '' for the usual one. */
function vendorOf(definitions) {
  const asked = definitions.map((definition) => /^-DBLA_VENDOR(?::\w+)?=(.*)$/.exec(definition)?.[1]);
  return asked.findLast((vendor) => vendor !== undefined) ?? process.env.BLA_VENDOR ?? '';
}

/** Builds it with the given definitions of CMake (-DNAME=VALUE). */
function buildAddon(definitions) {
  const vendor = vendorOf(definitions);
  // Who gives definitions has a toolchain of their own: no OpenBLAS is installed beside it.
  const usual = definitions.length === 0 && vendor === '';
  const missing = missingTools({ anyBlas: usual });
  if (missing.length > 0) installTools(missing, { vendor, withBlas: usual });
  else if (!hasHighway()) installHighway({ vendor, withBlas: usual });
  say('building the native addon (half a minute)…');
  const cmakeJs = join(ROOT, 'node_modules', 'cmake-js', 'bin', 'cmake-js');
  const all = [...(process.env.CI ? ['-DTWO_LAYER_NET_WERROR=ON'] : []), ...definitions];
  const env = { ...process.env, CMAKE_BUILD_PARALLEL_LEVEL: String(availableParallelism()) };
  // A cache from another place or compiler must not decide this build.
  rmSync(join(ROOT, 'build', 'CMakeCache.txt'), { force: true });
  // Not cmake-js's "compile": where that fails it empties build/ and does the same again.
  const custom = all.map((definition) => definition.replace(/^-D/, '--CD'));
  const { ok, output } = run(process.execPath, [cmakeJs, 'build', ...custom], { env });
  mkdirSync(join(ROOT, dirname(LOG)), { recursive: true });
  writeFileSync(join(ROOT, LOG), output);
  if (!ok) {
    const lines = [
      `the addon could not be built: ${whatFailed(output)}`,
      `The tools and the BLAS are installed with:  ${installCommand(vendor)}`,
      `The whole log: ${LOG}`,
    ];
    throw new SetupError(lines.join('\n[setup] '));
  }
  for (const choice of choices(output)) say(choice);
}

/** Whether the last build only lacked tools, and they are here now. */
function toolsCameSince() {
  return readFileSync(FAILURE, 'utf8').startsWith(MISSING) && missingTools().length === 0;
}

/**
 * The addon, or a word why TypeScript serves instead. `force` builds it even where it is up to date, `required` fails
 * where it cannot be built.
 */
export function ensureAddon({ force, required, definitions }) {
  const sources = newest('CMakeLists.txt', 'cmake', 'native');
  if (!force && newest('build/Release/two_layer_net.node') > sources) return;
  if (!force && newest('build/native-build-failed.txt') > sources && !toolsCameSince()) {
    say('no native addon (an earlier build failed; `npm run build:native` tries again): TypeScript backend');
    return;
  }
  try {
    buildAddon(definitions);
    rmSync(FAILURE, { force: true });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // An addon of older sources must not serve in place of the one that could not be built.
    rmSync(ADDON, { force: true });
    if (required) throw error;
    mkdirSync(dirname(FAILURE), { recursive: true });
    writeFileSync(FAILURE, `${error instanceof MissingTools ? MISSING : ''}${error.message}\n`);
    say(error.message);
    say('going on with the TypeScript backend; `npm run build:native` tries again');
  }
}
