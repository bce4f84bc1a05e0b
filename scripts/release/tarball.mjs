// Packs the tarball that is published, and inspects it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT, run, WORK } from '../prebuild/process.mjs';
import { LINUX_TARGETS, prebuiltFile, TARGETS } from '../prebuild/targets.mjs';
import { expect } from './checks.mjs';
import { npmProgram } from './tools.mjs';

/** In bytes, with the addons of every platform. */
const MAX_TARBALL_BYTES = 12e6;

/** What builds the addon for MPI on a user's machine. */
const FOR_MPI = [
  'native/addon/process_group_tag.h',
  'native/engine/core/process_group.h',
  'native/mpi/mpi.cpp',
  'scripts/build-mpi.mjs',
];

/** The folder of a release: the tarball, its checksums and its bill of materials. */
export const RELEASE = join(ROOT, 'build', 'release');

/** Packs the package and returns the tarball's path. */
export function pack() {
  rmSync(RELEASE, { recursive: true, force: true });
  mkdirSync(RELEASE, { recursive: true });
  const [program, ...words] = npmProgram();
  run(program, [...words, 'pack', '--silent', '--pack-destination', RELEASE]);
  const [tarball] = readdirSync(RELEASE).filter((name) => name.endsWith('.tgz'));
  return join(RELEASE, tarball);
}

/**
 * Checks the size of the tarball, and the files that must and must not be inside.
 *
 * @param options.quick - whether one addon is enough
 * @returns a summary
 */
export function checkTarball(tarball, { quick = false } = {}) {
  const size = statSync(tarball).size;
  expect(size < MAX_TARBALL_BYTES, `Expected less than ${MAX_TARBALL_BYTES} bytes but the tarball has ${size}`);
  const unpacked = join(WORK, 'unpacked');
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked, { recursive: true });
  run('tar', ['xzf', tarball, '-C', unpacked, '--strip-components=1']);
  const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
  const wanted = [
    'LICENSE',
    'README.md',
    'THIRD_PARTY_LICENSES',
    'binding.d.ts',
    'binding-training.d.ts',
    'binding-types.d.ts',
    'dist/index.d.ts',
    'prebuilds/SHA256SUMS',
    'wasm/two-layer-net-relaxed.wasm',
    'wasm/two-layer-net-simd.wasm',
    ...FOR_MPI,
  ];
  const addons = (quick ? ['linux-x64-glibc'] : LINUX_TARGETS).map(prebuiltFile);
  const missing = [...wanted, ...addons].filter((file) => !files.includes(file));
  expect(missing.length === 0, `Expected these files in the tarball: ${missing.join(', ')}`);
  const unneeded = /^(src|test|native|scripts|bench|build)(\/|$)|(^|\/)node_modules(\/|$)|\.(cpp|h|tgz|log|map)$/;
  const isForMpi = (file) => FOR_MPI.some((path) => path === file || path.startsWith(`${file}/`));
  const unexpected = files.filter((file) => unneeded.test(file) && !isForMpi(file));
  expect(unexpected.length === 0, `The tarball has files that users do not need: ${unexpected.slice(0, 5).join(', ')}`);
  run('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: join(unpacked, 'prebuilds') });
  for (const file of files.filter((name) => name.endsWith('.node'))) {
    const found = readFileSync(join(unpacked, file)).includes(ROOT);
    expect(!found, `${file} contains the path of the folder that it was built in`);
  }
  const others = Object.keys(TARGETS).filter((name) => !files.includes(prebuiltFile(name)));
  const lacking = others.length > 0 ? `; without ${others.join(', ')}, which are built elsewhere` : '';
  return `${(size / 1e6).toFixed(2)} MB, ${files.filter((name) => name.endsWith('.node')).length} addons${lacking}`;
}

/** Writes `SHA256SUMS` for all files of a release. */
export function writeChecksums() {
  const list = join(RELEASE, 'SHA256SUMS');
  if (existsSync(list)) rmSync(list);
  const hash = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
  const names = readdirSync(RELEASE).sort();
  writeFileSync(list, names.map((name) => `${hash(join(RELEASE, name))}  ${basename(name)}\n`).join(''));
  return `${names.length} files`;
}
