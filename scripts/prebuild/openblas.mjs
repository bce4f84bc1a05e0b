// Builds the parts of OpenBLAS that cblas_sgemm and cblas_dgemm need: about 300 KB instead of 25 MB, in one minute
// instead of ten. OpenBLAS's own Makefiles compile the objects, with their own flags.
//
// With DYNAMIC_ARCH, a table for each processor points to all kernels of OpenBLAS. Entries that matrix products never
// use point to one function that aborts with a message, which explains more than a null pointer.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Failure, run, say, WORK } from './process.mjs';
import { SOURCES, unpackedSource } from './sources.mjs';
import { ZIG_VERSION, zigTools } from './zig.mjs';

const PRODUCTS = ['nn', 'nt', 'tn', 'tt'].flatMap((form) => [`sgemm_${form}.o`, `dgemm_${form}.o`]);
const objectsOf = ({ dispatch }) => ({
  interface: ['cblas_sgemm.o', 'cblas_dgemm.o'],
  'driver/level3': PRODUCTS,
  'driver/others': [
    'memory.o',
    'openblas_env.o',
    'openblas_get_config.o',
    'openblas_get_parallel.o',
    'openblas_error_handle.o',
    'xerbla.o',
    dispatch,
  ],
});

/** Matches the names of kernels for float32 and float64 matrix products. */
const OF_PRODUCTS = /^[sd]gemm_/;

/** Builds the archive for a target unless it exists. Returns it and the folder of cblas.h. */
export function buildOpenBlas(name, target) {
  const folder = join(WORK, `${name}-openblas-${SOURCES.openblas.version}-${recipe(target)}`);
  const built = { archive: join(folder, 'lib', 'libopenblas.a'), include: join(folder, 'include') };
  if (existsSync(built.archive)) return built;
  say(`${name}: OpenBLAS ${SOURCES.openblas.version}, matrix products only (about a minute)…`);
  const sources = join(folder, 'sources');
  rmSync(folder, { recursive: true, force: true });
  cpSync(unpackedSource('openblas'), sources, { recursive: true });
  keepBlockingOfKernels(sources);
  const make = maker(sources, target);
  const objects = Object.entries(objectsOf(target.openblas)).flatMap(([part, files]) => make(part, files));
  for (const core of [target.openblas.fallback, ...target.openblas.cores])
    objects.push(...kernels(sources, make, core));
  writeHeaders(sources, built.include);
  archive(built.archive, objects, target);
  return built;
}

/**
 * Builds all of OpenBLAS with its own CMake files and clang-cl, for Windows, which has no make. Not tested yet.
 */
export function buildOpenBlasByCMake(name, target) {
  const folder = join(WORK, `${name}-openblas-${SOURCES.openblas.version}-${recipe(target)}`);
  const built = { archive: join(folder, 'lib', 'openblas.lib'), include: join(folder, 'include', 'openblas') };
  if (existsSync(built.archive)) return built;
  const sources = join(folder, 'sources');
  rmSync(folder, { recursive: true, force: true });
  cpSync(unpackedSource('openblas'), sources, { recursive: true });
  keepBlockingOfKernels(sources);
  const definitions = {
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_INSTALL_PREFIX: folder,
    CMAKE_MSVC_RUNTIME_LIBRARY: 'MultiThreaded',
    CMAKE_C_COMPILER: 'clang-cl',
    CMAKE_POLICY_DEFAULT_CMP0091: 'NEW',
    BUILD_SHARED_LIBS: 'OFF',
    DYNAMIC_ARCH: 'ON',
    DYNAMIC_LIST: target.openblas.cores.join(';'),
    USE_THREAD: 'OFF',
    USE_LOCKING: 'ON',
    NOFORTRAN: 'ON',
    BUILD_WITHOUT_LAPACK: 'ON',
    BUILD_TESTING: 'OFF',
    CMAKE_C_FLAGS: '-Dgetenv=two_layer_net_getenv',
  };
  const words = Object.entries(definitions).map(([key, value]) => `-D${key}=${value}`);
  const build = join(folder, 'build');
  run('cmake', ['-G', 'Ninja', '-S', sources, '-B', build, ...words]);
  run('cmake', ['--build', build, '--target', 'install']);
  return built;
}

/** A hash of everything that affects the build. */
function recipe(target) {
  const hash = createHash('sha256');
  for (const file of ['openblas.mjs', 'zig.mjs']) hash.update(readFileSync(new URL(file, import.meta.url)));
  return hash
    .update(JSON.stringify([target, ZIG_VERSION, SOURCES.openblas]))
    .digest('hex')
    .slice(0, 8);
}

/**
 * Keeps the block sizes that each kernel was written for. OpenBLAS 0.3.34 changes them on Zen 4 and 5, whatever kernels
 * are in use. With the Haswell kernels, which OPENBLAS_CORETYPE can select, the larger blocks overrun its buffers
 * (OpenBLAS issues 6013 and 6021), and the last bits of results would differ from those of all other processors.
 */
function keepBlockingOfKernels(sources) {
  const file = join(sources, 'kernel', 'setparam-ref.c');
  const text = readFileSync(file, 'utf8');
  const condition = 'if (cpuid7_ebx & (1 << 16)) {';
  if (text.split(condition).length !== 2) {
    throw new Failure(
      `${file}: expected “${condition}” exactly once: check whether this version still needs the change`,
    );
  }
  writeFileSync(file, text.replace(condition, 'if (0) {'));
}

/** Returns a function that runs make in a folder of OpenBLAS and returns the paths of the files that it made. */
function maker(sources, target) {
  const { cc, ar, ranlib } = zigTools(target);
  const { common, cores } = target.openblas;
  const variables = {
    CC: cc,
    AR: ar,
    RANLIB: ranlib,
    HOSTCC: 'cc',
    TARGET: common,
    DYNAMIC_ARCH: 1,
    DYNAMIC_LIST: cores.join(' '),
    // The engine has the threads, and several may call at once.
    USE_THREAD: 0,
    USE_LOCKING: 1,
    NUM_THREADS: 64,
    NOFORTRAN: 1,
    NO_LAPACK: 1,
    ONLY_CBLAS: 1,
    NO_SHARED: 1,
    NO_WARMUP: 1,
    GEMM_GEMV_FORWARD: 0,
    BUILD_SINGLE: 1,
    BUILD_DOUBLE: 1,
    BUILD_COMPLEX: 0,
    BUILD_COMPLEX16: 0,
    BUILD_BFLOAT16: 0,
    BUILD_HFLOAT16: 0,
    // It reads the environment through native/engine/blas/environment.cpp.
    COMMON_OPT: '-O2 -fvisibility=hidden -fPIC -Dgetenv=two_layer_net_getenv',
  };
  const words = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
  // This make must not inherit the flags of an outer one.
  const env = { ...process.env, MAKEFLAGS: '' };
  return (part, files, ...more) => {
    run('make', ['-s', `-j${availableParallelism()}`, ...words, ...more, '-C', part, ...files], { cwd: sources, env });
    return files.map((file) => join(sources, part, file));
  };
}

/** The table of one processor, its kernels for matrix products, and a stub for all other kernels. */
function kernels(sources, make, core) {
  const more = ['GOTOBLAS_MAKEFILE=', `TARGET_CORE=${core}`];
  const [table] = make('kernel', [`setparam_${core}.o`], ...more);
  const wanted = run('nm', ['--undefined-only', '--format=posix', table])
    .split('\n')
    .map((line) => line.split(' ')[0])
    .filter((symbol) => symbol.endsWith(`_${core}`));
  const ofProducts = wanted.filter((symbol) => OF_PRODUCTS.test(symbol));
  if (ofProducts.length === 0) throw new Failure(`OpenBLAS has no matrix products for ${core}`);
  const others = wanted.filter((symbol) => !OF_PRODUCTS.test(symbol));
  writeFileSync(join(sources, 'kernel', `stub_${core}.c`), stubs(others));
  return [table, ...make('kernel', [...ofProducts.map((symbol) => `${symbol}.o`), `stub_${core}.o`], ...more)];
}

/** A C source that gives every symbol the same address: a function that aborts. */
function stubs(symbols) {
  const alias = '__attribute__((alias("stub"), visibility("hidden")))';
  return [
    '#include <stdio.h>\n#include <stdlib.h>\n',
    'static void stub(void) {',
    '  fputs("two-layer-net: called a part of OpenBLAS that is not in this build\\n", stderr);\n  abort();\n}\n',
    ...symbols.map((symbol) => `${alias} void ${symbol}(void);`),
    '',
  ].join('\n');
}

/** Writes the headers like OpenBLAS's `make install`. */
function writeHeaders(sources, include) {
  mkdirSync(include, { recursive: true });
  const read = (file) => readFileSync(join(sources, file), 'utf8');
  const settings = read('config.h').replaceAll(/^#define\s+/gm, '#define OPENBLAS_');
  const version = `#define OPENBLAS_VERSION " OpenBLAS ${SOURCES.openblas.version} "`;
  const guarded = ['#ifndef OPENBLAS_CONFIG_H', '#define OPENBLAS_CONFIG_H', settings, version];
  writeFileSync(
    join(include, 'openblas_config.h'),
    [...guarded, read('openblas_config_template.h'), '#endif', ''].join('\n'),
  );
  writeFileSync(join(include, 'cblas.h'), read('cblas.h').replaceAll('common', 'openblas_config'));
}

function archive(file, objects, target) {
  mkdirSync(join(file, '..'), { recursive: true });
  const unfinished = `${file}.part`;
  rmSync(unfinished, { force: true });
  run(zigTools(target).ar, ['rcs', unfinished, ...objects]);
  cpSync(unfinished, file);
  rmSync(unfinished);
}
