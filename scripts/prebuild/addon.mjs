// Builds one addon with the libraries inside it: prebuildify calls cmake-js, which calls CMake.
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildOpenBlas, buildOpenBlasByCMake } from './openblas.mjs';
import { ROOT, run, say, WORK } from './process.mjs';
import { unpackedSource } from './sources.mjs';
import { prebuiltFile, TARGETS } from './targets.mjs';
import { zigTools } from './zig.mjs';

const PROCESSORS = { x64: 'x86_64', arm64: 'aarch64' };

/** Builds a target's addon into prebuilds/ and returns its file. */
export function buildAddon(name) {
  const target = TARGETS[name];
  const definitions = {
    TWO_LAYER_NET_PREBUILT: 'ON',
    TWO_LAYER_NET_WERROR: 'ON',
    TWO_LAYER_NET_BASELINE: target.baseline ?? '',
    TWO_LAYER_NET_HIGHWAY_SOURCE: unpackedSource('highway'),
    ...TOOLS[target.platform](name, target),
  };
  say(`${name}: building the addon…`);
  // A separate folder, because prebuildify takes what is in its build/Release; the clone's own build is not touched.
  const staging = join(WORK, `${name}-addon`);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const { platform, arch, libc } = target;
  // With the hashes of earlier addons, the new one would be reported as damaged.
  rmSync(join(ROOT, 'prebuilds', 'SHA256SUMS'), { force: true });
  const prebuildify = join(ROOT, 'node_modules', 'prebuildify', 'bin.js');
  const tags = libc ? ['--tag-libc', libc] : [];
  run(process.execPath, [prebuildify, '--cwd', staging, '--out', ROOT, '--name', 'two-layer-net', '--napi', ...tags], {
    env: {
      ...process.env,
      PREBUILD_PLATFORM: platform,
      PREBUILD_ARCH: arch,
      PREBUILD_NODE_GYP: nodeGyp(),
      TWO_LAYER_NET_CMAKE: JSON.stringify(definitions),
      ...(platform === 'win32' ? { CMAKE_GENERATOR_TOOLSET: 'ClangCL' } : {}),
      CMAKE_BUILD_PARALLEL_LEVEL: String(availableParallelism()),
    },
  });
  return join(ROOT, prebuiltFile(name));
}

/** prebuildify runs this as a program; on Windows through a shell, which cannot run a script. */
function nodeGyp() {
  const script = join(ROOT, 'scripts', 'prebuild', 'cmake-js-as-node-gyp.mjs');
  return process.platform === 'win32' ? `"${process.execPath}" "${script}"` : script;
}

/**
 * zig, and an OpenBLAS of its own. The linker strips (cmake/Prebuilt.cmake): binutils' strip knows one architecture.
 */
function withZig(name, target) {
  const { cxx, ar, ranlib } = zigTools(target);
  const { archive, include } = buildOpenBlas(name, target);
  return {
    CMAKE_SYSTEM_NAME: 'Linux',
    CMAKE_SYSTEM_PROCESSOR: PROCESSORS[target.arch],
    CMAKE_CXX_COMPILER: cxx,
    CMAKE_AR: ar,
    CMAKE_RANLIB: ranlib,
    TWO_LAYER_NET_BLAS_ARCHIVE: archive,
    TWO_LAYER_NET_BLAS_INCLUDE: include,
  };
}

/** The system's compiler, and the BLAS that is part of macOS. */
function withApple(_name, target) {
  const architecture = target.arch === 'x64' ? 'x86_64' : 'arm64';
  return { BLA_VENDOR: 'Apple', CMAKE_OSX_ARCHITECTURES: architecture, CMAKE_OSX_DEPLOYMENT_TARGET: '13.3' };
}

/** Visual Studio's clang, and all of OpenBLAS. */
function withVisualStudio(name, target) {
  const { archive, include } = buildOpenBlasByCMake(name, target);
  return {
    TWO_LAYER_NET_BLAS_ARCHIVE: archive,
    TWO_LAYER_NET_BLAS_INCLUDE: include,
    CMAKE_MSVC_RUNTIME_LIBRARY: 'MultiThreaded',
  };
}

const TOOLS = { linux: withZig, darwin: withApple, win32: withVisualStudio };
