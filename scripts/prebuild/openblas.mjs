// OpenBLAS, no more of it than cblas_sgemm and cblas_dgemm need: some 300 KB in place of the 25 MB of the whole
// library, and a minute in place of ten. Its own Makefiles compile the objects, so that every flag is theirs.
//
// With DYNAMIC_ARCH a table for each processor points to all kernels of OpenBLAS. The entries that products of matrices
// never read are led to one function that ends the process with a message: a null pointer would say nothing.
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
    ...['memory.o', 'openblas_env.o', 'openblas_get_config.o', 'openblas_get_parallel.o', 'openblas_error_handle.o'],
    ...['xerbla.o', dispatch],
  ],
});

/** In a kernel's name: that it is for products of float32 or float64 matrices. */
const OF_PRODUCTS = /^[sd]gemm_/;

/** Builds the archive for a target unless it is there; returns it and the folder of cblas.h. */
export function buildOpenBlas(name, target) {
  const folder = join(WORK, `${name}-openblas-${SOURCES.openblas.version}-${recipe(target)}`);
  const built = { archive: join(folder, 'lib', 'libopenblas.a'), include: join(folder, 'include') };
  if (existsSync(built.archive)) return built;
  say(`${name}: OpenBLAS ${SOURCES.openblas.version}, products of matrices only (a minute)…`);
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
 * For Windows, where there is no make: by OpenBLAS's own CMake, with clang-cl, products and all the rest. Untested so
 * far.
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
    ...{ CMAKE_BUILD_TYPE: 'Release', CMAKE_INSTALL_PREFIX: folder, CMAKE_MSVC_RUNTIME_LIBRARY: 'MultiThreaded' },
    ...{ CMAKE_C_COMPILER: 'clang-cl', CMAKE_POLICY_DEFAULT_CMP0091: 'NEW', BUILD_SHARED_LIBS: 'OFF' },
    ...{ DYNAMIC_ARCH: 'ON', DYNAMIC_LIST: target.openblas.cores.join(';'), USE_THREAD: 'OFF', USE_LOCKING: 'ON' },
    ...{ NOFORTRAN: 'ON', BUILD_WITHOUT_LAPACK: 'ON', BUILD_TESTING: 'OFF' },
    CMAKE_C_FLAGS: '-Dgetenv=two_layer_net_getenv',
  };
  const words = Object.entries(definitions).map(([key, value]) => `-D${key}=${value}`);
  const build = join(folder, 'build');
  run('cmake', ['-G', 'Ninja', '-S', sources, '-B', build, ...words]);
  run('cmake', ['--build', build, '--target', 'install']);
  return built;
}

/** Changes with all that decides what is built. */
function recipe(target) {
  const hash = createHash('sha256');
  for (const file of ['openblas.mjs', 'zig.mjs']) hash.update(readFileSync(new URL(file, import.meta.url)));
  return hash
    .update(JSON.stringify([target, ZIG_VERSION, SOURCES.openblas]))
    .digest('hex')
    .slice(0, 8);
}

/**
 * Version 0.3.34 gives Zen 4 and 5 other sizes of blocks, whatever kernels are in use: with those of Haswell, which
 * OPENBLAS_CORETYPE may ask for, they overrun its buffers (OpenBLAS's issues 6013 and 6021), and the last bits of a
 * result would be those of no other processor. Each kernel keeps the sizes that it was written for.
 */
function keepBlockingOfKernels(sources) {
  const file = join(sources, 'kernel', 'setparam-ref.c');
  const text = readFileSync(file, 'utf8');
  const condition = 'if (cpuid7_ebx & (1 << 16)) {';
  if (text.split(condition).length !== 2) {
    throw new Failure(`${file}: expected “${condition}” once. Look whether this version still needs the change`);
  }
  writeFileSync(file, text.replace(condition, 'if (0) {'));
}

/** Runs make in a folder of OpenBLAS; returns the paths of what it was to make. */
function maker(sources, target) {
  const { cc, ar, ranlib } = zigTools(target);
  const { common, cores } = target.openblas;
  const variables = {
    ...{ CC: cc, AR: ar, RANLIB: ranlib, HOSTCC: 'cc', TARGET: common, DYNAMIC_ARCH: 1, DYNAMIC_LIST: cores.join(' ') },
    // Threads are the engine's; several may call at once.
    ...{ USE_THREAD: 0, USE_LOCKING: 1, NUM_THREADS: 64 },
    ...{ NOFORTRAN: 1, NO_LAPACK: 1, ONLY_CBLAS: 1, NO_SHARED: 1, NO_WARMUP: 1, GEMM_GEMV_FORWARD: 0 },
    ...{ BUILD_SINGLE: 1, BUILD_DOUBLE: 1, BUILD_COMPLEX: 0, BUILD_COMPLEX16: 0, BUILD_BFLOAT16: 0, BUILD_HFLOAT16: 0 },
    // What it reads of the environment goes through native/engine/blas/environment.cpp.
    COMMON_OPT: '-O2 -fvisibility=hidden -fPIC -Dgetenv=two_layer_net_getenv',
  };
  const words = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
  // Its own make may not inherit what npm set for this one.
  const env = { ...process.env, MAKEFLAGS: '' };
  return (part, files, ...more) => {
    run('make', ['-s', `-j${availableParallelism()}`, ...words, ...more, '-C', part, ...files], { cwd: sources, env });
    return files.map((file) => join(sources, part, file));
  };
}

/** The table of one processor, its kernels for products, and what stands for all others. */
function kernels(sources, make, core) {
  const more = ['GOTOBLAS_MAKEFILE=', `TARGET_CORE=${core}`];
  const [table] = make('kernel', [`setparam_${core}.o`], ...more);
  const wanted = run('nm', ['--undefined-only', '--format=posix', table])
    .split('\n')
    .map((line) => line.split(' ')[0])
    .filter((symbol) => symbol.endsWith(`_${core}`));
  const ofProducts = wanted.filter((symbol) => OF_PRODUCTS.test(symbol));
  if (ofProducts.length === 0) throw new Failure(`OpenBLAS has no products of matrices for ${core}`);
  const left = wanted.filter((symbol) => !OF_PRODUCTS.test(symbol));
  writeFileSync(join(sources, 'kernel', `left_out_${core}.c`), leftOut(left));
  return [table, ...make('kernel', [...ofProducts.map((symbol) => `${symbol}.o`), `left_out_${core}.o`], ...more)];
}

function leftOut(symbols) {
  const alias = '__attribute__((alias("left_out"), visibility("hidden")))';
  return [
    '#include <stdio.h>\n#include <stdlib.h>\n',
    'static void left_out(void) {',
    '  fputs("two-layer-net: a part of OpenBLAS was called that is not in this build\\n", stderr);\n  abort();\n}\n',
    ...symbols.map((symbol) => `${alias} void ${symbol}(void);`),
    '',
  ].join('\n');
}

/** As OpenBLAS's `make install` writes them. */
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
