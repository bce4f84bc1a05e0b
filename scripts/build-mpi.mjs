// Builds the addon that joins processes by MPI: `npm run build:mpi`, or in an installed package
// `node node_modules/two-layer-net/scripts/build-mpi.mjs`. Needs MPI's compiler, mpicxx.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OUTPUT = join(ROOT, 'build', 'mpi', 'two-layer-net-mpi.node');

/** The folder with node_api.h: of the package with these headers, or of this Node. */
function headers() {
  const own = join(dirname(dirname(process.execPath)), 'include', 'node');
  for (const folder of [packaged(), own]) {
    if (folder && existsSync(join(folder, 'node_api.h'))) return folder;
  }
  throw new Error("Node's headers were not found: run `npm install node-api-headers`, then this again");
}

function packaged() {
  try {
    return createRequire(import.meta.url)('node-api-headers').include_dir;
  } catch {
    return undefined;
  }
}

function build() {
  const compiler = process.env.MPICXX ?? 'mpicxx';
  const system = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  const flags = ['-std=c++20', '-O2', '-Wall', '-Wextra', '-shared', '-fPIC', '-fvisibility=hidden'];
  // MPI's old classes for C++ are not used.
  const definitions = ['-DNAPI_VERSION=9', '-DOMPI_SKIP_MPICXX', '-DMPICH_SKIP_MPICXX'];
  mkdirSync(dirname(OUTPUT), { recursive: true });
  const source = join(ROOT, 'native', 'mpi', 'mpi.cpp');
  const args = [...flags, ...definitions, ...system, '-isystem', headers(), source, '-o', OUTPUT];
  const { status, error } = spawnSync(compiler, args, { stdio: 'inherit' });
  if (error) {
    throw new Error(
      `MPI's compiler, ${compiler}, was not found: install MPI (Debian, Ubuntu: apt-get install libopenmpi-dev ` +
        'openmpi-bin; macOS: brew install open-mpi), or name the compiler in MPICXX',
    );
  }
  if (status !== 0) throw new Error(`${compiler} failed`);
  process.stderr.write(`[build-mpi] ${OUTPUT}\n`);
}

try {
  build();
} catch (error) {
  process.stderr.write(`[build-mpi] ${error.message}\n`);
  process.exitCode = 1;
}
