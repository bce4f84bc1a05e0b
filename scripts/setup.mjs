// Sets up a fresh clone, step by step, for `npm run train` and `npm test`: npm packages, the toolchain, the addon, the
// TypeScript build. A step that is done is skipped; it tells by file times, so that a second start costs milliseconds.
// Without a toolchain the TypeScript backend serves, and the one command that installs it is printed.
//
//   node scripts/setup.mjs [--packages-only | --native-only] [--force] [-DNAME=VALUE…]
//
// --native-only builds the addon or fails; --force builds it again even where it is up to date; -DNAME=VALUE is handed
// to CMake, as in -DBLA_VENDOR=FLAME (cmake/Blas.cmake).
// Only Node's own modules are used here and in setup/: nothing is installed yet.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureAddon } from './setup/addon.mjs';
import { newest, ROOT, run, SetupError, say } from './setup/run.mjs';

const FLAGS = ['--packages-only', '--native-only', '--force'];

/** The command line: flags, and definitions of CMake. */
function readArguments(given) {
  const unknown = given.find((argument) => !FLAGS.includes(argument) && !/^-D[^=]+=/.test(argument));
  if (unknown) throw new SetupError(`expected ${FLAGS.join(', ')} or -DNAME=VALUE but received ${unknown}`);
  const [packagesOnly, nativeOnly, force] = FLAGS.map((flag) => given.includes(flag));
  return { packagesOnly, nativeOnly, force, definitions: given.filter((argument) => argument.startsWith('-D')) };
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  throw new SetupError(`Node ^20.19 or >=22.12 is needed; this is ${process.versions.node}`);
}

function installPackages() {
  if (newest('node_modules/.package-lock.json') > newest('package-lock.json')) return;
  say('installing npm packages (half a minute)…');
  // npm's own path is known when npm runs this script, also where it is not on the PATH.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const { ok, output } = run(npm[0], [...npm.slice(1), 'ci', '--include=dev', '--no-audit', '--no-fund']);
  if (!ok) throw new SetupError(`npm packages could not be installed:\n${output}`);
}

function buildTypeScript() {
  const stamp = join('dist', '.built');
  const sources = ['src', 'binding.d.ts', 'tsconfig.json', 'tsconfig.build.json', 'tsconfig.browser.json'];
  if (newest(stamp) > newest(...sources, 'scripts/bundle.mjs', 'package-lock.json')) return;
  say('building TypeScript…');
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { ok, output } = run(process.execPath, [tsc, '-p', 'tsconfig.build.json']);
  if (!ok) throw new SetupError(`TypeScript could not be built:\n${output}`);
  const bundled = run(process.execPath, [join(ROOT, 'scripts', 'bundle.mjs')]);
  if (!bundled.ok) throw new SetupError(`The report's page could not be bundled:\n${bundled.output}`);
  writeFileSync(join(ROOT, stamp), '');
}

try {
  const { packagesOnly, nativeOnly, force, definitions } = readArguments(process.argv.slice(2));
  checkNode();
  installPackages();
  if (!packagesOnly) ensureAddon({ force, required: nativeOnly, definitions });
  if (!packagesOnly && !nativeOnly) buildTypeScript();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
