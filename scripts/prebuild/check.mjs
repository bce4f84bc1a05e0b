// Checks a prebuilt addon from outside: it must be small, for the right platform, need only libraries that old systems
// have, and export no other symbols than Node needs.
import { statSync } from 'node:fs';
import { Failure, run } from './process.mjs';
import { TARGETS } from './targets.mjs';

/** In bytes. Seven addons, which gzip halves, must fit into the tarball's limit (scripts/release/tarball.mjs). */
const MAX_ADDON_BYTES = 2e6;

/** Libraries that every system has. The C++ library and the compiler's runtime are inside the addon. */
const SYSTEM_LIBRARIES = {
  glibc: /^(libc\.so\.6|libm\.so\.6|libpthread\.so\.0|libdl\.so\.2|ld-linux-(x86-64|aarch64)\.so\.[12])$/,
  musl: /^libc\.so$/,
};

const MACHINES = { x64: 'Advanced Micro Devices X86-64', arm64: 'AArch64' };

/**
 * Checks the rules for a prebuilt addon.
 *
 * @param maxBytes - the largest size allowed
 * @returns lines that say what was found
 * @throws Failure if the file breaks a rule
 */
export function checkAddon(name, file, maxBytes = MAX_ADDON_BYTES) {
  const target = TARGETS[name];
  const size = statSync(file).size;
  const findings = [`${(size / 1e6).toFixed(2)} MB`];
  if (size > maxBytes) throw new Failure(`${file}: expected at most ${maxBytes} bytes but it has ${size}`);
  if (target.platform !== 'linux') return findings;
  const machine = /Machine:\s*(.*)/.exec(run('readelf', ['-h', file]))?.[1];
  if (machine !== MACHINES[target.arch]) throw new Failure(`${file}: expected ${target.arch} but it is for ${machine}`);
  return [...findings, checkLibraries(target, file), checkExports(file), ...checkImports(target, file)];
}

function checkLibraries(target, file) {
  const dynamic = run('readelf', ['-d', file]);
  const libraries = [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((match) => match[1]);
  const unexpected = libraries.filter((library) => !SYSTEM_LIBRARIES[target.libc].test(library));
  if (unexpected.length > 0) throw new Failure(`${file} needs ${unexpected.join(', ')}, which a system may lack`);
  for (const flag of ['NODELETE', 'SYMBOLIC', 'BIND_NOW']) {
    if (!dynamic.includes(flag)) throw new Failure(`${file} was not linked with ${flag}`);
  }
  if (/RUNPATH|RPATH/.test(dynamic)) throw new Failure(`${file} has a search path for libraries (RPATH or RUNPATH)`);
  return `needs ${libraries.join(', ')}`;
}

/** An exported symbol could replace one of another library in the process, or be replaced by it. */
function checkExports(file) {
  const symbols = run('nm', ['--dynamic', '--defined-only', '--format=posix', file]).trim().split('\n');
  const names = symbols.map((line) => line.split(' ')[0]).sort();
  const wanted = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
  if (names.join() !== wanted.join())
    throw new Failure(`${file} exports ${names.join(', ')} but expected ${wanted.join(', ')}`);
  return `exports ${names.length} functions`;
}

/**
 * Everything but Node-API must come from glibc, where each symbol has the version in which it was added or changed.
 * musl has no such versions, but all symbols are bound at load time, so that a missing one shows when the addon is
 * loaded.
 */
function checkImports(target, file) {
  if (!target.oldestGlibc) return [];
  const symbols = run('nm', ['--dynamic', '--undefined-only', '--with-symbol-versions', file]).trim().split('\n');
  const unknown = symbols.filter((line) => !/@GLIBC_\d|\sU (napi_|node_api_)|\sw /.test(line));
  if (unknown.length > 0) throw new Failure(`${file} needs symbols that no system library has:${unknown.join(';')}`);
  const versions = symbols.flatMap((line) => /@GLIBC_([\d.]+)/.exec(line)?.[1] ?? []);
  const newest = versions.sort(compareVersions).at(-1);
  if (compareVersions(newest, target.oldestGlibc) > 0) {
    throw new Failure(`${file} needs symbols of glibc ${newest} but expected none newer than ${target.oldestGlibc}`);
  }
  return [`newest symbol of glibc ${newest}`];
}

function compareVersions(a, b) {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  return x[0] - y[0] || (x[1] ?? 0) - (y[1] ?? 0) || (x[2] ?? 0) - (y[2] ?? 0);
}
