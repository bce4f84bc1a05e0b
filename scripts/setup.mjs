// Sets up a fresh clone for `npm run train` and `npm test`: npm packages, the toolchain, the addon and the TypeScript
// build. Steps whose result is newer than its sources are skipped, so a second run takes milliseconds. Without a
// toolchain the TypeScript backend is used, and the command that installs the toolchain is printed.
//
//   node scripts/setup.mjs [--packages-only | --native-only] [--force] [-DNAME=VALUE…]
//
// --native-only builds the addon or fails. --force rebuilds it even if it is up to date. -DNAME=VALUE is passed to
// CMake, for example -DBLA_VENDOR=FLAME (cmake/Blas.cmake).
// This file and setup/ use only Node's built-in modules, because nothing is installed yet.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureAddon } from './setup/addon.mjs';
import { newest, ROOT, run, SetupError, say } from './setup/run.mjs';

const FLAGS = ['--packages-only', '--native-only', '--force'];

/** Parses the command line: flags and CMake definitions. */
function readArguments(given) {
  const unknown = given.find((argument) => !FLAGS.includes(argument) && !/^-D[^=]+=/.test(argument));
  if (unknown) throw new SetupError(`expected ${FLAGS.join(', ')} or -DNAME=VALUE but received ${unknown}`);
  const [packagesOnly, nativeOnly, force] = FLAGS.map((flag) => given.includes(flag));
  return { packagesOnly, nativeOnly, force, definitions: given.filter((argument) => argument.startsWith('-D')) };
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  throw new SetupError(`expected Node ^20.19 or >=22.12 but this is ${process.versions.node}`);
}

function installPackages() {
  if (newest('node_modules/.package-lock.json') > newest('package-lock.json')) return;
  say('installing npm packages (about half a minute)…');
  // When npm runs this script it passes its own path, which may not be on the PATH.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const { ok, output } = run(npm[0], [...npm.slice(1), 'ci', '--include=dev', '--no-audit', '--no-fund']);
  if (!ok) throw new SetupError(`could not install the npm packages:\n${output}`);
}

function buildTypeScript() {
  const stamp = join('dist', '.built');
  const contract = ['binding.d.ts', 'binding-training.d.ts', 'binding-types.d.ts'];
  const sources = ['src', ...contract, 'tsconfig.json', 'tsconfig.build.json', 'tsconfig.browser.json'];
  const bundling = ['scripts/bundle.mjs', 'scripts/commonjs-globals.mjs'];
  if (newest(stamp) > newest(...sources, ...bundling, 'package-lock.json')) return;
  say('building TypeScript…');
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { ok, output } = run(process.execPath, [tsc, '-p', 'tsconfig.build.json']);
  if (!ok) throw new SetupError(`could not build TypeScript:\n${output}`);
  const bundled = run(process.execPath, [join(ROOT, 'scripts', 'bundle.mjs')]);
  if (!bundled.ok) throw new SetupError(`could not bundle the report page:\n${bundled.output}`);
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
