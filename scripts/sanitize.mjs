// Looks for memory errors, undefined behaviour and data races in the native code: `npm run sanitize`.
//
//   node scripts/sanitize.mjs [address] [thread] [addon]      (all three by default)
//
// address  the engine's tests under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer
// thread   those of them that say something of threads, under ThreadSanitizer, with the shared OpenBLAS, whose thread
//          count the engine controls
// addon    the addon under AddressSanitizer and UndefinedBehaviorSanitizer, in Node, by the tests that run on both
//          backends
//
// For Linux and GCC. OpenBLAS is not instrumented: errors inside it are not found, and need no suppressions.
// `address` and `addon` share one build. Their tests run while `thread` is compiled, so that no core waits for a long
// test. Each line of output starts with the name of its part. Exits with 1 if a part fails.
import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { testsOnBackends } from './backend-tests.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MEMORY = 'address,undefined';
const SANITIZERS = { address: MEMORY, thread: 'thread', addon: MEMORY };
/** The folder that node-gyp-build searches for the instrumented addon; the shared build is in its `build/`. */
const MEMORY_HOME = join(ROOT, 'build', 'sanitize-memory');
/** Targets that a build leaves out. SSSE3 has the vectors of SSE4: the same accesses to memory. */
const withoutTargets = (...names) =>
  `-DTWO_LAYER_NET_WITHOUT_SIMD_TARGETS=${names.map((name) => `HWY_${name}`).join('|')}`;
const OPTIMISE = '-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g1';
const ENV = {
  ...process.env,
  // GCC's runtime library is looked up and preloaded below.
  CXX: 'g++',
  CMAKE_BUILD_PARALLEL_LEVEL: String(availableParallelism()),
  UBSAN_OPTIONS: 'print_stacktrace=1',
};

/** A part could not be run, or found an error. */
class Failure extends Error {}

function say(text) {
  process.stdout.write(`[sanitize] ${text}\n`);
}

/** Runs a command without showing its output. */
function quiet(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', env: ENV, maxBuffer: 2 ** 28, ...options });
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}` };
}

/**
 * Runs a program and shows its output line by line, after the name of the part.
 *
 * @throws Failure unless it exits with 0
 */
async function run(part, command, args, env = {}) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...ENV, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => process.stdout.write(`[${part}] ${line}\n`));
  }
  const status = await new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Failure(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (status !== 0) throw new Failure(`${command} ended with ${status}`);
}

/**
 * Runs a build step, whose output is shown only if it fails.
 *
 * @throws Failure unless it exits with 0
 */
async function build(command, args) {
  const child = spawn(command, args, { cwd: ROOT, env: ENV, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const status = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (status !== 0) throw new Failure(`${[command, ...args].join(' ')} failed (${status}):\n${output}`);
}

/** Whether a small program with these headers compiles and links. */
function links(program, ...flags) {
  return quiet('g++', ['-x', 'c++', '-std=c++20', '-', '-o', '/dev/null', ...flags], { input: program }).ok;
}

/** Throws where a tool is missing, with the command that installs it. */
function requireTools(parts) {
  const empty = 'int main() {}\n';
  const missing = [];
  if (process.platform !== 'linux') throw new Failure('The sanitizers are set up for Linux only');
  const has = (what, debianPackage, found) => found || missing.push({ what, debianPackage });
  const compiler = has('GCC', 'g++', quiet('g++', ['--version']).ok) === true;
  has('CMake', 'cmake', quiet('cmake', ['--version']).ok);
  has('make or Ninja', 'make', quiet('make', ['--version']).ok || quiet('ninja', ['--version']).ok);
  for (const sanitizer of compiler ? new Set(parts.map((part) => SANITIZERS[part])) : []) {
    // Debian's and Fedora's names differ. In Debian they come with the compiler.
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

/** One build for `address` and `addon`: cmake-js compiles the addon and the engine's tests from the same objects. */
async function buildForMemory(parts) {
  const definitions = [
    OPTIMISE,
    withoutTargets('SSSE3'),
    '-DTWO_LAYER_NET_WERROR=ON',
    `-DTWO_LAYER_NET_ENGINE_TESTS=${parts.includes('address') ? 'ON' : 'OFF'}`,
    `-DTWO_LAYER_NET_SANITIZE=${MEMORY}`,
  ].map((definition) => definition.replace(/^-D/, '--CD'));
  const cmakeJs = join(ROOT, 'node_modules', 'cmake-js', 'bin', 'cmake-js');
  const out = join(MEMORY_HOME, 'build');
  // Not `compile`, which keeps the definitions of an earlier build.
  await build(process.execPath, [cmakeJs, 'configure', '--config', 'Debug', '--out', out, ...definitions]);
  await build('cmake', ['--build', out]);
}

async function buildForThreads() {
  const options = [
    '-DTWO_LAYER_NET_ENGINE_TESTS=ON',
    '-DTWO_LAYER_NET_WERROR=ON',
    '-DCMAKE_BUILD_TYPE=Debug',
    OPTIMISE,
    // Both ways of linking are tested: the other build links the private copy where it can.
    '-DTWO_LAYER_NET_PRIVATE_BLAS=OFF',
    '-DTWO_LAYER_NET_SANITIZE=thread',
    // Which threads share what does not depend on the width of vectors: one target, and the plain one where that is
    // not supported, take a third of the time of all.
    withoutTargets('SSSE3', 'SSE4', 'AVX3'),
  ];
  const folder = join('build', 'sanitize-thread');
  await build('cmake', ['-S', '.', '-B', folder, ...options]);
  await build('cmake', ['--build', folder]);
}

/** The engine's tests that say more of the other part, in patterns of GoogleTest. They take half of the time. */
const LEFT_OUT = {
  // Threads share nothing in them that they do not share in others.
  thread: ['*.MatchTheNaive*', '*.ReadNothingPastTheEnd', 'CacheSizes*', 'PreparedPart*'],
  // With more threads than two, they use no other memory.
  address: ['SimdSteps*.GiveTheSameBitsForAnyNumberOfThreads'],
};

/** Runs the engine's tests of a build. */
async function engineTests(part, folder) {
  const program = join(folder, 'engine_test');
  // A newer kernel may randomize addresses further than ThreadSanitizer expects. It then runs only without that.
  const spread = quiet(program, ['--gtest_list_tests']).output.includes('unexpected memory mapping');
  const filter = `--gtest_filter=-${LEFT_OUT[part].join(':')}`;
  const [command, ...args] = [...(spread ? ['setarch', '-R'] : []), program, '--gtest_brief=1', filter];
  await run(part, command, args);
}

async function addonTests() {
  const runtime = quiet('g++', ['-print-file-name=libasan.so']).output.trim();
  if (!isAbsolute(runtime)) throw new Failure('GCC does not say where its libasan.so is');
  const env = {
    // node-gyp-build searches this folder instead of the package's.
    TWO_LAYER_NET_PREBUILD: MEMORY_HOME,
    // The runtime must be the first library of the process, and node is not linked to it.
    LD_PRELOAD: runtime,
    // Node does not free its memory when it ends, so every run would be reported.
    ASAN_OPTIONS: 'detect_leaks=0',
    // The article's full training runs take minutes here, and reach nothing that the smaller tests do not.
    CIFAR10_DIR: '',
  };
  // If the addon did not load, the tests would pass on TypeScript alone.
  const load = `console.log(require('node-gyp-build').resolve('.'), require('node-gyp-build')('.').info().blas)`;
  const loaded = quiet(process.execPath, ['-e', load], { env: { ...ENV, ...env } });
  if (!loaded.ok || !loaded.output.startsWith(MEMORY_HOME)) {
    throw new Failure(`The addon does not load:\n${loaded.output}`);
  }
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  // On the other backends a test runs no native code, and npm test runs it.
  const options = ['--reporter=default', '--testTimeout=600000', '--testNamePattern=^(?!.*: (?:js|wasm) )'];
  for (const tests of testsOnBackends())
    await run('addon', process.execPath, [vitest, 'run', ...options, ...tests], env);
}

const results = [];

/** Runs a part and notes how it ended, and in how many seconds. */
async function runPart(part, tests) {
  const title = `${part} (-fsanitize=${SANITIZERS[part]})`;
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(0)} s`;
  try {
    await tests();
    results.push(`passed  ${title}, ${seconds()}`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    results.push(`FAILED  ${title}, ${seconds()}: ${error.message}`);
    process.exitCode = 1;
  }
}

const chosen = process.argv.slice(2);
const parts = chosen.length > 0 ? chosen : Object.keys(SANITIZERS);
try {
  const unknown = parts.find((part) => !(part in SANITIZERS));
  if (unknown) throw new Failure(`Expected address, thread or addon but received ${unknown}`);
  requireTools(parts);
  say(`${parts.join(', ')}…`);
  if (parts.some((part) => SANITIZERS[part] === MEMORY)) await buildForMemory(parts);
  const tests = {
    address: () => engineTests('address', join(MEMORY_HOME, 'build')),
    addon: addonTests,
    thread: async () => {
      await buildForThreads();
      await engineTests('thread', join(ROOT, 'build', 'sanitize-thread'));
    },
  };
  await Promise.all(parts.map((part) => runPart(part, tests[part])));
  for (const result of results) say(result);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  say(error.message);
  process.exitCode = 1;
}
