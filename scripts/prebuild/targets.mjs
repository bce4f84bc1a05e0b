// What is prebuilt: for each target its platform as prebuildify names it, its compiler, and OpenBLAS's kernels.

/**
 * zig is a clang with the C libraries of every Linux in it: the oldest glibc that a target is to run on is a part of
 * the target's name, and no symbol of a newer one can get in.
 */
const OLDEST_GLIBC = '2.28';

/**
 * OpenBLAS's names of processors whose kernels are in the file: the fallback, then what native/engine picks, and for
 * processors between what OpenBLAS falls back to. `common` is what its code outside of kernels is compiled for,
 * `dispatch` the part of it that chooses.
 */
const X64_CORES = {
  ...{ common: 'PRESCOTT', fallback: 'PRESCOTT', cores: ['NEHALEM', 'HASWELL', 'ZEN', 'SKYLAKEX'] },
  dispatch: 'dynamic.o',
};
const ARM64_CORES = { common: 'ARMV8', fallback: 'ARMV8', cores: ['NEOVERSEN1'], dispatch: 'dynamic_arm64.o' };

/**
 * The processors that code outside of kernels is compiled for; the addon refuses older ones with a reason
 * (native/addon/registration.cpp).
 */
const X64_BASELINE = 'x86-64-v2';

export const TARGETS = {
  'linux-x64-glibc': {
    ...{ platform: 'linux', arch: 'x64', libc: 'glibc', baseline: X64_BASELINE, openblas: X64_CORES },
    zig: `x86_64-linux-gnu.${OLDEST_GLIBC}`,
    oldestGlibc: OLDEST_GLIBC,
  },
  'linux-x64-musl': {
    ...{ platform: 'linux', arch: 'x64', libc: 'musl', baseline: X64_BASELINE, openblas: X64_CORES },
    zig: 'x86_64-linux-musl',
  },
  'linux-arm64-glibc': {
    ...{ platform: 'linux', arch: 'arm64', libc: 'glibc', openblas: ARM64_CORES },
    zig: `aarch64-linux-gnu.${OLDEST_GLIBC}`,
    oldestGlibc: OLDEST_GLIBC,
  },
  'linux-arm64-musl': {
    ...{ platform: 'linux', arch: 'arm64', libc: 'musl', openblas: ARM64_CORES },
    zig: 'aarch64-linux-musl',
  },
  // Built on macOS itself, with its compiler and its BLAS.
  'darwin-arm64': { platform: 'darwin', arch: 'arm64' },
  'darwin-x64': { platform: 'darwin', arch: 'x64', baseline: X64_BASELINE },
  // Built on Windows, with Visual Studio's clang.
  'win32-x64': { platform: 'win32', arch: 'x64', openblas: X64_CORES },
};

/** What is built and tried by one command on a Linux machine of x86-64. */
export const LINUX_TARGETS = Object.keys(TARGETS).filter((name) => name.startsWith('linux-'));

/** Where a target's addon goes, from the package's folder, as node-gyp-build looks for it. */
export function prebuiltFile(name) {
  const { platform, arch, libc } = TARGETS[name];
  return `prebuilds/${platform}-${arch}/two-layer-net${libc ? `.${libc}` : ''}.node`;
}
