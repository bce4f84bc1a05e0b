/** The addon that joins processes by MPI: native/mpi/mpi.cpp, built by scripts/build-mpi.mjs. */
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join, resolve } from 'node:path';
import { isClone, type PackageRoot, packageRoots } from '../../platform/package-roots.js';
import { shellWord } from '../../platform/shell.js';
import { withCode } from '../../validation/errors.js';
import { messageOf } from '../../validation/kinds.js';

/** What the addon exports. All processes make the same calls in the same order; each waits for the others. */
export interface MpiAddon {
  /** Begins, if that has not happened, and describes the group and this process. */
  join(): Joined;
  /** `all` ← `own` of every process, by rank. */
  gather(own: Uint8Array, all: Uint8Array): void;
  /** Gives block r of `from` to process r; `to` ← what this one gets, by rank. */
  exchange(from: Uint8Array, to: Uint8Array): void;
  /** Ends this process's part, when all others do. */
  leave(): void;
  /** Ends all processes when this one has ended. */
  fail(code: number): void;
}

export interface Joined {
  /** The number of this process, from 0. */
  readonly rank: number;
  /** The number of processes. */
  readonly size: number;
  /** The name of this machine. */
  readonly host: string;
  /** What MPI says of itself. */
  readonly library: string;
  /** The group for a backend's call. */
  readonly handle: object;
}

/**
 * Loads the addon.
 *
 * @throws Error `ERR_MPI_UNAVAILABLE` if it was not built, or does not load
 */
export function loadMpi(): MpiAddon {
  const instead = process.env.TWO_LAYER_NET_PREBUILD;
  const folders = instead ? [{ folder: resolve(instead), isPackage: true }] : packagesOf(packageRoots());
  const files = folders.map(({ folder }) => join(folder, 'build', 'mpi', 'two-layer-net-mpi.node'));
  const file = files.find((path) => existsSync(path));
  const script = folders.map(({ folder }) => join(folder, 'scripts', 'build-mpi.mjs')).find((path) => existsSync(path));
  const command = folders.some(isClone) || !script ? 'npm run build:mpi' : `node ${shellWord(script)}`;
  const remedy =
    `Install MPI with its compiler (Debian, Ubuntu: apt-get install libopenmpi-dev openmpi-bin), run \`${command}\`, ` +
    'then start the processes with mpirun';
  if (file === undefined) {
    throw unavailable(`it has not been built${files.length > 0 ? `, there is no ${files.join(', no ')}` : ''}`, remedy);
  }
  try {
    return module.createRequire(file)(file) as MpiAddon;
  } catch (error) {
    throw unavailable(`${file} cannot be loaded: ${messageOf(error)}`, remedy, error);
  }
}

/** Not the folders of bundles. */
function packagesOf(roots: readonly PackageRoot[]): PackageRoot[] {
  return roots.filter(({ isPackage }) => isPackage);
}

function unavailable(why: string, remedy: string, cause?: unknown): Error {
  const message = `The addon for MPI, which joins processes, is not available: ${why}. ${remedy}`;
  return withCode(new Error(message, { cause }), 'ERR_MPI_UNAVAILABLE');
}
