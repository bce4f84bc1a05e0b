// The toolchain that builds the addon: what is missing, the command that installs it, and installing it.
import { existsSync, readFileSync } from 'node:fs';
import { run, SetupError, say, works } from './run.mjs';

/** Tools are missing and cannot be installed from here. */
export class MissingTools extends SetupError {}

const DNF = {
  install: 'sudo dnf install',
  tools: 'gcc-c++ make cmake pkgconf-pkg-config highway-devel',
  blas: { OpenBLAS: 'openblas-devel', FLAME: 'blis-devel', Generic: 'blas-devel', FlexiBLAS: 'flexiblas-devel' },
};
const APT = {
  install: 'sudo apt-get install',
  tools: 'g++ make cmake pkg-config libhwy-dev',
  blas: {
    OpenBLAS: 'libopenblas-dev',
    FLAME: 'libblis-dev',
    MKL: 'intel-mkl',
    Generic: 'libblas-dev',
    ATLAS: 'libatlas-base-dev',
    FlexiBLAS: 'libflexiblas-dev',
  },
};
/**
 * Packages by platform (macOS, Windows, and Linux by the ids of /etc/os-release), and for each BLAS by CMake's name.
 */
const PLATFORMS = {
  darwin: {
    install: 'xcode-select --install; brew install',
    tools: 'cmake highway pkg-config',
    blas: { Apple: '', OpenBLAS: 'openblas', FLAME: 'blis' },
  },
  win32: {
    install: 'winget install',
    tools: 'Microsoft.VisualStudio.2022.BuildTools Kitware.CMake',
    blas: {},
    afterwards:
      '  (in Build Tools, "Desktop development with C++"); then  vcpkg install openblas highway  and build with ' +
      '-DCMAKE_TOOLCHAIN_FILE=<vcpkg>/scripts/buildsystems/vcpkg.cmake',
  },
  debian: APT,
  ubuntu: APT,
  fedora: DNF,
  rhel: DNF,
  suse: { ...DNF, install: 'sudo zypper install', tools: 'gcc-c++ make cmake pkg-config highway-devel' },
  arch: {
    install: 'sudo pacman -S --needed',
    tools: 'base-devel cmake highway',
    blas: { OpenBLAS: 'openblas', Generic: 'cblas' },
  },
  alpine: {
    install: 'sudo apk add',
    tools: 'g++ make cmake pkgconf highway-dev',
    blas: { OpenBLAS: 'openblas-dev', Generic: 'blas-dev' },
  },
};

/** This platform's key in PLATFORMS; undefined if it has none. */
function platform() {
  if (process.platform in PLATFORMS) return process.platform;
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const ids = [...release.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap((match) => match[1].split(' '));
  return ids.find((id) => id in PLATFORMS);
}

/** The command that installs the toolchain and the BLAS `vendor`, by CMake's name; '' for the default. */
export function installCommand(vendor = '') {
  const id = platform();
  if (!id) return 'install a C++ compiler (C++20), CMake 3.18 or newer, make, and OpenBLAS with its headers';
  const { install, tools, blas, afterwards = '' } = PLATFORMS[id];
  const name = vendor.startsWith('Intel') ? 'MKL' : vendor;
  if (name === 'MKL' && !blas.MKL) return `${install} ${tools}${afterwards}, and Intel oneAPI MKL with MKLROOT set`;
  const library = blas[name] ?? blas[id === 'darwin' ? 'Apple' : 'OpenBLAS'];
  return `${install} ${[tools, library].filter(Boolean).join(' ')}${afterwards}`;
}

/**
 * Lists the missing tools. If `anyBlas` is false, the BLAS is not checked: CMake's messages are more precise about a
 * requested one.
 */
export function missingTools({ anyBlas = true } = {}) {
  // On Windows the compiler is not on the PATH; cmake-js finds it.
  if (process.platform === 'win32') return works('cmake') ? [] : ['CMake'];
  const compiler = [process.env.CXX, 'c++', 'g++', 'clang++'].find((name) => name && works(name));
  const missing = [];
  if (!compiler) missing.push('a C++ compiler');
  if (!works('cmake')) missing.push('CMake');
  if (!works('make') && !works('ninja')) missing.push('make or Ninja');
  if (anyBlas && compiler && !hasBlas(compiler)) missing.push('OpenBLAS');
  return missing;
}

/** Whether cmake/Blas.cmake would find a BLAS: one with the C interface, or BLIS. */
function hasBlas(compiler) {
  if (process.platform === 'darwin' || works('pkg-config', ['--exists', 'openblas'])) return true;
  const root = process.env.MKLROOT;
  const folders = ['openblas', 'blis', 'flexiblas'].flatMap((name) => ['-I', `/usr/include/${name}`]);
  if (root) folders.push('-I', `${root}/include`, '-L', `${root}/lib`, '-L', `${root}/lib/intel64`);
  const product = 'cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, 1, &x, 1, &x, 1, 0, &x, 1);';
  const program = `
    #if __has_include(<cblas.h>)
    #include <cblas.h>
    int main() { float x = 1; ${product} }
    #elif __has_include(<mkl.h>)
    #include <mkl.h>
    int main() { float x = 1; ${product} }
    #else
    #include <blis.h>
    int main() { return *bli_info_get_version_str() == 0; }
    #endif`;
  const libraries = [['openblas'], ['mkl_rt'], ['flexiblas'], ['blis'], ['blas'], ['cblas', 'blas']];
  return libraries.some((names) => {
    const args = ['-x', 'c++', ...folders, '-', ...names.map((name) => `-l${name}`), '-o', '/dev/null'];
    return works(compiler, args, { input: program });
  });
}

/** Installs the toolchain with apt-get if that needs no password. */
export function installTools(missing, { vendor = '', withBlas = true } = {}) {
  const asRoot = process.getuid?.() === 0 ? [] : works('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
  if (!asRoot || !works('apt-get')) {
    throw new MissingTools(`not found: ${missing.join(', ')}. To install, run:  ${installCommand(vendor)}`);
  }
  say(`installing ${missing.join(', ')} with apt-get (a minute or two)…`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another installation may be running, such as the system's own updates: wait for it.
  const [command, ...prefix] = [...asRoot, 'apt-get', '-o', 'DPkg::Lock::Timeout=300'];
  const apt = (...args) => run(command, [...prefix, ...args], { env });
  const packages = [...APT.tools.split(' '), ...(withBlas ? [APT.blas.OpenBLAS] : [])];
  apt('update');
  const { ok, output } = apt('install', '-y', '--no-install-recommends', ...packages);
  if (!ok) throw new SetupError(`apt-get could not install ${missing.join(', ')}:\n${output}`);
}

/** Whether cmake/Highway.cmake would find Google Highway, which the SIMD kernels need. */
export function hasHighway() {
  return works('pkg-config', ['--atleast-version=1.0.3', 'libhwy']);
}

/** Installs Google Highway if possible. The addon can be built without it. */
export function installHighway(options) {
  try {
    installTools(['Highway'], options);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`continuing without Google Highway, which makes training slower. ${error.message}`);
  }
}
