// The targets of prebuilt addons: the platform by prebuildify's names, the compiler, and OpenBLAS's kernels.

/**
 * The oldest glibc that an addon runs on. zig, a clang with the C libraries of every Linux, has it in the name of its
 * target, so that no symbol of a newer version is used.
 */
const OLDEST_GLIBC = '2.28';

/**
 * The kernels in the addon, by OpenBLAS's names of processors: the fallback, the kernels that native/engine chooses,
 * and those that OpenBLAS falls back to for processors in between. `common` is the processor that OpenBLAS's other code
 * is compiled for, `dispatch` its object that chooses the kernels.
 */
const X64_CORES = {
  common: 'PRESCOTT',
  fallback: 'PRESCOTT',
  cores: ['NEHALEM', 'HASWELL', 'ZEN', 'SKYLAKEX'],
  dispatch: 'dynamic.o',
};
const ARM64_CORES = { common: 'ARMV8', fallback: 'ARMV8', cores: ['NEOVERSEN1'], dispatch: 'dynamic_arm64.o' };

/**
 * The processors that code outside the kernels is compiled for. On older ones the addon does not load and says why
 * (native/addon/registration.cpp).
 */
const X64_BASELINE = 'x86-64-v2';

export const TARGETS = {
  'linux-x64-glibc': {
    platform: 'linux',
    arch: 'x64',
    libc: 'glibc',
    baseline: X64_BASELINE,
    openblas: X64_CORES,
    zig: `x86_64-linux-gnu.${OLDEST_GLIBC}`,
    oldestGlibc: OLDEST_GLIBC,
  },
  'linux-x64-musl': {
    platform: 'linux',
    arch: 'x64',
    libc: 'musl',
    baseline: X64_BASELINE,
    openblas: X64_CORES,
    zig: 'x86_64-linux-musl',
  },
  'linux-arm64-glibc': {
    platform: 'linux',
    arch: 'arm64',
    libc: 'glibc',
    openblas: ARM64_CORES,
    zig: `aarch64-linux-gnu.${OLDEST_GLIBC}`,
    oldestGlibc: OLDEST_GLIBC,
  },
  'linux-arm64-musl': {
    platform: 'linux',
    arch: 'arm64',
    libc: 'musl',
    openblas: ARM64_CORES,
    zig: 'aarch64-linux-musl',
  },
  // Built on macOS, with its compiler and BLAS.
  'darwin-arm64': { platform: 'darwin', arch: 'arm64' },
  'darwin-x64': { platform: 'darwin', arch: 'x64', baseline: X64_BASELINE },
  // Built on Windows, with Visual Studio's clang.
  'win32-x64': { platform: 'win32', arch: 'x64', openblas: X64_CORES },
};

/** The targets that are built and tested on Linux on x86-64. */
export const LINUX_TARGETS = Object.keys(TARGETS).filter((name) => name.startsWith('linux-'));

/** The path of a target's addon inside the package, where node-gyp-build looks for it. */
export function prebuiltFile(name) {
  const { platform, arch, libc } = TARGETS[name];
  return `prebuilds/${platform}-${arch}/two-layer-net${libc ? `.${libc}` : ''}.node`;
}
