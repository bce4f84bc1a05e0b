// What a prebuilt addon must be, seen from outside: small, for its platform alone, in need of nothing that an old
// system lacks, and silent in its process.
import { statSync } from 'node:fs';
import { Failure, run } from './process.mjs';
import { TARGETS } from './targets.mjs';

/** Bytes. Seven of them must leave the tarball below its limit (scripts/release/tarball.mjs). */
const LARGEST_ADDON = 1.6e6;

/** What every system of a kind has; the C++ library and the compiler's are inside. */
const SYSTEM_LIBRARIES = {
  glibc: /^(libc\.so\.6|libm\.so\.6|libpthread\.so\.0|libdl\.so\.2|ld-linux-(x86-64|aarch64)\.so\.[12])$/,
  musl: /^libc\.so$/,
};

const MACHINES = { x64: 'Advanced Micro Devices X86-64', arm64: 'AArch64' };

/**
 * Throws where the file breaks a rule; returns lines that tell what was found.
 *
 * @param largest - bytes
 */
export function checkAddon(name, file, largest = LARGEST_ADDON) {
  const target = TARGETS[name];
  const size = statSync(file).size;
  const findings = [`${(size / 1e6).toFixed(2)} MB`];
  if (size > largest) throw new Failure(`${file}: expected at most ${largest} bytes but it has ${size}`);
  if (target.platform !== 'linux') return findings;
  const machine = /Machine:\s*(.*)/.exec(run('readelf', ['-h', file]))?.[1];
  if (machine !== MACHINES[target.arch]) throw new Failure(`${file}: expected ${target.arch} but it is for ${machine}`);
  return [...findings, checkLibraries(target, file), checkExports(file), ...checkImports(target, file)];
}

function checkLibraries(target, file) {
  const dynamic = run('readelf', ['-d', file]);
  const libraries = [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((match) => match[1]);
  const strange = libraries.filter((library) => !SYSTEM_LIBRARIES[target.libc].test(library));
  if (strange.length > 0) throw new Failure(`${file} needs ${strange.join(', ')}, which a system may lack`);
  for (const flag of ['NODELETE', 'SYMBOLIC', 'BIND_NOW']) {
    if (!dynamic.includes(flag)) throw new Failure(`${file} was not linked with ${flag}`);
  }
  if (/RUNPATH|RPATH/.test(dynamic)) throw new Failure(`${file} looks for libraries in folders of its own`);
  return `needs ${libraries.join(', ')}`;
}

/** A symbol that is seen from outside could be taken by, or replace, that of another library in the process. */
function checkExports(file) {
  const symbols = run('nm', ['--dynamic', '--defined-only', '--format=posix', file]).trim().split('\n');
  const names = symbols.map((line) => line.split(' ')[0]).sort();
  const wanted = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
  if (names.join() !== wanted.join())
    throw new Failure(`${file} exports ${names.join(', ')}; expected ${wanted.join(', ')}`);
  return `exports ${names.length} functions`;
}

/**
 * Everything but Node-API must come from glibc, which gives each symbol the version that it came or changed with. musl
 * has no such versions: there a missing symbol shows when the addon is loaded, since all are bound at once.
 */
function checkImports(target, file) {
  if (!target.oldestGlibc) return [];
  const symbols = run('nm', ['--dynamic', '--undefined-only', '--with-symbol-versions', file]).trim().split('\n');
  const unknown = symbols.filter((line) => !/@GLIBC_\d|\sU (napi_|node_api_)|\sw /.test(line));
  if (unknown.length > 0) throw new Failure(`${file} needs what no system library has:${unknown.join(';')}`);
  const versions = symbols.flatMap((line) => /@GLIBC_([\d.]+)/.exec(line)?.[1] ?? []);
  const newest = versions.sort(compareVersions).at(-1);
  if (compareVersions(newest, target.oldestGlibc) > 0) {
    throw new Failure(`${file} needs symbols of glibc ${newest}; expected none newer than ${target.oldestGlibc}`);
  }
  return [`newest symbol of glibc ${newest}`];
}

function compareVersions(a, b) {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  return x[0] - y[0] || (x[1] ?? 0) - (y[1] ?? 0) || (x[2] ?? 0) - (y[2] ?? 0);
}
