// Looks for memory errors, undefined behaviour and data races in the native code: `npm run sanitize`.
//
//   node scripts/sanitize.mjs [address] [thread] [addon]      (default: all three)
//
// address  the engine's tests under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer
// thread   the same under ThreadSanitizer, with the shared OpenBLAS, whose number of threads the engine sets to 1
// addon    the addon in Node under the sanitizers of "address", with the vitest files that use both backends
//
// For Linux and GCC. OpenBLAS is not instrumented, so nothing inside it is checked and it needs no suppressions. Each
// part has its own folder in build/. Exits 1 if any part fails.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesOnBothBackends } from './backend-tests.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SANITIZERS = { address: 'address,undefined', thread: 'thread', addon: 'address,undefined' };
const OPTIMISE = '-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g';
const ENV = {
  ...process.env,
  // The sanitizer's runtime library is GCC's, which is preloaded below.
  CXX: 'g++',
  CMAKE_BUILD_PARALLEL_LEVEL: String(availableParallelism()),
  UBSAN_OPTIONS: 'print_stacktrace=1',
};

/** A part could not run, or found an error. */
class Failure extends Error {}

function say(text) {
  process.stdout.write(`[sanitize] ${text}\n`);
}

/** Runs a command without showing its output. */
function quiet(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', env: ENV, maxBuffer: 2 ** 28, ...options });
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}` };
}

/** Runs a build step and shows its output if it fails. */
function build(command, args) {
  const { ok, output } = quiet(command, args);
  if (!ok) throw new Failure(`${[command, ...args].join(' ')} failed:\n${output}`);
}

/** Runs tests and shows their output. */
function test(command, args, env = {}) {
  const { status, signal } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...ENV, ...env } });
  if (status !== 0) throw new Failure(`${command} ended with ${signal ?? status}`);
}

/** Whether a small program with these headers compiles and links. */
function links(program, ...flags) {
  return quiet('g++', ['-x', 'c++', '-std=c++20', '-', '-o', '/dev/null', ...flags], { input: program }).ok;
}

/** @throws Failure with what to install if a tool is missing */
function requireTools(parts) {
  const empty = 'int main() {}\n';
  const missing = [];
  if (process.platform !== 'linux') throw new Failure('The sanitizers are configured for Linux only');
  const has = (what, debianPackage, found) => found || missing.push({ what, debianPackage });
  const compiler = has('GCC', 'g++', quiet('g++', ['--version']).ok) === true;
  has('CMake', 'cmake', quiet('cmake', ['--version']).ok);
  has('make or Ninja', 'make', quiet('make', ['--version']).ok || quiet('ninja', ['--version']).ok);
  for (const sanitizer of compiler ? new Set(parts.map((part) => SANITIZERS[part])) : []) {
    // Package names are Debian's, where the compiler's package contains these libraries.
    has(`GCC's runtime for -fsanitize=${sanitizer}`, 'g++', links(empty, `-fsanitize=${sanitizer}`));
  }
  if (compiler && parts.some((part) => part !== 'addon')) {
    has('GoogleTest', 'libgtest-dev', links(`#include <gtest/gtest.h>\n${empty}`, '-lgtest', '-lpthread'));
  }
  if (compiler) has('OpenBLAS', 'libopenblas-dev', links(empty, '-lopenblas'));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => tool.debianPackage))].join(' ');
  throw new Failure(
    `Missing: ${missing.map((tool) => tool.what).join(', ')}. On Debian and Ubuntu:  sudo apt-get install ${packages}`,
  );
}

function engineTests(part) {
  const folder = join('build', `sanitize-${part}`);
  const options = [
    '-DTWO_LAYER_NET_ENGINE_TESTS=ON',
    '-DTWO_LAYER_NET_WERROR=ON',
    '-DCMAKE_BUILD_TYPE=Debug',
    OPTIMISE,
    // Both kinds of OpenBLAS are tested: the other parts use the private copy.
    `-DTWO_LAYER_NET_PRIVATE_BLAS=${part === 'thread' ? 'OFF' : 'ON'}`,
  ];
  build('cmake', ['-S', '.', '-B', folder, ...options, `-DTWO_LAYER_NET_SANITIZE=${SANITIZERS[part]}`]);
  build('cmake', ['--build', folder]);
  const program = join(ROOT, folder, 'engine_test');
  // ThreadSanitizer does not support the address randomization of newer kernels, so it is switched off for the tests.
  const randomized = quiet(program, ['--gtest_list_tests']).output.includes('unexpected memory mapping');
  const [command, ...args] = [...(randomized ? ['setarch', '-R'] : []), program, '--gtest_brief=1'];
  test(command, args);
}

function addonTests() {
  const home = join(ROOT, 'build', 'sanitize-addon');
  const cmakeJs = join(ROOT, 'node_modules', 'cmake-js', 'bin', 'cmake-js');
  const definitions = [OPTIMISE, '-DTWO_LAYER_NET_WERROR=ON', `-DTWO_LAYER_NET_SANITIZE=${SANITIZERS.addon}`];
  const custom = definitions.map((definition) => definition.replace(/^-D/, '--CD'));
  build(process.execPath, [cmakeJs, 'compile', '--config', 'Debug', '--out', join(home, 'build'), ...custom]);

  const runtime = quiet('g++', ['-print-file-name=libasan.so']).output.trim();
  if (!isAbsolute(runtime)) throw new Failure('GCC could not find its libasan.so');
  const env = {
    // The addon is loaded from here instead of the package's folder.
    TWO_LAYER_NET_PREBUILD: home,
    // The runtime must be the first library in the process, and node is not linked with it.
    LD_PRELOAD: runtime,
    // Node does not free its memory at exit, so every run would be reported.
    ASAN_OPTIONS: 'detect_leaks=0',
    // The article's complete runs take minutes here and reach no code that the smaller tests do not.
    CIFAR10_DIR: '',
  };
  // Without the addon, the tests would run on TypeScript only.
  const load = `console.log(require('node-gyp-build').resolve('.'), require('node-gyp-build')('.').info().blas)`;
  const loaded = quiet(process.execPath, ['-e', load], { env: { ...ENV, ...env } });
  if (!loaded.ok || !loaded.output.startsWith(home)) throw new Failure(`The addon does not load:\n${loaded.output}`);
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['--testTimeout=600000'];
  test(process.execPath, [vitest, 'run', ...options, ...filesOnBothBackends()], env);
}

const chosen = process.argv.slice(2);
const parts = chosen.length > 0 ? chosen : Object.keys(SANITIZERS);
const results = [];
try {
  const unknown = parts.find((part) => !(part in SANITIZERS));
  if (unknown) throw new Failure(`Expected address, thread or addon but received ${unknown}`);
  requireTools(parts);
  for (const part of parts) {
    const title = `${part} (-fsanitize=${SANITIZERS[part]})`;
    say(`${title}…`);
    try {
      if (part === 'addon') addonTests();
      else engineTests(part);
      results.push(`passed  ${title}`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      results.push(`FAILED  ${title}: ${error.message}`);
      process.exitCode = 1;
    }
  }
  for (const result of results) say(result);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  say(error.message);
  process.exitCode = 1;
}
