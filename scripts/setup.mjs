// Sets up a fresh clone, step by step, for `npm run train` and `npm test`: npm packages, the toolchain, the addon, the
// TypeScript build. A step that is done is skipped; it tells by file times, so that a second start costs milliseconds.
// Without a toolchain the TypeScript backend serves, and the one command that installs it is printed.
//
//   node scripts/setup.mjs [--packages-only | --native-only] [--force]
//
// --native-only builds the addon or fails; --force builds it again even where it is up to date.
// Only Node's own modules are used here: nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const ADDON = join(ROOT, 'build', 'Release', 'two_layer_net.node');
/** Why the addon was not built the last time; without it every start would try again. */
const FAILURE = join(ROOT, 'build', 'native-build-failed.txt');
const FLAGS = new Set(process.argv.slice(2));

/** A step could not be done; the message says why and what to do. */
class SetupError extends Error {}

/** There is no toolchain, and none can be installed from here. */
class MissingTools extends SetupError {}

/** How a failure that only lacked tools begins. */
const MISSING = 'missing tools: ';

function say(text) {
  process.stderr.write(`[setup] ${text}\n`);
}

/** Runs a command; its output is shown only where it fails. */
function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28, ...options });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  return { ok: result.status === 0, output: result.error ? `${result.error.message}\n${output}` : output };
}

function works(command, args = ['--version'], options = {}) {
  return run(command, args, options).ok;
}

/** The time of the newest file at or under the given paths (0 where there is none). */
function newest(...paths) {
  let time = 0;
  for (const path of paths) {
    const entry = join(ROOT, path);
    if (!existsSync(entry)) continue;
    const stat = statSync(entry);
    const inside = stat.isDirectory() ? newest(...readdirSync(entry).map((name) => join(path, name))) : stat.mtimeMs;
    time = Math.max(time, inside);
  }
  return time;
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

/** What the build of the addon lacks on this machine. */
function missingTools() {
  const compiler = [process.env.CXX, 'c++', 'g++', 'clang++'].find((name) => name && works(name));
  const missing = [];
  if (!compiler) missing.push('a C++ compiler');
  if (!works('cmake')) missing.push('CMake');
  if (!works('make') && !works('ninja')) missing.push('make or Ninja');
  if (compiler && !works('pkg-config', ['--exists', 'openblas']) && !linksOpenBlas(compiler)) missing.push('OpenBLAS');
  return missing;
}

/** Any BLAS may have cblas.h; this one has a function of OpenBLAS's own. */
function linksOpenBlas(compiler) {
  const program = '#include <cblas.h>\nint main() { return openblas_get_config() == nullptr; }\n';
  return ['', '/usr/include/openblas'].some((folder) =>
    works(compiler, ['-x', 'c++', ...(folder ? ['-I', folder] : []), '-', '-lopenblas', '-o', '/dev/null'], {
      input: program,
    }),
  );
}

const APT_PACKAGES = ['g++', 'make', 'cmake', 'pkg-config', 'libopenblas-dev', 'libhwy-dev'];

/** The platform's one command that installs the toolchain. */
function installCommand() {
  if (process.platform === 'darwin') return 'xcode-select --install; brew install cmake openblas highway pkg-config';
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const ids = [...release.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap((match) => match[1].split(' '));
  const commands = {
    debian: `sudo apt-get install ${APT_PACKAGES.join(' ')}`,
    ubuntu: `sudo apt-get install ${APT_PACKAGES.join(' ')}`,
    fedora: 'sudo dnf install gcc-c++ make cmake pkgconf-pkg-config openblas-devel highway-devel',
    rhel: 'sudo dnf install gcc-c++ make cmake pkgconf-pkg-config openblas-devel highway-devel',
    suse: 'sudo zypper install gcc-c++ make cmake pkg-config openblas-devel highway-devel',
    arch: 'sudo pacman -S --needed base-devel cmake openblas highway',
    alpine: 'sudo apk add g++ make cmake pkgconf openblas-dev highway-dev',
  };
  const id = ids.find((name) => name in commands);
  return id ? commands[id] : 'install a C++ compiler (C++20), CMake 3.18 or newer, make, and OpenBLAS with its headers';
}

/** Installs the toolchain by apt where that needs nobody's password. */
function installTools(missing) {
  const asRoot = process.getuid?.() === 0 ? [] : works('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
  if (!asRoot || !works('apt-get')) {
    throw new MissingTools(`${missing.join(', ')} not found. Install with:  ${installCommand()}`);
  }
  say(`installing ${missing.join(', ')} with apt-get (a minute or two)…`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => run([...asRoot, 'apt-get'][0], [...asRoot, 'apt-get', ...args].slice(1), { env });
  apt('update');
  const { ok, output } = apt('install', '-y', '--no-install-recommends', ...APT_PACKAGES);
  if (!ok) throw new SetupError(`apt-get could not install ${missing.join(', ')}:\n${output}`);
}

/** What the engine's own kernels are written with; as CMakeLists.txt looks for it. */
function hasHighway() {
  return works('pkg-config', ['--atleast-version=1.0.3', 'libhwy']);
}

/** The addon builds without it, too. */
function installHighway() {
  try {
    installTools(['Highway']);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`going on without Google Highway: training steps take longer. ${error.message}`);
  }
}

function buildAddon() {
  const missing = missingTools();
  if (missing.length > 0) installTools(missing);
  else if (!hasHighway()) installHighway();
  say('building the native addon (half a minute)…');
  const cmakeJs = join(ROOT, 'node_modules', 'cmake-js', 'bin', 'cmake-js');
  const werror = process.env.CI ? ['--CDTWO_LAYER_NET_WERROR=ON'] : [];
  const env = { ...process.env, CMAKE_BUILD_PARALLEL_LEVEL: String(availableParallelism()) };
  // A cache from another place or compiler must not decide this build.
  rmSync(join(ROOT, 'build', 'CMakeCache.txt'), { force: true });
  const { ok, output } = run(process.execPath, [cmakeJs, 'compile', ...werror], { env });
  if (!ok) {
    throw new SetupError(`The addon could not be built. If a tool is missing:  ${installCommand()}\n${output}`);
  }
}

/** Whether the last build only lacked tools, and they are here now. */
function toolsCameSince() {
  return readFileSync(FAILURE, 'utf8').startsWith(MISSING) && missingTools().length === 0;
}

/** The addon, or a word why TypeScript serves instead. */
function ensureAddon() {
  const sources = newest('CMakeLists.txt', 'cmake', 'native');
  const force = FLAGS.has('--force');
  if (!force && newest('build/Release/two_layer_net.node') > sources) return;
  if (!force && newest('build/native-build-failed.txt') > sources && !toolsCameSince()) {
    say('no native addon (an earlier build failed; `npm run build:native` tries again): TypeScript backend');
    return;
  }
  try {
    buildAddon();
    rmSync(FAILURE, { force: true });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // An addon of older sources must not serve in place of the one that could not be built.
    rmSync(ADDON, { force: true });
    if (FLAGS.has('--native-only')) throw error;
    mkdirSync(dirname(FAILURE), { recursive: true });
    writeFileSync(FAILURE, `${error instanceof MissingTools ? MISSING : ''}${error.message}\n`);
    say(error.message);
    say('going on with the TypeScript backend; `npm run build:native` tries again');
  }
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
  checkNode();
  installPackages();
  if (!FLAGS.has('--packages-only')) ensureAddon();
  if (!FLAGS.has('--packages-only') && !FLAGS.has('--native-only')) buildTypeScript();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
